#!/bin/bash
# Runs the tests of the Swift package, and says at the end which failed, and of what: a thousand lines of
# those that passed stand between otherwise.
#
# usage: Scripts/unit.sh COMMAND...     the command that runs the tests
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT

"$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
[ "$status" = 0 ] || {
  printf '\nWhat failed:\n'
  grep -E '^(✘|↳|error:)|recorded an issue|: error: |Fatal error|unexpected signal' "$log" | head -60
}
exit "$status"
