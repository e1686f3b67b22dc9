#!/bin/sh
# usage: Fixtures/ipmi/record.sh DIRECTORY   (as root)
# Records one power status in every kind of session that ipmi_sim (Debian's openipmi) serves, as
# ipmitool and FreeIPMI's ipmipower begin it: DIRECTORY/KIND.pcap. In a network namespace of its own,
# with the loopback interface alone.
set -eu
[ $# = 1 ] || { echo "usage: $0 DIRECTORY" >&2; exit 64; }
if [ -z "${CRIMP_RECORDING:-}" ]; then
  mkdir -p "$1"
  exec unshare -n env CRIMP_RECORDING=1 "$0" "$(cd "$1" && pwd)"
fi

out=$1
peers=${IPMI_SIM:-$(cd "$(dirname "$0")/../peers/ipmi_sim" && pwd)}
state=$(mktemp -d)
ip link set lo up
simulator=
stop() {
  [ -z "$simulator" ] || { kill "$simulator"; wait "$simulator" || true; }
  rm -rf "$state"
}
trap stop EXIT
"$peers/start.sh" "$peers/lan.conf" "$state" >"$state/log" 2>&1 &
simulator=$!
sleep 2

# record KIND COMMAND...
record() {
  kind=$1
  shift
  : >"$state/tcpdump"
  tcpdump -Z root --immediate-mode -i lo -U -w "$out/$kind.pcap" udp port 9001 2>"$state/tcpdump" &
  capture=$!
  until grep -q listening "$state/tcpdump"; do sleep 0.1; done
  status=0
  timeout 30 "$@" >"$state/said" 2>&1 || status=$?
  sleep 0.5
  kill "$capture"
  wait "$capture" || true
  echo "$kind: $status: $(tail -n 1 "$state/said")"
}

tool="ipmitool -H 127.0.0.1 -p 9001 -U ipmiusr -P test"
power="ipmipower -h 127.0.0.1:9001 -u ipmiusr -p test --stat"
record 1.5-none $power -D LAN -W noauthcodecheck -a none
record 1.5-md2 $power -D LAN -a md2
record 1.5-md5 $tool -I lan -A MD5 power status
record 1.5-straight $tool -I lan -A PASSWORD power status
for suite in 0 1 2 3 6 11; do
  record "2.0-suite-$suite" $power -D LAN_2_0 -I "$suite" -W opensesspriv
done
record 2.0-suite-3-ipmitool $tool -I lanplus -C 3 power status
