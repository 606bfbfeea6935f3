#!/bin/sh
# Every form's file compiles as it stands, in every tier and with every compiler at hand, without a warning.
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
. "$here/tiers.sh"

# one WHAT RUNNER COMPILER FLAGS...
one() {
    what=$1
    shift 2
    dollar=
    [ "$1" != clang ] || dollar=-Wno-dollar-in-identifier-extension
    set -- "$@" $strict $dollar -Wno-unused-function -I"$source/runtime/simd"
    for form in "$source"/templates/forms/*.c; do
        "$@" -O1 -c -o /dev/null "$form" || { echo "wrong: $what: ${form##*/}" && return 1; }
    done
    echo "good: $what"
}

# What forms are written in are words.
if grep -nE '\b_mm|\b__m|immintrin|arm_neon|\bvld|\bvst[0-9]|float32x|avx|\bsse|AVX|neon|NEON|vector_size|__builtin_' "$source"/templates/forms/*.c; then
    echo "wrong: a form knows an instruction set"
    exit 1
fi
tiers one
