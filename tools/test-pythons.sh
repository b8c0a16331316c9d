#!/bin/sh
# Run the tests that need no browser on every supported Python that is present, each in its own environment.
set -u
cd "$(dirname "$0")/.." || exit 1
summary= failed=0
for version in 3.11 3.12 3.13; do
    if ! PYTHON='' sh tools/find-python.sh $version >/dev/null 2>&1; then
        summary="$summary  $version: not on this machine"
        continue
    fi
    if PYTHON='' sh tools/set-up.sh ".venv-$version" test $version &&
        ".venv-$version/bin/pytest" -n "${JOBS:-2}" --dist worksteal -m "not browser"; then
        summary="$summary  $version: passed"
    else
        summary="$summary  $version: FAILED" failed=1
    fi
done
echo "Pythons:$summary"
exit $failed
