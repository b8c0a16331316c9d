#!/bin/sh
# Print the table of reliability promises, one line each: what is promised, the goal, the measured value.
# $1 is pytest. Every test in tests/promises prints a line that starts with "promise".
set -u
result=$("$1" tests/promises -rPfE -n 0 --timeout 900 2>&1)
code=$?
echo "$result" | grep -E '^promise|^[0-9]+ (passed|failed)|^(FAILED|ERROR)' || echo "$result"
exit $code
