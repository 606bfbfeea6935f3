# tiers.sh - sourced: each compiler here with each tier of runtime/simd that it and this machine can do
#   tiers FUNCTION: calls FUNCTION WHAT RUNNER COMPILER FLAGS...; RUNNER is empty on this machine; counts failures in $failed
strict="-std=c99 -ffp-contract=off -Wall -Wextra -Wpedantic -Wconversion -Werror"
avx2="-mavx2 -mfma"
avx512="-mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -mfma -mprefer-vector-width=512"
tried=0
failed=0

machine_has() {
    for flag; do
        grep -qw "$flag" /proc/cpuinfo 2> /dev/null || return 1
    done
}

# tier FUNCTION WHAT RUNNER COMPILER FLAGS...
tier() {
    command -v "$4" > /dev/null || return 0
    tried=$((tried + 1))
    "$@" || failed=$((failed + 1))
}

tiers() {
    for compiler in gcc clang; do
        tier "$1" "$compiler, c" "" $compiler -DSIMD_C
        [ "$(uname -m)" = x86_64 ] || continue
        if machine_has avx2 fma; then
            tier "$1" "$compiler, avx2" "" $compiler $avx2
        else
            echo "skipped: this machine has no AVX2"
        fi
        if machine_has avx512f avx512bw avx512dq avx512vl avx512_vnni; then
            tier "$1" "$compiler, avx512" "" $compiler $avx512
            tier "$1" "$compiler, zen4" "" $compiler $avx512 -DSIMD_PAIRS
        else
            echo "skipped: this machine has no AVX-512 with VNNI"
        fi
    done
    runner=$(command -v qemu-aarch64 || command -v qemu-aarch64-static)
    if [ "$(uname -m)" = aarch64 ]; then
        tier "$1" "neon" "" cc
    elif [ -n "$runner" ] && command -v aarch64-linux-gnu-gcc > /dev/null; then
        tier "$1" "aarch64-linux-gnu-gcc, neon" "$runner" aarch64-linux-gnu-gcc -static
    else
        echo "skipped: no aarch64-linux-gnu-gcc with qemu-aarch64"
    fi
    [ $tried -gt 0 ] || { echo "skipped: neither gcc nor clang"; exit 77; }
    echo "cases: $tried"
    exit $failed
}
