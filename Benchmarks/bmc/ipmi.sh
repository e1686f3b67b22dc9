# Remote power against ipmitool and FreeIPMI's ipmipower. Benchmarks/run.sh reads this file.
#
#   STATUSES=21    statuses of one controller that each program asks
#   FLEETS="..."   how many controllers, and how many runs: "254:5 1016:5 4064:3 16002:1"
#
# All controllers are those of `crimp bmc`, in a namespace of its own, on the same two or more
# processors as who asks them. Addresses run from 127.64.0.1 on, 254 to each /24.

statuses=${STATUSES:-21}
fleets=${FLEETS:-254:5 1016:5 4064:3 16002:1}
bmc_port=16230
bmc_process=

controllers() { # OPTIONS...: simulated controllers, in place of those that were there
  stop_controllers
  ip netns exec $near "$crimp" bmc --address 127.64.0.0/18 --port $bmc_port --slots 63 --quiet "$@" &
  bmc_process=$!
  local try
  for try in $(seq 50); do
    ip netns exec $near "$crimp" discover --port $bmc_port --timeout 0.2 127.64.0.1 >/dev/null && return
  done
  echo "$0: no controllers" >&2
  return 1
}

stop_controllers() {
  [ -z "$bmc_process" ] && return
  kill "$bmc_process" && wait "$bmc_process" || true
  bmc_process=
}

hosts() { # COUNT: a list of that many hosts, in whole /24s of 254, as both programs take it
  local last=$(($1 / 254 - 1))
  if [ $last = 0 ]; then echo "127.64.0.[1-254]:$bmc_port"; else echo "127.64.[0-$last].[1-254]:$bmc_port"; fi
}

measure() { # FILE COMMAND...: adds what one run costs
  local file=$1
  shift
  ip netns exec $near "$work/measure" ': on' "$@" >>"$file"
}

column() { # FILE COLUMN: the median
  cut -f"$2" "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

datagrams() { # COMMAND...: how many datagrams pass until nothing more is said
  : >"$work/tcpdump"
  ip netns exec $near tcpdump -Z root --immediate-mode -i lo -U -w "$work/status.pcap" \
    udp port $bmc_port 2>"$work/tcpdump" &
  local capture=$!
  until grep -q listening "$work/tcpdump"; do sleep 0.05; done
  ip netns exec $near "$@" >/dev/null 2>&1
  sleep 0.3
  kill $capture && wait $capture || true
  tcpdump -nr "$work/status.pcap" 2>/dev/null | wc -l
}

ours() { # HOSTS OPTIONS...
  echo "$crimp power status --user admin --suites 17 $*"
}

peer() { # HOSTS OPTIONS...: ipmipower
  local list=$1
  shift
  echo "ipmipower -D LAN_2_0 -u admin -p simulated-secret -l OPERATOR --stat $* -h $list"
}

one_status() {
  local one=127.64.0.1 suite name
  local -A commands
  for suite in 17 3; do
    commands["crimp power status, suite $suite"]="$crimp power status --user admin --suites $suite $one:$bmc_port"
    commands["ipmipower --stat, suite $suite"]=$(peer $one:$bmc_port -I $suite)
    commands["ipmitool power status, suite $suite"]="ipmitool -I lanplus -C $suite -H $one -p $bmc_port -U admin -P simulated-secret power status"
  done
  commands["ipmipower --stat, IPMI 1.5"]="ipmipower -D LAN -u admin -p simulated-secret --stat -h $one:$bmc_port"
  commands["crimp power status, IPMI 1.5"]="$crimp power status --user admin --protocol 1.5 $one:$bmc_port"
  commands["ipmitool power status, IPMI 1.5"]="ipmitool -I lan -H $one -p $bmc_port -U admin -P simulated-secret power status"
  echo
  echo "### One power status"
  echo
  echo "The whole command, its start included; median of $statuses runs, in turns. Of Crimp's datagrams"
  echo "the last answers Close Session, and nobody waits for it. A further command in a session that is"
  echo "open takes Crimp $(($(datagrams "$crimp" power on --user admin --wait 9 $one:$bmc_port) - $(datagrams "$crimp" power on --user admin $one:$bmc_port)))."
  echo
  echo "| | wall, ms | processor, ms | datagrams |"
  echo "|---|---|---|---|"
  local round
  for round in $(seq "$statuses"); do
    # Word splitting is meant: commands are words here.
    for name in "${!commands[@]}"; do measure "$work/one-${name//[^a-z0-9]/-}" ${commands[$name]}; done
  done
  for name in "crimp power status" "ipmipower --stat" "ipmitool power status"; do
    for suite in "suite 17" "suite 3" "IPMI 1.5"; do
      local file="$name, $suite"
      file="$work/one-${file//[^a-z0-9]/-}"
      [ "$(column "$file" 4)" != 0 ] || [ "${name%% *}" = ipmitool ] ||
        echo "$0: $name, $suite: no result" >&2
      printf '| `%s`, %s | %s | %s | %s |\n' "$name" "$suite" "$(column "$file" 1)" "$(column "$file" 2)" \
        "$(datagrams ${commands["$name, $suite"]})"
    done
  done
}

fleet_row() { # NAME NETWORK RUNS CRIMP'S-HOSTS: a row of the table
  local runs=$3 run
  rm -f "$work/ours" "$work/peers"
  for run in $(seq "$runs"); do
    measure "$work/ours" $(ours "$4")
    measure "$work/peers" $(peer "$4" -I 17)
  done
  awk -v name="$1" -v network="$2" -v ours="$(column "$work/ours" 1)" -v peers="$(column "$work/peers" 1)" \
    -v a="$(column "$work/ours" 2)" -v b="$(column "$work/peers" 2)" -v c="$(column "$work/ours" 3)" \
    -v d="$(column "$work/peers" 3)" -v e="$(column "$work/ours" 4)" -v f="$(column "$work/peers" 4)" 'BEGIN {
      # Who gives up before it has asked is not to be compared with.
      ratio = f ? sprintf("%.1f", peers / ours) : "–"
      printf "| %s | %s | %d, %d | %s | %d, %d | %d, %d | %d, %d |\n", name, network, ours, peers, \
        ratio, a, b, c, d, e, f }'
}

ipmi() {
  type -P ipmipower >/dev/null && type -P ipmitool >/dev/null || {
    echo "$0: ipmi: no ipmitool or no ipmipower: left out" >&2
    return
  }
  wire
  compile bmc/measure.c measure
  export CRIMP_PASSWORD=simulated-secret XDG_CACHE_HOME=/dev/null
  # ipmipower has a socket or two for each host.
  ulimit -n "$(ulimit -Hn)"
  trap 'stop_controllers; clean' EXIT
  controllers
  one_status

  echo
  echo "### Power status of many"
  echo
  echo "\`crimp power status\` and \`ipmipower --stat\` by suite 17, the whole command; of each pair of"
  echo "figures the first is Crimp's. Medians; the largest fleet is asked once. Results are lines that say"
  echo "on, and all machines are on."
  echo
  echo "| controllers | network | wall, ms | ratio | processor, ms | memory, MB | results |"
  echo "|---|---|---|---|---|---|---|"
  local fleet network
  for network in "" "--latency 5-20" "--latency 5-20 --loss 1"; do
    controllers $network
    for fleet in $fleets; do
      fleet_row "${fleet%:*}" "${network:-as it is}" "${fleet#*:}" "$(hosts "${fleet%:*}")"
    done
  done
  # Neighbours on a wire that nobody has the addresses of.
  controllers
  fleet_row "254, 3 of them dead" "as it is" 1 "127.64.0.[1-251]:$bmc_port,192.0.2.[101-103]:$bmc_port"
  stop_controllers
}
