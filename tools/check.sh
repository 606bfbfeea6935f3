#!/bin/sh
# check.sh: what `make check` does. The compiler and its tests under sanitizers (build/asan), then the fuzzers (build/fuzz, with clang).
# SINTER_FUZZ_SECONDS: for each fuzzer, 5. CTEST_ARGUMENTS: for instance "-L unit".
set -eu
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc)}
sh tools/install_deps.sh build test
sh tools/install_deps.sh edit || echo "the console will do without line editing"
python=$(sh tools/python.sh)
if [ -z "${SINTER_MINILM:-}" ] && model=$(sh tools/fetch_minilm.sh 2>/dev/null); then
    export SINTER_MINILM="$PWD/$model"
fi

# Tests of one build folder; the results as XML, for tools/report.py.
run_tests() {
    # shellcheck disable=SC2086 # a list of words
    ctest --test-dir "$1" --parallel "$jobs" --output-on-failure --no-tests=ignore --test-output-size-passed 10000000 \
        --test-output-size-failed 10000000 --output-junit results.xml ${CTEST_ARGUMENTS:-} </dev/null
}

# Both are tested even where the first fails.
status=0
cmake --preset asan -DSINTER_PYTHON="$python" >build/asan.log
cmake --build --preset asan --parallel "$jobs"
run_tests build/asan || status=1
results=build/asan/results.xml

if ls tests/fuzz/fuzz_*.c >/dev/null 2>&1; then
    cmake --preset fuzz -DSINTER_PYTHON="$python" >build/fuzz.log
    cmake --build --preset fuzz --target fuzzers --parallel "$jobs"
    run_tests build/fuzz || status=1
    results="$results build/fuzz/results.xml"
fi
# shellcheck disable=SC2086 # a list of words
python3 tools/report.py $results || status=1
exit $status
