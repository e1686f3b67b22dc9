#!/bin/sh
# usage: Scripts/captures.sh DIRECTORY [NAME...]   (as root)
# Records the exchanges of captures/ anew, all or those named, in network namespaces of its own: two hosts
# at a bridge. CRIMP names the crimp to be used, .build/crimp if not; peers are looked for in .build/peers/bin
# and in PATH. captures/README.md tells what each is.
set -eu
umask 022
[ $# -ge 1 ] || { echo "usage: $0 DIRECTORY [NAME...]" >&2; exit 64; }
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1/machines" "$1/stacks" "$1/protocols"
out=$(cd "$1" && pwd)
shift
wanted=$*
crimp=${CRIMP:-$root/.build/crimp}
PATH=$root/.build/peers/bin:$PATH
state=$(mktemp -d)
a=crimp-captures-a-$$
b=crimp-captures-b-$$
switch=crimp-captures-s-$$

stop() {
  for pid in $(cat "$state"/*.pid 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
  for name in $a $b $switch; do
    for pid in $(ip netns pids "$name" 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
    ip netns del "$name" 2>/dev/null || true
  done
  rm -rf "$state"
}
trap stop EXIT

# full_checksums NAMESPACE: no checksum is left to a network card that there is not (ETHTOOL_STXCSUM).
full_checksums() {
  ip netns exec "$1" python3 -c '
import array, fcntl, socket, struct
value = array.array("B", struct.pack("II", 0x17, 0))
request = struct.pack("16sP8x", b"eth0", value.buffer_info()[0])
fcntl.ioctl(socket.socket(), 0x8946, request)'
}

# The network: host A is 192.0.2.1, host B is 192.0.2.2.
for name in $a $b $switch; do ip netns add "$name"; ip -n "$name" link set lo up; done
ip -n "$switch" link add switch0 address 02:00:00:00:00:0f type bridge
for host in a b; do
  eval name=\$$host
  ip -n "$switch" link add "port-$host" type veth peer name eth0 netns "$name"
  # No stack is to say what nobody asked for.
  ip -n "$switch" link set "port-$host" master switch0
  ip netns exec "$name" sysctl -q -w net.ipv6.conf.all.accept_ra=0 net.ipv6.conf.all.router_solicitations=0 \
    net.ipv6.conf.default.router_solicitations=0 net.ipv6.conf.default.accept_dad=0 \
    net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.eth0.addr_gen_mode=0
  full_checksums "$name"
  ip -n "$name" link set eth0 address "02:00:00:00:00:0$host"
  ip -n "$switch" link set "port-$host" up
  ip -n "$name" link set eth0 up
done
ip netns exec "$switch" sysctl -q -w net.ipv6.conf.all.disable_ipv6=1
ip -n "$switch" link set switch0 up
ip -n "$a" address add 192.0.2.1/24 dev eth0
ip -n "$a" address add 2001:db8::1/64 dev eth0 nodad
ip -n "$b" address add 192.0.2.2/24 dev eth0
ip -n "$b" address add 2001:db8::2/64 dev eth0 nodad
sleep 3

on() { host=$1; shift; ip netns exec "$host" "$@"; }

# forget: no host knows the other's station.
forget() {
  ip -n "$a" neighbor flush dev eth0
  ip -n "$b" neighbor flush dev eth0
}

is_wanted() {
  [ -n "$wanted" ] || return 0
  for each in $wanted; do [ "$each" != "${1##*/}" ] || return 0; done
  return 1
}

# ours NAME ARGUMENTS...: a run of crimp at host B, as it records itself; ended by SIGINT after 20 s.
ours() {
  name=machines/$1
  shift
  is_wanted "$name" || return 0
  forget
  rm -f "$out/$name.pcapng"
  status=0
  on "$b" timeout -s INT "${RUNS:-20}" "$crimp" "$@" --record "$out/$name.pcapng" >"$state/said" 2>&1 || status=$?
  echo "$name: $status: $(tail -n 1 "$state/said")"
}

# theirs NAME SECONDS FILTER COMMAND...: what a command at host B says and hears, seen at B's interface.
theirs() {
  name=$1 seconds=$2 filter=$3
  shift 3
  is_wanted "$name" || return 0
  forget
  : >"$state/tcpdump"
  ip netns exec "$b" tcpdump -Z root --immediate-mode -i eth0 -U -w "$out/$name.pcap" "$filter" 2>"$state/tcpdump" &
  capture=$!
  until grep -q listening "$state/tcpdump"; do sleep 0.1; done
  status=0
  on "$b" timeout "$seconds" "$@" >"$state/said" 2>&1 || status=$?
  sleep 0.5
  kill "$capture"
  wait "$capture" || true
  echo "$name: $status: $(tail -n 1 "$state/said")"
}

# behind NAME COMMAND...: a server in the background at host A, ended with this script.
behind() {
  name=$1
  shift
  ip netns exec "$a" "$@" >"$state/$name.log" 2>&1 &
  echo $! >"$state/$name.pid"
}

# terms NAME WORDS: what is to be known of a capture that is not ours.
terms() {
  is_wanted "$1" || return 0
  printf '%s\n' "$2" >"$out/$1.pcap.replay-test"
}

# crimp's own commands.
ours crimp-probe-free probe --fast -i eth0 192.0.2.77 2001:db8::77
ours crimp-probe-in-use probe --fast -i eth0 192.0.2.1
ours crimp-probe-in-use-ipv6 probe --fast -i eth0 2001:db8::1
ours crimp-announce announce -i eth0 -c 2 --interval 0.2 192.0.2.2 2001:db8::2
ours crimp-announce-confirm announce -i eth0 -c 1 --confirm=192.0.2.1 192.0.2.2
ours crimp-announce-confirm-ipv6 announce -i eth0 -c 1 --confirm=2001:db8::1 2001:db8::2
ours crimp-ping-arp ping -c 3 --interval 0.1 192.0.2.1
ours crimp-ping-ndp ping -c 3 --interval 0.1 2001:db8::1
ours crimp-ping-echo ping -c 3 --interval 0.1 -i eth0 --destination 192.0.2.1 02:00:00:00:00:0a
ours crimp-wake wake -i eth0 02:00:00:00:00:fe
ours crimp-wake-raw wake -i eth0 --raw --vlan 5 02:00:00:00:00:fe
ours crimp-wake-wait wake -i eth0 --wait --deadline 2 02:00:00:00:00:0a=192.0.2.1
ours crimp-scan scan --no-vendor -i eth0 192.0.2.0/29
ours crimp-scan-ipv6 scan --no-vendor -i eth0 -6

# A defence: host A claims the address in the middle of it.
if is_wanted crimp-defend; then
  (sleep 4; on "$a" "$crimp" announce -i eth0 -c 1 --no-reply --no-directed --force 192.0.2.77 >/dev/null 2>&1 || true) &
  RUNS=8 ours crimp-defend probe --fast --claim --defend always -i eth0 192.0.2.77
fi

# Controllers: OpenIPMI's, and crimp's own.
files=$root/Fixtures/peers/ipmi_sim
for name in lan.conf bmc.emu; do
  sed -e 's/@PORT@/9001/' -e 's/addr 127.0.0.1/addr 192.0.2.1/' -e "s|@STATE@|$state|g" -e "s|@FILES@|$files|g" \
    -e 's/@KEY@//' -e "s|@CHASSIS@|chassis_control \"$files/chassis.sh $state/chassis\"|" -e 's/@SOL@//' \
    "$files/$name" >"$state/$name"
done
echo 27 >"$state/inlet.val"
mkdir -p "$state/state/ipmi_sim/bmc1"
cp "$files/sim.bsdr" "$state/state/ipmi_sim/bmc1/sdr.20.main"
behind ipmi_sim ipmi_sim -c "$state/lan.conf" -f "$state/bmc.emu" -s "$state/state" -n
for port in 623 624 625; do
  behind bmc-$port env CRIMP_BMC_PASSWORD=test "$crimp" bmc --address 192.0.2.1 --port $port --seed 7
done
sleep 3
export CRIMP_PASSWORD=test
ours crimp-power-2.0 power status 192.0.2.1:9001 -u ipmiusr --protocol 2.0 --suites 3
ours crimp-power-1.5 power status 192.0.2.1:9001 -u ipmiusr --protocol 1.5
ours crimp-discover discover 192.0.2.1:623 192.0.2.3:623 --attempts 2 --timeout 0.3
ours crimp-ipmi-chassis ipmi -H 192.0.2.1 -u admin --suites 17 chassis status
ours crimp-power-cycle power cycle 192.0.2.1 -u admin
printf 'echo a serial line\r' | ours crimp-console console 192.0.2.1 -u admin --suites 17 --linger 2

# What others said, and crimp in their place.
client="--host 192.0.2.2 --filter arp"
theirs machines/iputils-arping 9 arp arping.iputils -c 3 -I eth0 192.0.2.1
terms machines/iputils-arping "$client --machine 'ping -c 3 192.0.2.1' --mask arp.dst.hw_mac"
theirs machines/iputils-arping-announce 9 arp arping.iputils -U -c 1 -I eth0 192.0.2.2
terms machines/iputils-arping-announce \
  "$client --machine 'announce -c 1 --no-reply --no-directed --force 192.0.2.2'"
theirs machines/habets-arping 9 arp arping.habets -c 2 -i eth0 192.0.2.1
terms machines/habets-arping "$client --machine 'ping -c 2 192.0.2.1' --mask eth.dst,arp.dst.hw_mac"
theirs machines/etherwake 9 'ether proto 0x0842' etherwake -i eth0 02:00:00:00:00:fe
terms machines/etherwake \
  "--host 02:00:00:00:00:0b --machine 'wake --raw --repeat 1 02:00:00:00:00:fe' --mask eth.dst"
theirs machines/wakeonlan 9 'udp port 9' wakeonlan -i 192.0.2.255 02:00:00:00:00:fe
terms machines/wakeonlan "--host 192.0.2.2 --machine 'wake --repeat 1 --to 192.0.2.255 02:00:00:00:00:fe'
--mask ip.flags.df,udp.srcport"

# A simulated controller in the place of the one that was asked.
controller="--host 192.0.2.1 --mask ip.flags.df --machine 'bmc --seed 7 --address 192.0.2.1 --port"
theirs machines/ipmitool-at-crimp-2.0 20 'udp port 624' \
  ipmitool -I lanplus -C 17 -H 192.0.2.1 -p 624 -U admin -P test chassis power status
terms machines/ipmitool-at-crimp-2.0 "$controller 624'"
theirs machines/ipmitool-at-crimp-1.5 20 'udp port 625' \
  ipmitool -I lan -A MD5 -H 192.0.2.1 -p 625 -U admin -P test chassis power status
terms machines/ipmitool-at-crimp-1.5 "$controller 625'"

# Kernels: their stacks are tested behind an interface.
theirs stacks/kernel-arp 5 'arp' ping -c 1 192.0.2.1
theirs stacks/kernel-ndp 5 'icmp6 and ip6[40] != 143' ping -6 -c 1 2001:db8::1
theirs stacks/kernel-icmp 9 'arp or icmp' ping -c 3 -i 0.2 192.0.2.1
theirs stacks/kernel-udp-unreachable 9 'arp or icmp or udp port 9' \
  python3 -c 'import socket; socket.socket(2, 2).sendto(b"to a port that is closed", ("192.0.2.1", 9))'
theirs stacks/kernel-tcp-refused 9 'arp or tcp port 9' python3 -c '
import socket
socket.socket().connect_ex(("192.0.2.1", 9))'
behind listener python3 -c '
import socket, time
listener = socket.create_server(("192.0.2.1", 7))
time.sleep(600)'
sleep 1
theirs stacks/kernel-tcp-handshake 9 'arp or tcp port 7' python3 -c '
import socket, time
connection = socket.create_connection(("192.0.2.1", 7))
time.sleep(0.1)
connection.close()
time.sleep(0.3)'

# Programs that are tested behind an interface.
behind dnsmasq dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root \
  --pid-file= --dhcp-leasefile="$state/leases" --no-ping --dhcp-range=192.0.2.50,192.0.2.60,1h --domain=example.net \
  --address=/host.example.net/192.0.2.9 --address=/host.example.net/2001:db8::9 --listen-address=192.0.2.1
sleep 1
theirs stacks/dhcp-dnsmasq 15 'udp port 67' nmap -e eth0 --script broadcast-dhcp-discover
theirs stacks/dhcp-lease 15 'udp port 67' busybox udhcpc -f -n -q -i eth0 -x hostname:client -s /bin/true
theirs stacks/dns-dnsmasq 9 'arp or udp port 53' python3 -c '
import socket, struct
def ask(number, name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = struct.pack(">6H", number, 0x100, 1, 0, 0, 0) + labels + bytes(1) + struct.pack(">HH", kind, 1)
    with socket.socket(2, 2) as peer:
        peer.settimeout(3)
        peer.sendto(question, ("192.0.2.1", 53))
        peer.recv(512)
ask(0x1234, "host.example.net", 1)
ask(0x1235, "host.example.net", 28)
ask(0x1236, "none.example.net", 1)'
keepalived_conf() { # VERSION ROUTER PRIORITY INTERVAL ADDRESS
  printf '%s\n' "vrrp_instance v$1 {" "  version $1" '  state MASTER' '  interface eth0' \
    "  virtual_router_id $2" "  priority $3" "  advert_int $4" "  virtual_ipaddress { $5/24 }" '}'
}
if is_wanted stacks/vrrp-keepalived; then
  { printf '%s\n' 'global_defs {' '  vrrp_garp_master_delay 1' '}'; keepalived_conf 3 52 110 0.5 192.0.2.101; } \
    >"$state/one.conf"
  (sleep 2; on "$a" timeout 8 keepalived -n -P -f "$state/one.conf" -p "$state/k1.pid" -r "$state/v1.pid") \
    >/dev/null 2>&1 &
  theirs stacks/vrrp-keepalived 9 'ip proto 112 or arp' sleep 7
  wait $!
fi

# What Crimp decodes and does not speak.
theirs protocols/ipmitool-at-ipmi_sim 20 'udp port 9001' \
  ipmitool -I lanplus -C 3 -H 192.0.2.1 -p 9001 -U ipmiusr -P test sdr list
theirs protocols/ipmipower-at-ipmi_sim 20 'udp port 9001' \
  ipmipower -h 192.0.2.1:9001 -u ipmiusr -p test --stat -D LAN -a md5
theirs protocols/send-arp 9 arp send_arp -i 200 -r 1 eth0 192.0.2.2 auto not_used not_used
theirs protocols/iputils-arping-dad 9 arp arping.iputils -D -c 2 -w 3 -I eth0 192.0.2.1
{
  printf '%s\n' 'global_defs {' '  vrrp_garp_master_delay 1' '}'
  keepalived_conf 2 51 120 1 192.0.2.100
  keepalived_conf 3 52 110 0.5 192.0.2.101
} >"$state/keepalived.conf"
behind keepalived keepalived -n -P -f "$state/keepalived.conf" -p "$state/k.pid" -r "$state/v.pid"
theirs protocols/vrrp-keepalived 12 'ip proto 112 or arp' sleep 7
# Its user and its folder of runtime files are not installed: they are there in a mount namespace of its own.
mkdir "$state/run"
{ cat /etc/passwd; echo '_lldpd:x:997:997::/run/lldpd:/usr/sbin/nologin'; } >"$state/passwd"
{ cat /etc/group; echo '_lldpd:x:997:'; } >"$state/group"
theirs protocols/lldp-lldpd 12 'ether proto 0x88cc' unshare -m sh -c "
  mount --bind '$state/passwd' /etc/passwd; mount --bind '$state/group' /etc/group
  mount --bind '$state/run' /run; mkdir /run/lldpd
  exec lldpd -d -L '' -I eth0 -C eth0 -M 1 -S 'a host of the laboratory' -P Linux -m 192.0.2.2,2001:db8::2"
ip -n "$switch" link set switch0 type bridge stp_state 1
theirs protocols/lldp-crafted 9 'ether proto 0x88cc' sh -c "
  printf '0180c200000e 02000000000b 88cc 0207 04 02000000000b 0405 05 65746830 0602 0078 0808 636c69656e742030
    0a04 6372696d 0000' | tr -d ' \n' | '$crimp' craft -i eth0 --from -"
theirs protocols/stp-bridge 12 stp sleep 7
ip -n "$switch" link set switch0 type bridge stp_state 0
rm -f "$out"/*/*.pcap.part
