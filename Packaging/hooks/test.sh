#!/bin/bash
# usage: Packaging/hooks/test.sh [TEST…]   (as root; crimp on PATH or in CRIMP=…)
# Each hook is run by the program that it is written for: ifupdown, keepalived, Pacemaker's IPaddr2,
# networkd with its dispatcher; all in network namespaces of this script. tcpdump at the far end of the
# wire says what left.
set -euo pipefail
cd "$(dirname "$0")"
hooks=$PWD
crimp=${CRIMP:-$(command -v crimp || realpath ../../.build/crimp)}
export PATH="$(realpath ../../.build/peers/bin):$PATH"

work=$(mktemp -d)
prefix=crimp-hooks-$$
passed=0
children=()

cleanup() {
  for pid in "${children[@]}"; do kill "$pid" 2>/dev/null || true; done
  for namespace in $(ip netns list | sed -n "s/^\($prefix-[a-z0-9]*\).*/\1/p"); do
    # What a daemon of ours left running inside ends with its namespace.
    ip netns pids "$namespace" | xargs -r kill 2>/dev/null || true
    ip netns delete "$namespace"
  done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

fail() {
  echo "not ok: $1" >&2
  for log in "$work"/*.log; do [ ! -s "$log" ] || { echo "--- $(basename "$log")"; cat "$log"; }; done >&2
  [ ! -s "$work/wire.pcap" ] || tcpdump -nnevr "$work/wire.pcap" >&2 2>/dev/null
  exit 1
}
ok() {
  passed=$((passed + 1))
  echo "ok: $1"
}

# inside NAMESPACE COMMAND…: with a /run of its own, and crimp where every daemon's PATH finds it.
inside() {
  local namespace=$1
  shift
  ip netns exec "$namespace" sh -c '
    mount -t tmpfs tmpfs /usr/local/sbin && ln -s "$0" /usr/local/sbin/crimp
    mount --rbind "$1" /run && shift
    exec "$@"' "$crimp" "$work/run-$namespace" "$@"
}

# A wire: eth0 in each of two namespaces.
wire() {
  local name
  for name in a b; do
    rm -rf "$work/run-$prefix-$name"
    mkdir "$work/run-$prefix-$name"
    ip netns add "$prefix-$name"
    ip -n "$prefix-$name" link set lo up
  done
  ip link add eth0 netns "$prefix-a" address 02:00:00:00:00:0a type veth \
    peer name eth0 netns "$prefix-b" address 02:00:00:00:00:0b
  rm -f "$work"/*.log "$work/wire.pcap"
}
unwire() {
  local name
  for name in a b; do
    ip netns pids "$prefix-$name" | xargs -r kill 2>/dev/null || true
    ip netns delete "$prefix-$name"
  done
}

# listen NAMESPACE: captures what arrives at eth0 there.
listen() {
  ip netns exec "$1" tcpdump -i eth0 -Q in --immediate-mode -U -w "$work/wire.pcap" 'arp or icmp6' \
    2>"$work/tcpdump.log" &
  listener=$!
  children+=("$listener")
  until_true 5 grep -q 'listening on' "$work/tcpdump.log" || fail "tcpdump does not listen"
}
hush() {
  kill -INT "$listener" 2>/dev/null || true
  wait "$listener" 2>/dev/null || true
}

# until_true SECONDS COMMAND…: asks twenty times a second.
until_true() {
  local tries=$(($1 * 20))
  shift
  while ! "$@" 2>/dev/null; do
    [ $((tries -= 1)) -gt 0 ] || return 1
    sleep 0.05
  done
}

# heard EXPRESSION…: tcpdump prints a line that matches.
heard() {
  tcpdump -nner "$work/wire.pcap" 2>/dev/null | grep -Eq "$1"
}
# announced ADDRESS MAC: both gratuitous forms have arrived, from that sender.
announced() {
  heard "$2 > ff:ff:ff:ff:ff:ff.* Request who-has ${1//./\\.} .*tell ${1//./\\.}" &&
    heard "$2 > .* Reply ${1//./\\.} is-at $2"
}

test_ifupdown() {
  wire
  ip -n "$prefix-b" link set eth0 up
  listen "$prefix-b"
  local status=0
  # --no-scripts: the directories of this machine's own ifupdown are none of ours.
  inside "$prefix-a" ifup --no-scripts --state-dir "$work" -i "$hooks/ifupdown/interfaces" eth0 \
    >"$work/ifup.log" 2>&1 || status=$?
  [ $status = 0 ] || fail "ifup ends with $status"
  [ ! -s "$work/ifup.log" ] || fail "ifup has nothing to say when all is well"
  until_true 3 announced 192.0.2.10 02:00:00:00:00:0a || fail "the interface's own address is announced"
  until_true 3 announced 192.0.2.100 02:00:00:00:00:0a || fail "the service address is announced"
  hush
  unwire
  ok "ifupdown: ifup announces the interface's address and the service address"
}

# keepalived_configuration NAME PRIORITY
keepalived_configuration() {
  cat >"$work/$1.conf" <<END
global_defs {
  script_user root
  enable_script_security
  vrrp_version 3
}
vrrp_instance VI_1 {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority $2
  advert_int 0.1
  virtual_ipaddress {
    192.0.2.100/24
  }
  notify "$work/safe/crimp-notify --interface eth0 192.0.2.100"
}
END
}

test_keepalived() {
  wire
  # What enable_script_security asks of the script and of the directories above it.
  chmod 755 "$work"
  install -d -m 755 "$work/safe"
  install -m 755 "$hooks/keepalived/crimp-notify" "$work/safe"
  keepalived_configuration a 150
  keepalived_configuration b 100
  local name
  for name in a b; do
    ip -n "$prefix-$name" link set eth0 up
    ip -n "$prefix-$name" address add "192.0.2.$([ $name = a ] && echo 1 || echo 2)/24" dev eth0
  done
  # keepalived's own burst is requests only: the reply form on the wire is Crimp's.
  listen "$prefix-b"
  inside "$prefix-a" keepalived -n -l -P -f "$work/a.conf" -p /run/k.pid -r /run/v.pid \
    >"$work/keepalived-a.log" 2>&1 &
  local first=$!
  children+=("$first")
  until_true 10 announced 192.0.2.100 02:00:00:00:00:0a || fail "the first master announces"
  inside "$prefix-b" keepalived -n -l -P -f "$work/b.conf" -p /run/k.pid -r /run/v.pid \
    >"$work/keepalived-b.log" 2>&1 &
  local second=$!
  children+=("$second")
  until_true 5 grep -q 'Entering BACKUP STATE' "$work/keepalived-b.log" || fail "the second waits"
  hush

  listen "$prefix-a"
  kill "$(cat "$work/run-$prefix-a/k.pid")"
  until_true 10 announced 192.0.2.100 02:00:00:00:00:0b || fail "the second announces after the move"
  hush
  # The first one's later rounds ended with its ownership.
  until_true 5 test ! -e "$work/run-$prefix-a/crimp/keepalived-VI_1.pid" || fail "the first stops announcing"
  kill "$(cat "$work/run-$prefix-b/k.pid")"
  wait "$first" "$second" 2>/dev/null || true
  ! grep -Ei 'unsafe|exited with status|disabling' "$work"/keepalived-[ab].log || fail "keepalived complains of the script"
  unwire
  ok "keepalived: the notify script announces for the first master, and for the next after a move"
}

test_networkd_dispatcher() {
  wire
  ip -n "$prefix-b" link set eth0 up
  local run=$work/run-$prefix-a
  mkdir -p "$run/dbus" "$run/systemd/network" "$run/udev"
  # The dispatcher runs only what root owns, mode 0755, in a directory of mode 0755.
  install -d -m 755 "$work/dispatcher" "$work/dispatcher/routable.d"
  install -m 755 "$hooks/networkd-dispatcher/50-crimp" "$work/dispatcher/routable.d"
  cat >"$run/systemd/network/10-eth0.network" <<END
[Match]
Name=eth0
[Network]
Address=192.0.2.20/24
LinkLocalAddressing=no
IPv6AcceptRA=no
END
  listen "$prefix-b"
  # A read-only /sys tells networkd that no udev will come. The bus, networkd and the dispatcher are
  # the real ones; the interface becomes routable when networkd has configured it.
  inside "$prefix-a" sh -c '
    mount -o remount,ro /sys
    dbus-daemon --system --nofork --nopidfile & bus=$!
    while [ ! -S /run/dbus/system_bus_socket ]; do sleep 0.05; done
    networkd-dispatcher -v --script-dir "$0" --run-startup-triggers & dispatcher=$!
    sleep 1
    /lib/systemd/systemd-networkd & networkd=$!
    trap "kill $networkd $dispatcher $bus" TERM
    wait' "$work/dispatcher" >"$work/networkd.log" 2>&1 &
  local daemons=$!
  children+=("$daemons")
  until_true 15 announced 192.0.2.20 02:00:00:00:00:0a || fail "the dispatcher's script announces"
  hush
  ! grep -E 'Exit status|invalid permissions' "$work/networkd.log" || fail "the dispatcher complains"
  unwire
  wait "$daemons" 2>/dev/null || true
  ok "networkd-dispatcher: an interface that becomes routable is announced"
}

test_networkd_dispatcher_noarp() {
  wire
  ip -n "$prefix-b" link set eth0 up
  ip -n "$prefix-a" link set eth0 up
  ip -n "$prefix-a" address add 192.0.2.20/24 dev eth0
  listen "$prefix-b"
  local status=0 arp
  for arp in off on; do
    ip -n "$prefix-a" link set eth0 arp $arp
    inside "$prefix-a" env IFACE=eth0 CRIMP_DEFAULTS=/dev/null \
      "$hooks/networkd-dispatcher/50-crimp" >"$work/dispatcher.log" 2>&1 || status=$?
    [ $status = 0 ] || fail "the dispatcher's script ends with $status, ARP $arp"
    [ ! -s "$work/dispatcher.log" ] || fail "the dispatcher's script has nothing to say, ARP $arp"
    [ $arp = on ] || ! heard . || fail "an interface without ARP is announced"
  done
  until_true 3 announced 192.0.2.20 02:00:00:00:00:0a || fail "an interface with ARP is announced"
  hush
  unwire
  ok "networkd-dispatcher: an interface without ARP is left alone"
}

# IPaddr2 ACTION ADDRESS PREFIX: Pacemaker's agent with HA_BIN at the drop-in names.
IPaddr2() {
  inside "$prefix-a" env OCF_ROOT="$agents" HA_BIN="$work/dropins" HA_RSCTMP=/run/resource-agents \
    OCF_RESOURCE_INSTANCE=vip OCF_RESOURCE_TYPE=IPaddr2 OCF_RESKEY_nic=eth0 \
    OCF_RESKEY_ip="$2" OCF_RESKEY_cidr_netmask="$3" \
    "$agents/resource.d/heartbeat/IPaddr2" "$1" >>"$work/IPaddr2.log" 2>&1
}

test_pacemaker() {
  local agents status=0
  agents=$(realpath ../../.build/peers/root/resource-agents/usr/lib/ocf)
  mkdir -p "$work/dropins"
  ln -sf "$crimp" "$work/dropins/send_arp"
  ln -sf "$crimp" "$work/dropins/send_ua"
  wire
  ip -n "$prefix-b" link set eth0 up
  ip -n "$prefix-a" link set eth0 up
  ip -n "$prefix-a" address add 192.0.2.1/24 dev eth0
  ip -n "$prefix-a" address add 2001:db8::1/64 dev eth0 nodad
  listen "$prefix-b"
  IPaddr2 start 192.0.2.100 24 || status=$?
  [ $status = 0 ] || fail "IPaddr2 start ends with $status"
  until_true 3 announced 192.0.2.100 02:00:00:00:00:0a || fail "IPaddr2 announces by send_arp"
  [ -s "$work/run-$prefix-a/resource-agents/send_arp-192.0.2.100" ] || fail "send_arp wrote its pidfile"
  IPaddr2 monitor 192.0.2.100 24 || fail "IPaddr2 monitor"
  IPaddr2 stop 192.0.2.100 24 || status=$?
  [ $status = 0 ] || fail "IPaddr2 stop ends with $status"
  grep -q 'killed previously running send_arp' "$work/IPaddr2.log" || fail "stop finds the sender"

  IPaddr2 start 2001:db8::100 64 || status=$?
  [ $status = 0 ] || fail "IPaddr2 start of an IPv6 address ends with $status"
  until_true 3 heard '2001:db8::100 > ff02::1: .*neighbor advertisement' || fail "IPaddr2 announces by send_ua"
  IPaddr2 stop 2001:db8::100 64 || fail "IPaddr2 stop of an IPv6 address"
  hush
  unwire
  ok "Pacemaker: IPaddr2 starts, watches and stops with send_arp and send_ua"
}

# Patroni splits its configured command like a shell and appends action, role and cluster; it needs a
# PostgreSQL cluster to do so, hence the arguments as it would give them.
test_patroni() {
  wire
  ip -n "$prefix-b" link set eth0 up
  ip -n "$prefix-a" link set eth0 up
  ip -n "$prefix-a" address add 192.0.2.100/24 dev eth0
  listen "$prefix-b"
  local status=0 role
  for role in replica standby_leader primary primary; do
    inside "$prefix-a" env CRIMP_RUN_DIRECTORY=/run/crimp \
      "$hooks/patroni/crimp-callback" --interface eth0 192.0.2.100 on_role_change $role main || status=$?
    [ $status = 0 ] || fail "the callback for $role ends with $status"
    case $role in
    replica) [ ! -e "$work/run-$prefix-a/crimp" ] || fail "a replica announces nothing" ;;
    primary | standby_leader) [ -s "$work/run-$prefix-a/crimp/patroni-main.pid" ] || fail "later rounds have a pidfile" ;;
    esac
  done
  until_true 3 announced 192.0.2.100 02:00:00:00:00:0a || fail "the leader announces"
  inside "$prefix-a" env CRIMP_RUN_DIRECTORY=/run/crimp \
    "$hooks/patroni/crimp-callback" --interface eth0 192.0.2.100 on_stop primary main || status=$?
  [ $status = 0 ] || fail "the callback for on_stop ends with $status"
  [ ! -e "$work/run-$prefix-a/crimp/patroni-main.pid" ] || fail "on_stop ends the later rounds"
  hush
  unwire
  ok "Patroni: the callback announces for a leader, twice without harm, and stops"
}

[ "$(id -u)" = 0 ] || { echo "$0: namespaces need root" >&2; exit 77; }
[ $# -gt 0 ] || set -- $(declare -F | sed -n 's/.* test_//p')
for name in "$@"; do "test_$name"; done
echo "hooks: $passed passed"
