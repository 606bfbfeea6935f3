#!/bin/sh
# tidy.sh: clang-tidy over compiler/ and codegen/ with the checks of .clang-tidy, all files at once on all cores.
set -eu
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc)}
sh tools/install_deps.sh build lint
mkdir -p build
# The flags as clang gets them; generated headers must exist.
cmake --preset clang -DSINTER_TESTS=OFF >build/tidy.log
cmake --build --preset clang --parallel "$jobs" >>build/tidy.log || { tail -n 30 build/tidy.log && exit 1; }
find compiler codegen -name '*.c' 2>/dev/null | sort | xargs -P "$jobs" -n 4 clang-tidy -p build/clang --quiet 2>build/tidy.err || {
    grep -v 'warnings generated' build/tidy.err
    exit 1
}
