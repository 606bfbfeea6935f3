#!/bin/sh
# install_deps.sh GROUP ...: makes sure that what sinter needs is there, with apt where it is not.
#   build   a C compiler, CMake, flex, bison, jansson
#   edit    libedit, for the console's line editing; the build does without it
#   demo    Python's pip, which fetches the checkpoint
#   test    cmocka, clang with its sanitizers, Python for the tests written in it, graphviz; on x86-64 what compiles and runs for Arm
#   lint    clang-format, clang-tidy, shellcheck
# Works as root or with sudo on Debian 12, Ubuntu 24.04 and later; elsewhere it says what to install.
set -eu

# Whether a group is complete; asked first, so that nothing is installed where all of it stands.
has_build() {
    has cc && has cmake && has make && has flex && has bison && has pkg-config && pkg-config --exists jansson
}
has_edit() {
    has pkg-config && pkg-config --exists libedit
}
has_demo() {
    has python3 && python3 -m pip --version >/dev/null 2>&1
}
has_test() {
    has_build && has clang && has c++ && has dot && has_arm && has python3 && python3 -c 'import venv, ensurepip' 2>/dev/null &&
        pkg-config --exists cmocka &&
        [ -n "$(find "$(clang -print-resource-dir 2>/dev/null)/lib" -name 'libclang_rt.fuzzer*' 2>/dev/null | head -n 1)" ]
}
has_arm() {
    [ "$(uname -m)" != x86_64 ] || { has aarch64-linux-gnu-gcc && has qemu-aarch64; }
}
has_lint() {
    has clang-format && has clang-tidy && has shellcheck
}
has() {
    command -v "$1" >/dev/null 2>&1
}

packages_of() {
    case $1 in
    build) echo gcc libc6-dev make cmake pkg-config flex bison libjansson-dev ;;
    edit) echo pkg-config libedit-dev ;;
    demo) echo python3 python3-pip ;;
    test) echo g++ clang "$(clang_runtime)" libcmocka-dev python3 python3-venv graphviz \
        "$([ "$(uname -m)" != x86_64 ] || echo gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user)" ;;
    lint) echo clang-format clang-tidy shellcheck ;;
    *) echo "install_deps.sh: no group called '$1'" >&2 && exit 1 ;;
    esac
}

# The sanitizers of the clang that apt would install: libclang-rt-14-dev for clang-14.
clang_runtime() {
    version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9][0-9]*\)$/\1/p' | head -n 1)
    echo "${version:+libclang-rt-$version-dev}"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

missing=
for group in "$@"; do
    has_"$group" || missing="$missing $group"
done
if [ -z "$missing" ]; then
    exit 0
fi
if ! has apt-get; then
    echo "sinter needs packages that are not here, and there is no apt-get to install them with. Under Debian they are called:" >&2
    for group in $missing; do
        echo "  $(packages_of "$group")" >&2
    done
    exit 1
fi
if [ "$(id -u)" -ne 0 ] && ! has sudo; then
    echo "sinter needs packages that are not here; run 'sh tools/install_deps.sh$missing' as root" >&2
    exit 1
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! as_root apt-get update -q >"$log" 2>&1; then
    cat "$log" >&2
    echo "apt-get update failed; is there a network?" >&2
fi
packages=
for group in $missing; do
    packages="$packages $(packages_of "$group")"
done
echo "installing:$packages"
# shellcheck disable=SC2086 # a list of words
if ! as_root apt-get install -q -y --no-install-recommends $packages ca-certificates >"$log" 2>&1; then
    cat "$log" >&2
    echo "these packages could not be installed:$packages" >&2
    exit 1
fi
