#!/bin/sh
# check.sh: what `make check` does. The compiler and its tests under sanitizers (build/asan), then the fuzzers (build/fuzz, with clang).
# SINTER_FUZZ_SECONDS: for each fuzzer, 5. CTEST_ARGUMENTS: for instance "-L unit".
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

# Tests of one build folder (all, or those that further words choose); the results as XML, for tools/report.py.
run_tests() {
    folder=$1 out=$2
    shift 2
    # shellcheck disable=SC2086 # a list of words
    ctest --test-dir "$folder" --parallel "$jobs" --output-on-failure --no-tests=ignore --test-output-size-passed 10000000 \
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
