#!/bin/sh
# fuzz.sh PROGRAM NAME: runs a libFuzzer target for SINTER_FUZZ_SECONDS (5) from tests/fuzz/corpus/NAME.
# New inputs go to corpus/NAME under the current directory, a failing one to NAME-crash-*; the source tree is only read.
set -eu
program=$1
name=$2
seeds=$SINTER_SOURCE/tests/fuzz/corpus/$name
words=$SINTER_SOURCE/tests/fuzz/$name.dict
more=$SINTER_SOURCE/tests/fuzz/$name.seeds # further folders of the tree that hold seeds, a line each
mkdir -p "corpus/$name"
set -- -max_total_time="${SINTER_FUZZ_SECONDS:-5}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 "-artifact_prefix=$name-"
if [ -f "$words" ]; then
    set -- "$@" "-dict=$words"
fi
set -- "$@" "corpus/$name"
if [ -d "$seeds" ]; then
    set -- "$@" "$seeds"
fi
if [ -f "$more" ]; then
    while read -r folder; do
        set -- "$@" "$SINTER_SOURCE/$folder"
    done <"$more"
fi
exec "$program" "$@"
