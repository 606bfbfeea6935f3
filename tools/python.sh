#!/bin/sh
# python.sh: prints a Python that has what the tests use (tests/requirements.txt), in build/python; plain python3 where that cannot be had.
set -eu
cd "$(dirname "$0")/.."
venv=$PWD/build/python
mkdir -p build
if [ ! -x "$venv/bin/python" ] || ! cmp -s tests/requirements.txt "$venv/requirements.txt"; then
    if python3 -m venv "$venv" >build/python.log 2>&1 &&
        "$venv/bin/python" -m pip install -q --disable-pip-version-check -r tests/requirements.txt >>build/python.log 2>&1; then
        cp tests/requirements.txt "$venv/requirements.txt"
    else
        echo "python.sh: the packages of tests/requirements.txt could not be installed (build/python.log); tests that need them say so" >&2
        echo python3
        exit 0
    fi
fi
echo "$venv/bin/python"
