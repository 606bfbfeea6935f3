#!/bin/sh
# kernels.sh: times of the forms' kernels as they stand, on one thread, as shares of a peak probed beside them; printed only.
#   kernels.sh [TIER]     avx512, avx2 or c; the best that this machine has, unless given
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
. "$here/../tests/forms/tiers.sh"
tier=$1
[ -n "$tier" ] || { machine_has avx512f avx512_vnni && tier=avx512; } || { machine_has avx2 fma && tier=avx2; } || tier=c
case $tier in
avx512) flags=$avx512 ;;
avx2) flags=$avx2 ;;
*) flags= ;;
esac

# time PROGRAM DEFINITIONS...
time_one() {
    program=$1
    shift
    ${CC:-gcc} -std=c99 -O3 -ffp-contract=off $flags -I"$here/../runtime/simd" "$@" "$here/$program.c" -o "$scratch/program" -lm && "$scratch/program"
}

echo "tier $tier"
time_one kernels_gemm
time_one kernels_gemm '-D$N_k=1536' '-D$N_n=384'
for head in 32 64; do
    for class in "" -DCAUSAL -DALIBI "-DWINDOW=256 -D\$wide=(NV+1)/2"; do
        time_one kernels_attention -DHEAD=$head $class
    done
done
time_one kernels_attention -DLENGTH=128
