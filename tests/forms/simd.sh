#!/bin/sh
# Every word of runtime/simd against scalars, functions within 4 ulp, tiles bit by bit: in every tier at hand, and under sanitizers.
# With SINTER_LONG exp, erf, tanh, log and those near them are tried for all 2^32 floats, in each tier of this machine.
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
. "$here/tiers.sh"

quick=clang
command -v clang > /dev/null || quick=gcc

# one WHAT RUNNER COMPILER FLAGS...
one() {
    what=$1
    runner=$2
    shift 2
    stride=20011 # of all floats
    pairs=
    [ "${*%-DSIMD_PAIRS}" = "$*" ] || pairs=1
    [ -z "$runner" ] || stride=160001
    "$@" $strict -O2 -I"$source/runtime/simd" "$here/simd/words.c" -o "$scratch/words" -lm &&
        $runner "$scratch/words" $stride > "$scratch/said" && echo "good: $what: $(tr '\n' ' ' < "$scratch/said")" && all_floats "$@" && sanitized "$@" && return 0
    echo "wrong: $what"
    sort "$scratch/said" | uniq -c
    return 1
}

functions="vexp verf vtanh vlog vlog1p vexpm1" # half a minute of a processor each; sine and cosine take ten times that

all_floats() {
    [ -n "${SINTER_LONG:-}" ] && [ "$1" = gcc ] && [ -z "$pairs" ] || return 0
    : > "$scratch/all"
    for part in 0 1; do
        "$scratch/words" 1 $part 2 $functions > "$scratch/half$part" || echo wrong >> "$scratch/all" &
    done
    wait
    cat "$scratch/half0" "$scratch/half1" > "$scratch/said"
    echo "of all floats: $(grep ulp "$scratch/said" | sort | tr '\n' ' ')"
    [ ! -s "$scratch/all" ]
}

# By clang without optimisation, which compiles in a third of the time of gcc -O1.
sanitized() {
    [ "$1" = "$quick" ] || return 0
    "$@" $strict -O0 -fsanitize=address,undefined -fno-sanitize-recover=all -I"$source/runtime/simd" "$here/simd/words.c" -o "$scratch/words" -lm &&
        "$scratch/words" 100003 > "$scratch/said"
}

tiers one
