#!/bin/sh
# Print the Python to use: $PYTHON where it is set, else python3 where it is new enough, else the newest
# supported one on PATH or in pyenv. With an argument such as 3.12: only that version.
# When there is none: one line on stderr, exit 1.
set -u
check=${0%/*}/check_python.py
wanted=${1:-}
refused=

suits() {
    command -v "$1" >/dev/null 2>&1 || return 1
    said=$("$1" "$check" $wanted 2>&1) && return 0
    case $said in
        *"lacks the module"*) refused=$said ;;
        *) refused=${refused:-$(echo "$said" | head -n 1)} ;;
    esac
    return 1
}

if [ -n "${PYTHON:-}" ]; then
    suits "$PYTHON" && echo "$PYTHON" && exit 0
    echo "PYTHON=$PYTHON cannot be used: ${refused:-not found}." >&2
    exit 1
fi
suits python3 && echo python3 && exit 0
for version in ${wanted:-3.13 3.12 3.11}; do
    for candidate in "python$version" "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/$version".*/bin/python; do
        suits "$candidate" && echo "$candidate" && exit 0
    done
done
suits python && echo python && exit 0
echo "AeroPatrol needs Python ${wanted:-3.11 or newer} with venv; ${refused:-none was found}." \
    "Name another one: make PYTHON=/path/to/python" >&2
exit 1
