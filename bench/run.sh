#!/bin/sh
# run.sh SINTER: builds the real all-MiniLM-L6-v2 for each target this machine can run, and prints sizes, build times and speeds.
# Numbers are printed, never asserted.
set -eu
cd "$(dirname "$0")/.."
sinter=${1:-build/bin/sinter}
model=$(sh tools/fetch_minilm.sh)
out=build/bench
mkdir -p "$out"

# Targets of this machine's instruction set.
targets=c
if [ -r /proc/cpuinfo ]; then
    grep -q '\bavx2\b' /proc/cpuinfo && targets="$targets avx2"
    grep -q '\bavx512f\b' /proc/cpuinfo && targets="$targets avx512"
    sed -n 's/^model name[^:]*: /processor: /p' /proc/cpuinfo | head -n 1
fi

for target in $targets; do
    echo
    echo "== --target=$target"
    begin=$(date +%s%N)
    if ! "$sinter" build examples/minilm.sinter --model-dir "$model" --target="$target" -o "$out/minilm-$target"; then
        echo "this compiler has no such target"
        continue
    fi
    end=$(date +%s%N)
    echo "built in $(((end - begin) / 1000000)) ms, $(wc -c <"$out/minilm-$target") bytes"
    "$out/minilm-$target" --bench </dev/null
done
