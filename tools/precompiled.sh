#!/bin/sh
# precompiled.sh COMPILER WORDS...: the same as without the first word, sooner. Most of what a small file of kernels takes is reading the
# compiler's header of intrinsics, twenty thousand lines; it is read once for all compilations with the same flags, and kept in
# $SINTER_HEADERS. A compilation that fails behind it is done again without.
compiler=$1 header='' key=${1##*/} next='' plain=''
shift
for word; do
    case $next$word in
    -o) next=o ;;
    o*) next='' ;;
    -c) plain="$plain c" ;;
    -mavx*) header=immintrin.h key=$key$word ;;
    -D*_TIER_NEON) header=arm_neon.h ;;
    -include* | -imacros | -x* | -D_* | -U* | -M* | -E | -S | -fsyntax-only) plain="$plain no" ;;
    -[DIWw]* | [!-]*) ;;
    *) key=$key$word ;;
    esac
done
if [ "$plain" != ' c' ] || [ -z "$header" ] || [ -z "${SINTER_HEADERS:-}" ]; then
    exec "$compiler" "$@"
fi

# gcc looks for NAME.h.gch, clang for NAME.h.pch, where NAME.h is included first. Who comes while it is made does without.
kept=$SINTER_HEADERS/$key.h
case $key in *clang*) made=$kept.pch ;; *) made=$kept.gch ;; esac
if [ ! -f "$made" ]; then
    mkdir -p "$SINTER_HEADERS"
    mkdir "$kept.lock" 2>/dev/null || exec "$compiler" "$@"
    printf '#include <%s>\n' "$header" >"$kept"
    flags=$(
        for word; do
            case $next$word in
            -o) next=o ;;
            o*) next='' ;;
            -c | -[DIWw]* | [!-]*) ;;
            *) printf '%s ' "$word" ;;
            esac
        done
    )
    # shellcheck disable=SC2086 # a list of words
    "$compiler" $flags -x c-header "$kept" -o "$made.part" 2>/dev/null || exec "$compiler" "$@"
    mv "$made.part" "$made"
fi
"$compiler" -include "$kept" "$@" || exec "$compiler" "$@"
