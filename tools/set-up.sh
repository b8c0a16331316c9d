#!/bin/sh
# Make the virtual environment $1 fit to run AeroPatrol ($2 = demo) or its gate ($2 = test), once.
# A stamp holds the checksum of pyproject.toml and the folder; a set-up that was cut short starts afresh.
set -u
cd "$(dirname "$0")/.." || exit 1
venv=$1 level=$2 version=${3:-}
case $level in test) extras='.[test]' ;; *) extras='.' ;; esac
stamp=$venv/.ready-$level unfinished=$venv/.unfinished log=$venv/set-up.log
mark="$(cksum <pyproject.toml) $(pwd)"

works() { "$venv/bin/python" -m pip --version >/dev/null 2>&1; }
create() { "$python" -m venv --clear "$venv" && : >"$unfinished"; }
install() { "$venv/bin/python" -m pip install --disable-pip-version-check --editable "$extras" >"$log" 2>&1; }

if [ ! -e "$unfinished" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    for ready in "$stamp" "$venv/.ready-test"; do
        [ -f "$ready" ] && [ "$(cat "$ready")" = "$mark" ] && exit 0
    done
fi
if [ -e "$unfinished" ] || ! works || ! "$venv/bin/python" tools/check_python.py $version 2>/dev/null; then
    python=$(sh tools/find-python.sh $version) || exit 1
    echo "Setting up $venv with $("$python" --version 2>&1), once; this takes about a minute ..."
    create || { echo "$venv could not be made with $python." >&2; exit 1; }
else
    echo "Bringing $venv up to date with pyproject.toml ..."
fi
: >"$unfinished"
if ! install; then
    tail -n 20 "$log" >&2
    echo "The set-up failed at the lines above; the next make tries again from the start." >&2
    exit 1
fi
rm -f "$unfinished"
echo "$mark" >"$stamp"
