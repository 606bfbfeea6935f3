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

# The lines of FORM that stand under no `//$ if`, under one of NAMES, or under the `//$ else` of another: what the compiler would print, in the
# sample's words.
lines_of() {
    sed 's|"../../runtime/simd/|"|' "$here/../templates/forms/$1.c" | awk -v names=" $2 " '
        /^\/\/\$ (sample|each|if)/ { open++; if (!off && $2 == "if" && !index(names, " " $3 " ")) off = open; next }
        /^\/\/\$ else/ { if (!off) off = open; else if (off == open) off = 0; next }
        /^\/\/\$ end/ { if (off == open) off = 0; open--; next }
        !off'
}

# time_one FORM NAMES DEFINITIONS...
time_one() {
    form=$1
    lines_of "$form" "$2" > "$scratch/$form.c"
    shift 2
    ${CC:-gcc} -std=c99 -O3 -ffp-contract=off $flags -I"$here/../runtime/simd" -I"$scratch" "$@" "$here/kernels_$form.c" -o "$scratch/program" -lm &&
        "$scratch/program"
}

echo "tier $tier"
time_one gemm w_f32
time_one gemm "w_f32 deep" '-D$N_k=1536' '-D$N_n=384'
for head in 32 64; do
    for class in "" -DALIBI; do
        time_one attention "" -DHEAD=$head $class
    done
    for class in -DCAUSAL "-DWINDOW=256 -D\$wide=(NV+1)/2"; do
        time_one attention predicate -DHEAD=$head $class
    done
done
time_one attention "" -DLENGTH=128
