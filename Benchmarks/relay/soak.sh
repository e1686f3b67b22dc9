#!/bin/bash
# Seeded random bytes through every pump of `crimp relay`, both ways at once, each byte compared: `make soak`.
#
# usage: Benchmarks/relay/soak.sh CRIMP [PUMP]...      all of them by default
#
#   BYTES=10000000000  through each pump
#   CONNECTIONS=16     at once
#   DISORDER=60        seconds of disorder, at least, for each pump
#
# First undisturbed but for a reload each second, which takes another certificate where there is one: no
# connection may be cut, no datagram lost. Then while targets die, relays are reloaded, hand over and are killed,
# and descriptors run out: connections are cut, and no byte is wrong. After each a relay must have as few
# descriptors, and as little memory, as befits one that nobody uses.
set -euo pipefail
crimp=$(realpath "${1:-.build/crimp}")
[ $# = 0 ] || shift
bytes=${BYTES:-10000000000}
connections=${CONNECTIONS:-16}
seconds=${DISORDER:-60}
cd "$(dirname "$0")"
work=$(mktemp -d /tmp/crimp-soak-XXXXXX)
port=$((20000 + $$ % 10000))
pids=()

clean() {
  kill -9 "${pids[@]}" $(jobs -p) 2>/dev/null || true
  # What was started last in the loops of disorder, and has outlived them.
  for control in "$work"/control.*; do
    [ ! -e "$control" ] || kill -9 "$(process "$control")" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

clang -O2 -Wall -Wextra -Werror -pthread -o "$work/soak" soak.c
/usr/bin/python3 ../../Fixtures/peers/tls/make_certificates.py "$work"
cp "$work/server.pem" "$work/current.pem"

fail() {
  echo "soak: $*" >&2
  exit 1
}

answers() { # CONTROL: waits until a relay answers there
  for _ in $(seq 600); do
    "$crimp" relay show --control "$1" >/dev/null 2>&1 && return
    sleep 0.05
  done
  fail "no relay answers at $1"
}

process() { # CONTROL: the process of the relay there
  "$crimp" relay show --control "$1" --json 2>/dev/null |
    sed -n 's/.*"kind":"relay".*"process":\([0-9]*\).*/\1/p'
}

descriptors() { find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l; }
resident() { awk '/^RssAnon/ { print $2 }' "/proc/$1/status"; }

rest() { # PROCESS DESCRIPTORS: it comes to rest with so many descriptors, at most, and 64 MiB
  local count=0
  for _ in $(seq 200); do
    count=$(descriptors "$1")
    [ "$count" -le "$2" ] && break
    sleep 0.1
  done
  [ "$count" -le "$2" ] || fail "$count descriptors are left, of $2: $(ls -l "/proc/$1/fd")"
  [ "$(resident "$1")" -le 65536 ] || fail "$(resident "$1") KiB of memory are left"
  echo "  at rest: $count descriptors, $(resident "$1") KiB"
}

# --- Pumps -------------------------------------------------------------------------------------

# pump NAME: the addresses of the clients' and of the server's side, and the arguments of one relay, or of two in
# a row.
pump() {
  local middle=$((port + 1)) target=$((port + 2))
  near=$port far=$target
  local tcp=("127.0.0.1:$port" "127.0.0.1:$target") unix=("unix:$work/in" "unix:$work/out")
  second=()
  case $1 in
  adaptive) first=("${tcp[@]}") ;;
  copied) first=("${tcp[@]}" --copy) ;;
  workers) first=("${tcp[@]}" --workers 2) ;;
  limited) first=("${tcp[@]}" --shared-rate 4G --limit-rate 1G) ;;
  recorded) first=("${tcp[@]}" --record /dev/null) ;;
  unix) first=("${unix[@]}") near=unix:$work/in far=unix:$work/out ;;
  unix-copied) first=("${unix[@]}" --copy) near=unix:$work/in far=unix:$work/out ;;
  tls)
    first=("127.0.0.1:$port" "127.0.0.1:$middle" --target-tls --target-ca "$work/root.crt")
    second=("127.0.0.1:$middle" "127.0.0.1:$target" --tls-certificate "$work/current.pem")
    ;;
  socks4 | socks5 | connect)
    first=("${tcp[@]}" --via "$1://127.0.0.1:$middle")
    second=("127.0.0.1:$middle" --serve all --allow-target 127.0.0.0/8)
    ;;
  udp)
    first=(--udp "${tcp[@]}" --idle-timeout 5)
    near=udp:$port far=udp:$target
    ;;
  *)
    echo "usage: $0 CRIMP [adaptive|copied|workers|limited|recorded|unix|unix-copied|tls|socks4|socks5|connect|udp]..." >&2
    exit 64
    ;;
  esac
}

# renew: another certificate, whole at each moment.
renew() {
  local name=server
  cmp -s "$work/server.pem" "$work/current.pem" && name=renewed
  cp "$work/$name.pem" "$work/next.$BASHPID"
  mv "$work/next.$BASHPID" "$work/current.pem"
}

quiet() { # PUMP: through relays that are reloaded each second
  local server reloader relays=() from=$SECONDS
  pump "$1"
  "$work/soak" serve "$far" &
  server=$!
  "$crimp" relay -q "${first[@]}" --control "$work/control.1" &
  relays+=($!)
  if [ ${#second[@]} -gt 0 ]; then
    "$crimp" relay -q "${second[@]}" --control "$work/control.2" &
    relays+=($!)
    answers "$work/control.2"
  fi
  pids+=($server "${relays[@]}")
  answers "$work/control.1"
  (while sleep 1; do renew; kill -HUP "${relays[@]}"; done) &
  reloader=$!
  read -r complete moved broken wrong < <("$work/soak" ask "$near" "$bytes" "$connections") || true
  kill $reloader
  wait $reloader || true
  [ "${broken:-1} ${wrong:-1}" = "0 0" ] || fail "$1: ${broken:-?} cut, ${wrong:-?} wrong"
  echo "$1: $complete connections, $moved bytes in $((SECONDS - from)) s, none cut, none wrong"
  for relay in "${relays[@]}"; do
    # Pipes that are kept, listeners, the loops' own.
    rest "$relay" 60
    kill "$relay"
    wait "$relay" || fail "$1: the relay ended with status $?"
  done
  kill $server
  wait $server 2>/dev/null || true
}

# --- While everything else goes wrong ----------------------------------------------------------

servers() { # ADDRESS: a server there, which is killed again and again
  local server
  while :; do
    "$work/soak" serve "$1" &
    server=$!
    trap 'kill -9 $server; exit' TERM
    sleep $((2 + RANDOM % 3)) &
    wait $! || true
    kill -9 $server
    wait $server || true
  done
}

# again CONTROL ARGUMENT...: a relay, which is reloaded and hands over to the next again and again. Every third is
# killed once the next has its listeners. Datagrams are not handed over: such a relay is ended before the next.
again() {
  local control=$1 relay isUDP=
  shift
  [ "$1" != --udp ] || isUDP=1
  ulimit -n 48
  trap 'exit' TERM
  while :; do
    if [ "$isUDP" ]; then
      "$crimp" relay -q "$@" --control "$control" >>"$work/relays" 2>&1 &
    else
      "$crimp" relay -q "$@" --control "$control" --take-over --drain 5 >>"$work/relays" 2>&1 &
    fi
    relay=$!
    sleep 2 &
    wait $! || true
    renew
    kill -HUP $relay 2>/dev/null || true
    sleep 1 &
    wait $! || true
    if [ "$isUDP" ]; then
      kill -$((RANDOM % 2 ? 9 : 15)) $relay 2>/dev/null || true
      wait $relay || true
    elif [ $((RANDOM % 3)) = 0 ]; then
      { sleep 1.5; kill -9 $relay 2>/dev/null || true; } &
    fi
  done
}

disorder() { # PUMP
  local loops=() last
  pump "$1"
  servers "$far" 2>/dev/null &
  loops+=($!)
  again "$work/control.1" "${first[@]}" 2>/dev/null &
  loops+=($!)
  if [ ${#second[@]} -gt 0 ]; then
    again "$work/control.2" "${second[@]}" 2>/dev/null &
    loops+=($!)
    answers "$work/control.2"
  fi
  pids+=("${loops[@]}")
  answers "$work/control.1"
  read -r complete moved broken wrong < <("$work/soak" ask "$near" "$bytes" "$connections" "$seconds" \
    2>"$work/errors") || true
  for loop in "${loops[@]}"; do
    kill "$loop" || fail "$1 in disorder: a loop of disorder has ended"
  done
  wait "${loops[@]}" 2>/dev/null || true
  [ "${wrong:-1}" = 0 ] || fail "$1 in disorder: ${wrong:-?} with wrong bytes: $(cat "$work/errors")"
  [ "${complete:-0}" -gt 0 ] || fail "$1 in disorder: nothing came through: $(tail "$work/relays")"
  echo "$1 in disorder: $complete connections and $moved bytes came, $broken were cut, none wrong"
  for control in "$work"/control.*; do
    last=$(process "$control")
    [ "$last" ] || continue
    rest "$last" 48
    kill "$last"
    while [ -e "/proc/$last" ]; do sleep 0.1; done
  done
  rm -f "$work"/control.* "$work/in" "$work/out"
}

[ $# -gt 0 ] || set -- adaptive copied workers limited recorded unix unix-copied tls socks4 socks5 connect udp
for name in "$@"; do pump "$name"; done
for name in "$@"; do quiet "$name"; done
for name in "$@"; do
  # Those in which the same code meets the same disorder are left out.
  case $name in
  adaptive | copied | workers | tls | socks5 | udp) disorder "$name" ;;
  esac
done
