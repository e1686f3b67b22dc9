#!/bin/bash
# Side by side with the peers, in one run: medians and ratios, as Markdown. `make bench` calls it.
#
# usage: Benchmarks/run.sh [start|send|parse|loop|ipmi|check|capture|scan|replay|relay|reload]...      all of them by default
#
#   ROUNDS=21      starts of each program
#   FRAMES=1000000 frames that a sender sends
#   STATUSES, FLEETS   see bmc/ipmi.sh
#   RATES, SPELL       see capture/capture.sh
#   SCAN_ROUNDS, SCAN_BANDWIDTH   see scan/scan.sh
#   REPLAY_ROUNDS, REPLAY_FRAMES, REPLAY_PACED   see replay/replay.sh
#   TURNS=5        turns of each relay
#   OUTPUT=FILE    write the tables there too
#
# Needs root, for network namespaces and packet sockets. What is not installed is left out.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${ROUNDS:-21}
frames=${FRAMES:-1000000}
turns=${TURNS:-5}
crimp=$PWD/.build/crimp
work=$(mktemp -d /tmp/crimp-bench-XXXXXX)
near=crimp-bench$$-near
far=crimp-bench$$-far
vip=192.0.2.200
vip6=2001:db8::200

clean() {
  { kill $(jobs -p) && wait; } 2>/dev/null || true
  ip netns del $near 2>/dev/null || true
  ip netns del $far 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

# For awk: the median of numbers between spaces or semicolons.
median='
  function middle(text, values, n, i, j, t) {
    gsub(/;/, " ", text)
    n = split(text, values, " ")
    for (i = 2; i <= n; i++)
      for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) {
        t = values[j]; values[j] = values[j - 1]; values[j - 1] = t
      }
    return values[int((n + 1) / 2)]
  }'

compile() { # SOURCE PROGRAM
  clang -O2 -Wall -Wextra -Werror -o "$work/$2" "Benchmarks/$1"
}

built=
products() { # builds the Swift programs, once, and says where they are
  [ -n "$built" ] || {
    swift build --package-path Benchmarks -c release >"$work/build.log" 2>&1 ||
      { cat "$work/build.log" >&2; exit 1; }
    built=$(swift build --package-path Benchmarks -c release --show-bin-path)
  }
}

wire() { # two namespaces and a wire between them, as quiet as can be
  ip netns list | grep -q "^$near\b" && return
  for name in $near $far; do
    ip netns add "$name"
    ip netns exec "$name" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
      net.ipv6.conf.all.router_solicitations=0 net.ipv6.conf.default.router_solicitations=0
    ip -n "$name" link set lo up
  done
  ip -n $near link add eth0 address 02:00:00:00:00:0a type veth peer name eth0 netns $far
  ip -n $far link set eth0 address 02:00:00:00:00:0b up
  ip -n $near link set eth0 up
  ip -n $near addr add 192.0.2.1/24 dev eth0
  ip -n $near addr add $vip/32 dev eth0
  ip -n $near addr add $vip6/64 dev eth0 nodad
  ip -n $far addr add 192.0.2.2/24 dev eth0
  sleep 2
}

machine() {
  echo "$(nproc) × $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), Linux $(uname -r)"
}

# --- From the start of a process to its first frame -------------------------------------------

subject() { # SUBJECT ORIGINAL NAME ARGUMENTS...: Crimp under NAME, and the original
  local subject=$1 original=$2 name=$3
  shift 3
  ln -sf "$crimp" "$work/$name"
  printf '%s\tcrimp\t%s\n' "$subject" "$work/$name $*"
  original=$(type -P "$original" || true)
  [ -z "$original" ] || printf '%s\toriginal\t%s\n' "$subject" "$original $*"
}

habets() { type -P arping.habets || echo /nonexistent; }
iputils() { type -P arping.iputils || echo /nonexistent; }

start() {
  wire
  compile start/first-frame.c first-frame
  {
    printf 'crimp announce\tcrimp\t%s\n' \
      "$crimp announce --count 1 --interface eth0 $vip"
    subject 'arping -U (Habets)' "$(habets)" arping -U -c 1 -i eth0 -S $vip $vip
    subject 'arping HOST (Habets)' "$(habets)" arping -c 1 -w 0.05 -i eth0 192.0.2.2
    subject 'arping -U (iputils)' "$(iputils)" arping.iputils -U -c 1 -I eth0 $vip
    subject 'arping -f HOST (iputils)' "$(iputils)" arping.iputils -f -c 1 -I eth0 192.0.2.2
    subject 'send_arp' send_arp send_arp -i 10 -r 1 eth0 $vip auto not_used not_used
    subject 'send_ua' send_ua send_ua -c 1 $vip6 64 eth0
    subject 'wakeonlan' wakeonlan wakeonlan -i 192.0.2.255 02:00:00:00:00:0b
    subject 'etherwake' etherwake etherwake -i eth0 02:00:00:00:00:0b
    printf 'crimp wake\tcrimp\t%s\n' "$crimp wake --to 192.0.2.255 --repeat 1 02:00:00:00:00:0b"
  } >"$work/commands"
  "$work/first-frame" "$rounds" $near $far eth0 <"$work/commands" >"$work/start"

  echo
  echo "### Process start to first frame on the wire"
  echo
  echo "Milliseconds, median of $rounds starts (least in brackets), each round in another order."
  echo
  echo "| command | Crimp | original | ratio | Crimp returns after | the original after |"
  echo "|---|---|---|---|---|---|"
  awk -F'\t' '
    $6 > 0 { printf "%s %s: %d starts without a frame\n", $1, $2, $6 > "/dev/stderr" }
    { if (!($1 in seen)) order[++n] = $1; seen[$1] = 1
      first[$1, $2] = $3; least[$1, $2] = $4; end[$1, $2] = $5 }
    END {
      for (i = 1; i <= n; i++) {
        s = order[i]; c = first[s, "crimp"]; o = first[s, "original"]
        printf "| `%s` | %.2f (%.2f) | ", s, c, least[s, "crimp"]
        if (o == "") printf "– | – | %s | – |\n", end[s, "crimp"]
        else printf "%.2f (%.2f) | %.2f | %s | %s |\n", o, least[s, "original"], c / o, \
          end[s, "crimp"], end[s, "original"]
      }
    }' "$work/start"
}

# --- Frames a second ---------------------------------------------------------------------------

trafgen_frame() { # BYTES DESTINATION: an ARP request of 192.0.2.1, with zeros after it
  local hex="${2//:/}02000000000a08060001080006040001""02000000000ac0000201ffffffffffffc0000201"
  local index
  printf '{ '
  for ((index = 0; index < ${#hex}; index += 2)); do printf '0x%s, ' "${hex:index:2}"; done
  printf 'fill(0x00, %d) }\n' $(($1 - 42))
}

rate() { # COMMAND...: thousands of frames a second, of the whole process
  local from to
  from=$(date +%s%N)
  ip netns exec $near "$@" >"$work/sender.log" 2>&1 || { cat "$work/sender.log" >&2; return 1; }
  to=$(date +%s%N)
  echo $((frames * 1000000 / (to - from)))
}

middle() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

send() {
  wire
  products
  echo
  echo "### Frames a second"
  echo
  echo "Thousands, median of 5 runs of $frames frames through a veth pair to a host that drops them, one"
  echo "process and one processor, its start included; the senders take turns."
  echo
  echo "| frame | Crimp (PacketSocketLink, 64 a call) | trafgen | ratio |"
  echo "|---|---|---|---|"
  local kind bytes to
  for kind in "60 bytes, broadcast;60;ff:ff:ff:ff:ff:ff" "60 bytes, unicast;60;02:00:00:00:00:0b" \
    "1514 bytes, unicast;1514;02:00:00:00:00:0b"; do
    IFS=';' read -r kind bytes to <<<"$kind"
    trafgen_frame "$bytes" "$to" >"$work/frame.cfg"
    : >"$work/crimp.rates"
    : >"$work/trafgen.rates"
    for _ in 1 2 3 4 5; do
      rate "$built/send-frames" eth0 "$frames" "$bytes" "$to" >>"$work/crimp.rates"
      if type -P trafgen >/dev/null; then
        rate trafgen --in "$work/frame.cfg" --out eth0 --num "$frames" --cpus 1 \
          >>"$work/trafgen.rates"
      fi
    done
    awk -v kind="$kind" -v crimp="$(middle <"$work/crimp.rates")" \
      -v trafgen="$(middle <"$work/trafgen.rates")" 'BEGIN {
        if (trafgen == "") printf "| %s | %d | – | – |\n", kind, crimp
        else printf "| %s | %d | %d | %.2f |\n", kind, crimp, trafgen, crimp / trafgen }'
  done
}

# --- Parsing, and the loop -----------------------------------------------------------------------

table() { # UNIT BASELINE FILE: rows NAME MEDIAN MIN [CHECKSUM], of several turns
  echo "| | $1, median | least | ratio to C |"
  echo "|---|---|---|---|"
  awk -v baseline="$2" "$median"'
    !($1 in medians) { order[++count] = $1; least[$1] = $3 }
    { medians[$1] = medians[$1] " " $2; if ($3 + 0 < least[$1] + 0) least[$1] = $3 }
    $4 != "" { if (sum != "" && sum != $4) { print "checksums differ" > "/dev/stderr"; exit 1 } sum = $4 }
    END {
      c = middle(medians[baseline])
      for (i = 1; i <= count; i++) {
        name = order[i]
        printf "| %s | %s | %s | %.2f |\n", name, middle(medians[name]), least[name], middle(medians[name]) / c
      }
    }' "$3"
}

parse() {
  products
  compile parse/arp.c arp
  "$work/arp" write "$work/frames"
  echo
  echo "### Parsing a 42-byte ARP frame"
  echo
  echo "All fields read and added up, the same frames and checks; two in a thousand are of another"
  echo "hardware type. The programs take turns."
  echo
  for _ in 1 2 3; do
    "$work/arp" "$work/frames" 51
    "$built/arp-parsing" "$work/frames" 51
  done >"$work/parse"
  table "ns a frame" c-struct "$work/parse"
}

loop() {
  products
  compile loop/epoll-pingpong.c epoll-pingpong
  echo
  echo "### A round trip of the loop"
  echo
  echo "Eight bytes there and back over a socket pair, both ends in one epoll set; the programs take"
  echo "turns."
  echo
  for _ in 1 2 3; do
    "$work/epoll-pingpong"
    "$built/eventloop-pingpong"
  done >"$work/loop"
  table "ns" "$(head -1 "$work/loop" | cut -d' ' -f1)" "$work/loop"
}

. Benchmarks/bmc/ipmi.sh
. Benchmarks/check/check.sh
. Benchmarks/capture/capture.sh
. Benchmarks/scan/scan.sh
. Benchmarks/replay/replay.sh

# --- Relays ----------------------------------------------------------------------------------------

ticks() { # PID: hundredths of a second that the process, its children included, has used
  local sum=0 pid
  for pid in "$1" $(pgrep -P "$1" || true); do
    sum=$((sum + $(awk '{ sub(/.*\) /, ""); print $12 + $13 + $14 + $15 }' "/proc/$pid/stat" 2>/dev/null || echo 0)))
  done
  echo "$sum"
}

memory() { # PID: KiB of the process and its children, shared pages divided
  local pid
  for pid in "$1" $(pgrep -P "$1" || true); do cat "/proc/$pid/smaps_rollup" 2>/dev/null || true; done |
    awk '/^Pss:/ { sum += $2 } END { print sum + 0 }'
}

relays() { # NAME<tab>COMMAND, with @listen and @target where the ports belong
  printf 'crimp\t%s\n' "$crimp relay --quiet 127.0.0.1:@listen 127.0.0.1:@target"
  printf 'crimp --copy\t%s\n' "$crimp relay --quiet --copy 127.0.0.1:@listen 127.0.0.1:@target"
  printf 'C splice loop\t%s\n' "$work/limit splice @listen @target"
  printf 'C copy loop\t%s\n' "$work/limit copy @listen @target"
  local addresses="TCP4-LISTEN:@listen,fork,reuseaddr,backlog=4096 TCP4:127.0.0.1:@target"
  printf 'crimp socat\t%s\n' "$crimp socat $addresses"
  ! type -P socat >/dev/null || printf 'socat\t%s\nsocat -b 262144\t%s\n' \
    "socat $addresses" "socat -b 262144 $addresses"
  ! type -P haproxy >/dev/null || printf 'haproxy\t%s\nhaproxy, tuned\t%s\n' \
    "haproxy -f $work/haproxy.cfg" "haproxy -f $work/haproxy-tuned.cfg"
  ! type -P nginx >/dev/null || printf 'nginx stream\t%s\n' "nginx -c $work/nginx.conf -e stderr"
}

haproxy_configuration() { # LISTEN TARGET GLOBAL-LINE DEFAULTS-LINE
  # Two descriptors a connection, as far as the limit goes: it does not start otherwise.
  local most=$(($(ulimit -Hn) / 2 - 100))
  printf 'global\n maxconn %s\n%s\ndefaults\n mode tcp\n%s\n timeout connect 5s\n' \
    "$((most < 12000 ? most : 12000))" "$3" "$4"
  printf ' timeout client 60s\n timeout server 60s\nlisten relay\n bind 127.0.0.1:%s\n server target 127.0.0.1:%s\n' \
    "$1" "$2"
}

nginx_configuration() { # LISTEN TARGET
  local module
  module=$(dirname "$(type -P nginx)")/ngx_stream_module.so
  [ ! -e "$module" ] || echo "load_module $module;"
  printf 'daemon off;\nworker_processes 1;\npid %s;\nerror_log stderr;\n' "$work/nginx.pid"
  printf 'events { worker_connections 24000; }\nstream { server { listen 127.0.0.1:%s backlog=4096; proxy_pass 127.0.0.1:%s; } }\n' "$1" "$2"
}

relay_row() { # PORT PID: one sample of everything, tab-separated
  local port=$1 pid=$2 bulk busy rtt rate used before after
  busy=$(ticks "$pid")
  bulk=$(ip netns exec $near "$work/load" bulk "$port" 1.5 1)
  # The half second before the count costs as well.
  busy=$(awk -v t=$(($(ticks "$pid") - busy)) -v b="$bulk" \
    'BEGIN { printf "%.3f", b ? t / 100 / (b * 2.0 / 1000) : 0 }')
  rtt=$(ip netns exec $near "$work/load" rtt "$port" 20000)
  used=$(ticks "$pid")
  rate=$(ip netns exec $near "$work/load" rate "$port" 1.5 16)
  used=$(awk -v t=$(($(ticks "$pid") - used)) -v r="$rate" \
    'BEGIN { printf "%.0f", r ? t * 1e4 / (r * 1.8) : 0 }')
  before=$(memory "$pid")
  mkfifo "$work/hold.$port"
  ip netns exec $near "$work/load" idle "$port" 1000 <"$work/hold.$port" >"$work/idle" &
  local holder=$!
  exec 8>"$work/hold.$port"
  until grep -q ready "$work/idle" || ! kill -0 $holder 2>/dev/null; do sleep 0.05; done
  after=$(memory "$pid")
  exec 8>&-
  wait $holder || true
  rm -f "$work/hold.$port"
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$bulk" "$busy" "${rtt% *}" "${rtt#* }" "$rate" "$used" \
    "$(((after - before) * 1024 / 1000))"
}

relay() {
  wire
  compile relay/limit.c limit
  compile relay/load.c load
  ip netns exec $near sysctl -qw net.ipv4.tcp_max_tw_buckets=0
  ip netns exec $near "$work/load" serve 6999 &
  echo
  echo "### Relays"
  echo
  echo "Over loopback, client, relay and server on the same processors; medians of $turns turns, in which the"
  echo "relays take turns. Bulk is one stream; the round trip is one byte's there and back; connections are"
  echo "16 at once; memory is that of a connection out of 1,000 idle ones, kernel memory not counted."
  echo
  echo "| relay | bulk MB/s | CPU s/GB | round trip µs, median | 99 % | connections/s | CPU µs each | bytes each |"
  echo "|---|---|---|---|---|---|---|---|"
  relays >"$work/relays"
  : >"$work/rows"
  local turn name command pid port=7000
  for ((turn = 0; turn < turns; turn++)); do
    while IFS=$'\t' read -r name command <&7; do
      port=$((port + 1))
      haproxy_configuration $port 6999 '' '' >"$work/haproxy.cfg"
      haproxy_configuration $port 6999 $' tune.pipesize 1048576\n tune.recv_enough 1000000' \
        $' option splice-request\n option splice-response' >"$work/haproxy-tuned.cfg"
      [ "${name%% *}" != nginx ] || nginx_configuration $port 6999 >"$work/nginx.conf"
      command=${command//@listen/$port}
      # shellcheck disable=SC2086
      ip netns exec $near ${command//@target/6999} >/dev/null 2>&1 &
      pid=$!
      sleep 0.3
      printf '%s\t%s\n' "$name" "$(relay_row $port $pid)" >>"$work/rows"
      kill $pid 2>/dev/null || true
      wait $pid 2>/dev/null || true
    done 7<"$work/relays"
  done
  awk -F'\t' "$median"'
    !($1 in seen) { seen[$1] = 1; order[++count] = $1 }
    { for (i = 2; i <= 8; i++) all[$1, i] = all[$1, i] " " $i }
    END {
      for (n = 1; n <= count; n++) {
        printf "| %s", order[n]
        for (i = 2; i <= 8; i++) printf " | %s", middle(all[order[n], i])
        print " |"
      }
    }' "$work/rows"
}

reload_row() { # NAME START RELOAD: one run of five seconds, with a reload in each
  local name=$1 start=$2 reload=$3 pid reloader
  # shellcheck disable=SC2086
  ip netns exec $near $start >/dev/null 2>&1 &
  pid=$!
  for _ in $(seq 100); do
    ip netns exec $near "$work/reload" 6998 0 1 1 >/dev/null && break
    sleep 0.1
  done
  while sleep 1; do $reload $pid; done >/dev/null 2>&1 &
  reloader=$!
  printf '| %s | %s |\n' "$name" \
    "$(ip netns exec $near "$work/reload" 6998 5 16 200 | sed 's/ / | /g')"
  kill $reloader $pid 2>/dev/null || true
  wait $reloader $pid 2>/dev/null || true
  # Whoever went on in its place.
  ip netns pids $near | xargs -r ps -o pid=,args= -p | awk '/127.0.0.1:6998|haproxy|nginx/ { print $1 }' |
    xargs -r kill 2>/dev/null || true
  sleep 0.5
}

again() { # PID: another process takes over
  ip netns exec $near $crimp relay --quiet 127.0.0.1:6998 127.0.0.1:6997 --control "$work/control" --take-over &
}

hang_up() { kill -HUP "$1"; }
renew() { kill -USR2 "$1"; }

reload() {
  wire
  compile relay/load.c load
  clang -O2 -Wall -Wextra -Werror -pthread -o "$work/reload" Benchmarks/relay/reload.c
  ip netns exec $near sysctl -qw net.ipv4.tcp_max_tw_buckets=0
  ip netns exec $near "$work/load" serve 6997 &
  local server=$!
  echo
  echo "### Reloads under load"
  echo
  echo "A reload a second for five seconds, 16 short connections at once, 200 lasting ones."
  echo
  echo "| relay | connections/s | failed | alive of 200 |"
  echo "|---|---|---|---|"
  local plain="$crimp relay --quiet 127.0.0.1:6998 127.0.0.1:6997"
  reload_row 'crimp, SIGHUP' "$plain" hang_up
  reload_row 'crimp, two workers, SIGHUP' "$plain --workers 2" hang_up
  reload_row 'crimp, a new process takes over' "$plain --control $work/control" again
  if type -P haproxy >/dev/null; then
    haproxy_configuration 6998 6997 " stats socket $work/haproxy.sock expose-fd listeners" '' |
      sed 's/maxconn 12000/maxconn 2000/' >"$work/haproxy.cfg"
    reload_row 'haproxy -W, SIGUSR2' "haproxy -W -f $work/haproxy.cfg" renew
  fi
  if type -P nginx >/dev/null; then
    nginx_configuration 6998 6997 >"$work/nginx.conf"
    reload_row 'nginx, SIGHUP' "nginx -c $work/nginx.conf -e stderr" hang_up
  fi
  kill $server
}

run() {
  echo "## Benchmarks"
  echo
  echo "$(machine); $(date -u +%F)."
  for part in "$@"; do $part; done
}

[ $# -gt 0 ] || set -- start send parse loop ipmi check capture scan replay relay reload
for part in "$@"; do
  case $part in
  start | send | parse | loop | ipmi | check | capture | scan | replay | relay | reload) ;;
  *)
    echo "usage: $0 [start|send|parse|loop|ipmi|check|capture|scan|replay|relay|reload]..." >&2
    exit 64
    ;;
  esac
done
[ "$(id -u)" = 0 ] || { echo "$0: namespaces need root" >&2; exit 77; }
run "$@" | tee ${OUTPUT:+"$OUTPUT"}
