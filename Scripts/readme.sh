#!/bin/bash
# usage: Scripts/readme.sh FILE
# Runs, in order, every block of FILE that is fenced as ```sh run, each in a shell of its own that
# stops at the first failure. ```sh run=N expects status N; ```sh run root is passed over unless it
# may make network namespaces. The built binary stands on PATH.
set -euo pipefail
export PATH="$PWD/.build:$PWD/.build/peers/bin:$PATH"

block='' wanted='' count=0
while IFS= read -r line || [ -n "$line" ]; do
  if [ -n "$wanted" ] && [ "$line" = '```' ]; then
    printf '%s\n' "--- block $((count += 1)), expecting status $wanted" "$block"
    status=0
    bash -euo pipefail -c "$block" </dev/null || status=$?
    [ "$status" = "$wanted" ] || { echo "readme: status $status, expected $wanted" >&2; exit 1; }
    wanted=''
  elif [ -n "$wanted" ]; then
    block+="$line"$'\n'
  elif [ "$line" = '```sh run root' ] && [ "$(id -u)" != 0 ]; then
    echo "--- a block for root, passed over"
  elif [[ $line =~ ^'```sh run'(=([0-9]+)|' root')?$ ]]; then
    wanted=${BASH_REMATCH[2]:-0} block=''
  fi
done <"$1"
[ -z "$wanted" ] || { echo "readme: the last block has no end" >&2; exit 1; }
echo "readme: $count blocks ran as written"
