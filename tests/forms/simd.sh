#!/bin/sh
# Every word of runtime/simd against scalars, functions within 4 ulp, tiles bit by bit: in every tier at hand, and under sanitizers.
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
. "$here/tiers.sh"

# one WHAT RUNNER COMPILER FLAGS...
one() {
    what=$1
    runner=$2
    shift 2
    stride=160001 # of all floats
    [ -z "$runner" ] || stride=1600009
    "$@" $strict -O2 -I"$source/runtime/simd" "$here/simd/words.c" -o "$scratch/words" -lm &&
        $runner "$scratch/words" $stride > "$scratch/said" && echo "good: $what: $(tr '\n' ' ' < "$scratch/said")" && sanitized "$@" && return 0
    echo "wrong: $what"
    sort "$scratch/said" | uniq -c
    return 1
}

sanitized() {
    [ "$1" = gcc ] || return 0
    "$@" $strict -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -I"$source/runtime/simd" "$here/simd/words.c" -o "$scratch/words" -lm &&
        "$scratch/words" 1000003 > "$scratch/said"
}

tiers one
