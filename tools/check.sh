#!/bin/sh
# check.sh: what `make check` does. The compiler and its tests under sanitizers (build/asan), then the fuzzers (build/fuzz, with clang).
# SINTER_FUZZ_SECONDS: for each fuzzer, 5. CTEST_ARGUMENTS: for instance "-L unit".
# Where ccache is, it keeps what the tests compile too: the same text gives the same object, and the same warnings. Headers of intrinsics are
# compiled once (tools/precompiled.sh).
# With SINTER_LONG, as `make check-long` has it, tests run label by label, and what is done is kept (build/asan/long/LABEL.xml): whoever
# stops begins with the rest, CTEST_ARGUMENTS="-L cuda|systems"; the tables at the end are of all that ran since the last start without.
set -eu
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc)}
sh tools/install_deps.sh build test
sh tools/install_deps.sh edit || echo "the console will do without line editing"
python=$(sh tools/python.sh)
if [ -z "${SINTER_MINILM:-}" ] && model=$(sh tools/fetch_minilm.sh 2>/dev/null); then
    export SINTER_MINILM="$PWD/$model"
fi

# Scripts by the names of the compilers, so that tools/precompiled.sh stands before them in every test; ccache calls it itself, if it is there.
rm -rf build/ccache build/compilers build/headers build/asan/tests/mains
mkdir -p build/compilers
for compiler in cc gcc clang c++ g++ clang++ aarch64-linux-gnu-gcc; do
    found=$(command -v $compiler) || continue
    if command -v ccache >/dev/null; then
        ln -s "$(command -v ccache)" build/compilers/$compiler
    else
        printf '#!/bin/sh\nset -- %s "$@"\n. %s/tools/precompiled.sh\n' "$found" "$PWD" >build/compilers/$compiler
        chmod +x build/compilers/$compiler
    fi
done

# With them: the folder of a model is another one each time, and its files have just been written. Not in depend mode, which would not see
# that the weights beside an assembler's .incbin are others.
quickly() (
    export PATH="$PWD/build/compilers:$PATH" SINTER_HEADERS="$PWD/build/headers"
    if command -v ccache >/dev/null; then
        export CCACHE_PREFIX="$PWD/tools/precompiled.sh" CCACHE_NAMESPACE=generated CCACHE_BASEDIR="${TMPDIR:-/tmp}" CCACHE_NOHASHDIR=1 \
            CCACHE_SLOPPINESS=include_file_mtime,include_file_ctime
    fi
    exec "$@"
)

# Tests of one build folder (all, or those that further words choose); the results as XML, for tools/report.py.
run_tests() {
    folder=$1 out=$2
    shift 2
    # shellcheck disable=SC2086 # a list of words
    quickly ctest --test-dir "$folder" --parallel "$jobs" --output-on-failure --no-tests=ignore --test-output-size-passed 10000000 \
        --test-output-size-failed 10000000 --output-junit "$out" ${CTEST_ARGUMENTS:-} "$@" </dev/null
}

# The same; with SINTER_LONG a label at a time.
test_folder() {
    if [ -z "${SINTER_LONG:-}" ]; then
        run_tests "$1" results.xml || status=1
        results="$results $1/results.xml"
        return
    fi
    [ -n "${CTEST_ARGUMENTS:-}" ] || rm -rf "$1/long"
    mkdir -p "$1/long"
    # shellcheck disable=SC2086 # a list of words
    for label in $(ctest --test-dir "$1" --print-labels ${CTEST_ARGUMENTS:-} | sed -n 's/^  //p'); do
        run_tests "$1" "long/$label.xml" -L "^$label\$" || status=1
    done
    for file in "$1"/long/*.xml; do
        [ ! -f "$file" ] || results="$results $file"
    done
}

# Kernels are held against an evaluator without sanitizers, which takes a third of the time; tests of the evaluator have one with them.
cmake --preset release -DSINTER_TESTS=OFF >build/release.log
cmake --build --preset release --parallel "$jobs"
export SINTER_REFERENCE="$PWD/build/release/bin/sinter"

# Both are tested even where the first fails.
status=0
results=
cmake --preset asan -DSINTER_PYTHON="$python" >build/asan.log
cmake --build --preset asan --parallel "$jobs"
test_folder build/asan

if ls tests/fuzz/fuzz_*.c >/dev/null 2>&1; then
    cmake --preset fuzz -DSINTER_PYTHON="$python" >build/fuzz.log
    cmake --build --preset fuzz --target fuzzers --parallel "$jobs"
    test_folder build/fuzz
fi
# shellcheck disable=SC2086 # a list of words
python3 tools/report.py ${SINTER_LONG:+--slow} $results || status=1
exit $status
