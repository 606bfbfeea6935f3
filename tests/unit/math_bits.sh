#!/bin/sh
# The same bits from every compiler and machine at hand: the checksums in math/bits.txt.
#   math_bits.sh            compares
#   math_bits.sh --update   writes math/bits.txt anew, after a function was changed on purpose
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
strict="-std=c99 -ffp-contract=off -Wall -Wextra -Wpedantic -Wconversion -Werror"
tried=0
failed=0

# try WHAT RUNNER COMPILER FLAGS...
try() {
    what=$1
    runner=$2
    shift 2
    command -v "$1" > /dev/null || return 0
    [ -z "$runner" ] || command -v "$runner" > /dev/null || return 0
    tried=$((tried + 1))
    if "$@" $strict -I"$source/runtime/math" "$here/math/bits.c" -o "$scratch/bits" -lm && $runner "$scratch/bits" > "$scratch/got"; then
        if [ "$update" = 1 ]; then
            cp "$scratch/got" "$here/math/bits.txt"
            update=0
        fi
        diff "$here/math/bits.txt" "$scratch/got" > "$scratch/diff" && echo "same bits: $what" && return 0
        echo "other bits: $what"
        cat "$scratch/diff"
    else
        echo "does not compile or run: $what"
    fi
    failed=1
}

update=0
[ "$1" = --update ] && update=1
try "gcc -O0" "" gcc -O0
try "gcc -O3" "" gcc -O3
try "gcc -O3 -march=native" "" gcc -O3 -march=native
try "gcc -O3, own square roots" "" gcc -O3 -DOWN_SQRT
try "clang -O0 with sanitizers" "" clang -O0 -fsanitize=address,undefined -fno-sanitize-recover=all
try "clang -O3" "" clang -O3
try "clang -O3 -march=native" "" clang -O3 -march=native
try "aarch64" qemu-aarch64-static aarch64-linux-gnu-gcc -O3 -static
try "arm, 32 bits" qemu-arm-static arm-linux-gnueabihf-gcc -O3 -static
try "s390x, big-endian" qemu-s390x-static s390x-linux-gnu-gcc -O3 -static -fexcess-precision=fast
[ $tried -gt 0 ] || { echo "skipped: neither gcc nor clang"; exit 77; }
echo "cases: $tried"
exit $failed
