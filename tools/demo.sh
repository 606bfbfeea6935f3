#!/bin/sh
# demo.sh: what `make demo` does, also where make is not installed yet.
set -eu
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc)}

sh tools/install_deps.sh build demo
sh tools/install_deps.sh edit || echo "the console will do without line editing"

say() {
    printf '\n== %s\n' "$*"
}

# Runs a command and says how long it took.
timed() {
    begin=$(date +%s%N)
    "$@"
    end=$(date +%s%N)
    echo "   ($(((end - begin) / 1000000)) ms)"
}

size_of() {
    wc -c <"$1" | awk '{printf "%.1f MB", $1 / 1e6}'
}

build_compiler() {
    cmake -S . -B build -DSINTER_TESTS=OFF >build/configure.log
    cmake --build build --parallel "$jobs" >build/build.log || { tail -n 30 build/build.log && exit 1; }
}

say "the compiler: build/bin/sinter"
mkdir -p build/demo
timed build_compiler

say "the checkpoint all-MiniLM-L6-v2"
model=$(sh tools/fetch_minilm.sh)
echo "$model: weights $(size_of "$model/model.safetensors"), tokenizer $(size_of "$model/tokenizer.json")"

say "sinter build examples/minilm.sinter --model-dir $model -o build/demo/minilm"
timed build/bin/sinter build examples/minilm.sinter --model-dir "$model" -o build/demo/minilm
echo "build/demo/minilm: $(size_of build/demo/minilm); it needs:"
ldd build/demo/minilm 2>&1 | sed 's/ => .*//; s/ (0x.*//'

say "build/demo/minilm --similarity"
cat >build/demo/sentences.txt <<'EOF'
A cat sleeps on the warm windowsill.
The kitten is napping by the window.
Interest rates rose by half a percent.
The central bank made borrowing more expensive.
EOF
cat build/demo/sentences.txt
timed build/demo/minilm --similarity <build/demo/sentences.txt

say "yours: echo 'any text' | build/demo/minilm --json; build/demo/minilm --help"
