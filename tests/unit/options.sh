#!/bin/sh
# What the tables of the command line say: every command's help, a manual page that man accepts, completions that the shell does.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for command in build emit check eval import explain run draw check-plan; do
    "$SINTER" "$command" --help >help
    grep -q "^usage: sinter $command " help
    grep -q -- "--model-dir=DIR" help
    "$SINTER" --man | grep -q "^.SH SINTER $command"
done

if command -v man >/dev/null && "$SINTER" --man | MANWIDTH=100 LC_ALL=C man --warnings -l - >page 2>warnings; then
    test ! -s warnings
    grep -q "^SINTER build" page
    grep -q -- "-o, --output=FILE" page
fi

if command -v bash >/dev/null; then
    "$SINTER" --completion=bash >completion
    cat >ask <<'END'
. ./completion
ask() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    compopt() { :; }
    _sinter
    echo "${COMPREPLY[*]}"
}
ask sinter em
ask sinter build --out
ask sinter eval --mod
ask sinter build toy
END
    bash ask >answers
    printf '%s\n' emit --output= --model-dir= "" >wanted
    diff wanted answers
fi
"$SINTER" --completion=zsh | tail -n +2 | diff - completion
"$SINTER" --completion=fish | grep -q "seen_subcommand_from check' -l dump -r -a '"
echo "cases: 1"
