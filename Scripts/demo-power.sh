#!/bin/bash
# usage: Scripts/demo-power.sh BINARY
# The demonstration's second half: a few hundred simulated controllers on loopback addresses, three of
# them in trouble, found, switched off and audited. Ends all that it starts.
set -euo pipefail
crimp=$(realpath "$1")
port=26230 troubled=26231
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
export CRIMP_PASSWORD=simulated-secret XDG_CACHE_HOME=$work

# simulate NAME OPTION...: controllers, and a wait until they are there. Those of a whole network are
# served by one socket, which takes the port.
simulate() {
  "$crimp" bmc "${@:2}" >"$work/$1" 2>&1 &
  started+=($!)
  for _ in $(seq 100); do
    ! grep -q '^ready' "$work/$1" || return 0
    sleep 0.05
  done
  cat "$work/$1" >&2
  exit 1
}

# show LINES COMMAND...: the command, its last lines, and how long it took.
show() {
  printf '\n$ crimp %s\n' "${*:2}"
  local begin=${EPOCHREALTIME/./} status=0
  "$crimp" "${@:2}" >"$work/output" 2>&1 || status=$?
  local end=${EPOCHREALTIME/./}
  # Lines of every host are many; the groups at the end tell.
  tail -n "$1" "$work/output" | cut -c1-110
  printf '  (%d lines, exit %d, %d ms)\n' "$(wc -l <"$work/output")" $status $(((end - begin) / 1000))
}

printf 'other-password\n' >"$work/secret"
simulate many --port $port --address 127.80.0.0/24 --latency 5-20 --power-delay 0.3 --suites 3,17
simulate other --port $troubled --address 127.80.1.1 --password-file "$work/secret"
simulate full --port $troubled --address 127.80.1.2 --slots 0
simulate weak --port $troubled --address 127.80.1.3 --null-user --suites 0,17 --authentication no

echo "257 controllers at 127.80.0.0/24 and 127.80.1.[1-3], which answer after 5 to 20 ms; nobody at 127.80.1.4"
hosts="127.80.0.[1-254]:$port,127.80.1.[1-4]:$troubled"
show 1 discover 127.80.0.0/24 --port $port
show 5 power status "$hosts" --user admin
show 5 power off "$hosts" --user admin --wait 5
show 8 audit "127.80.1.3:$troubled" --user admin
