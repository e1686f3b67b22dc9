#!/bin/bash
# Seeded random bytes through every pump of `crimp relay`, both ways at once, each byte compared: `make soak`.
#
# usage: Benchmarks/relay/soak.sh CRIMP
#
#   BYTES=10000000000  through each pump
#   CONNECTIONS=16     at once
#
# First undisturbed but for a reload each second: no connection may be cut. Then while targets die, relays hand
# over and are killed, and descriptors run out: connections are cut, and no byte is wrong. In the end the relay
# must have as few descriptors, and as little memory, as befits one that nobody uses.
set -euo pipefail
crimp=$(realpath "${1:-.build/crimp}")
bytes=${BYTES:-10000000000}
connections=${CONNECTIONS:-16}
cd "$(dirname "$0")"
work=$(mktemp -d /tmp/crimp-soak-XXXXXX)
port=$((20000 + $$ % 10000))
pids=()

clean() {
  kill -9 "${pids[@]}" $(jobs -p) 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

clang -O2 -Wall -Wextra -Werror -pthread -o "$work/soak" soak.c

fail() {
  echo "soak: $*" >&2
  exit 1
}

answers() { # PATH: waits until a relay answers at its control socket
  for _ in $(seq 300); do
    "$crimp" relay show --control "$1" >/dev/null 2>&1 && return
    sleep 0.05
  done
  fail "no relay answers at $1"
}

process() { # PATH: the process of the relay there
  "$crimp" relay show --control "$1" --json | sed -n 's/.*"kind":"relay".*"process":\([0-9]*\).*/\1/p'
}

descriptors() { find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l; }
resident() { awk '/^RssAnon/ { print $2 }' "/proc/$1/status"; }

rest() { # PROCESS DESCRIPTORS: it comes to rest with so many descriptors, at most, and 64 MiB
  local count=0
  for _ in $(seq 100); do
    count=$(descriptors "$1")
    [ "$count" -le "$2" ] && break
    sleep 0.1
  done
  [ "$count" -le "$2" ] || fail "$count descriptors are left, of $2: $(ls -l "/proc/$1/fd")"
  [ "$(resident "$1")" -le 65536 ] || fail "$(resident "$1") KiB of memory are left"
  echo "  at rest: $count descriptors, $(resident "$1") KiB"
}

quiet() { # NAME LISTEN TARGET OPTIONS...: through a relay that is reloaded each second
  local name=$1 listen=$2 target=$3 server relay reloader
  shift 3
  "$work/soak" serve "$target" &
  server=$!
  "$crimp" relay -q "$(place "$listen")" "$(place "$target")" --control "$work/control" "$@" &
  relay=$!
  pids+=($server $relay)
  answers "$work/control"
  while sleep 1; do kill -HUP $relay; done &
  reloader=$!
  local from=$SECONDS
  read -r complete moved broken wrong < <("$work/soak" ask "$listen" "$bytes" "$connections") || true
  kill $reloader
  [ "${broken:-1} ${wrong:-1}" = "0 0" ] || fail "$name: ${broken:-?} cut, ${wrong:-?} wrong"
  echo "$name: $complete connections, $moved bytes in $((SECONDS - from)) s, none cut, none wrong"
  # Pipes that are kept, listeners, the loops' own.
  rest $relay 60
  kill $relay $server
  wait $relay || fail "$name: the relay ended with status $?"
}

place() { case $1 in unix:*) echo "$1" ;; *) echo "127.0.0.1:$1" ;; esac }

quiet "TCP, spliced" $port $((port + 1))
quiet "TCP, copied" $port $((port + 1)) --copy
quiet "TCP, two workers" $port $((port + 1)) --workers 2
quiet "UNIX, spliced" "unix:$work/in" "unix:$work/out"
quiet "UNIX, copied" "unix:$work/in" "unix:$work/out" --copy
quiet "TCP, limited and recorded" $port $((port + 1)) --shared-rate 4G --limit-rate 1G --record /dev/null

# --- While everything else goes wrong ----------------------------------------------------------

(
  while :; do
    "$work/soak" serve $((port + 1)) &
    server=$!
    trap 'kill -9 $server; exit' TERM
    sleep $((2 + RANDOM % 3)) &
    wait $! || true
    kill -9 $server
  done
) &
servers=$!
pids+=($servers)
(
  ulimit -n 48
  while :; do
    "$crimp" relay -q 127.0.0.1:$port 127.0.0.1:$((port + 1)) --control "$work/control" --workers 2 \
      --take-over --drain 5 >"$work/relays" 2>&1 &
    relay=$!
    trap 'exit' TERM
    sleep 2 &
    wait $! || true
    kill -HUP $relay 2>/dev/null || true
    sleep 1 &
    wait $! || true
    # Every third is killed once the next has its listeners.
    [ $((RANDOM % 3)) != 0 ] || { sleep 1.5; kill -9 $relay 2>/dev/null || true; } &
  done
) &
relays=$!
pids+=($relays)
answers "$work/control"
read -r complete moved broken wrong < <("$work/soak" ask $port "$bytes" "$connections" mayBreak 2>"$work/errors") ||
  true
kill $servers $relays
[ "${wrong:-1}" = 0 ] || fail "${wrong:-?} connections with wrong bytes: $(cat "$work/errors")"
[ "${complete:-0}" -gt 0 ] || fail "no connection came through"
echo "in disorder: $complete connections and $moved bytes came, $broken were cut, none wrong"
last=$(process "$work/control")
rest "$last" 48
kill "$last"
