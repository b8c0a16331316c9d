#!/bin/sh
# MAVProxy flies a simulated vehicle in one test: put it into the virtual environment $1 when no mavproxy.py is found.
# Without its own dependencies: its graphics take a gigabyte, and its console needs nothing that the gate has not.
set -u
[ -n "${MAVPROXY:-}" ] || [ -x "$1/bin/mavproxy.py" ] || command -v mavproxy.py >/dev/null 2>&1 && exit 0
echo "Installing for the test with MAVProxy: MAVProxy ..."
"$1/bin/python" -m pip install --disable-pip-version-check --quiet --no-deps --retries 1 --timeout 15 'MAVProxy>=1.8.70' >/dev/null 2>&1 && exit 0
echo "LEFT OUT: the test with MAVProxy, since it could not be installed."
