# Port checks beside nc and nmap: sourced by Benchmarks/run.sh.
#
#   CHECK_ROUNDS=5  runs of each program over all ports

timed() { # FILE COMMAND...: adds a line to FILE: wall, user and system seconds
  local file=$1
  shift
  { TIMEFORMAT='%R %U %S'; time "$@" >/dev/null 2>&1 || true; } 2>>"$file"
}

timings() { # NAME FILE BASELINE: a row: median and least of the wall time, ratio, processor time
  local least
  least=$(sort -n "$2" | head -1 | cut -d' ' -f1)
  awk -v name="$1" -v wall="$(cut -d' ' -f1 "$2" | middle)" -v least="$least" \
    -v base="$(cut -d' ' -f1 "$3" | middle)" -v user="$(cut -d' ' -f2 "$2" | middle)" \
    -v kernel="$(cut -d' ' -f3 "$2" | middle)" 'BEGIN {
      printf "| %s | %.2f (%.2f) | %.2f | %.2f + %.2f |\n", name, wall, least, wall / base, user, kernel }'
}

check() {
  local rounds=${CHECK_ROUNDS:-5} inside="ip netns exec $near" all=127.0.0.1 far_host=192.0.2.2
  local round served
  wire
  ip netns exec $near python3 -c '
import socket, time
kept = [socket.create_server(("127.0.0.1", port), backlog=4096) for port in range(1024, 65536, 322)]
time.sleep(600)' &
  served=$!
  sleep 1
  for ((round = 0; round < rounds; round++)); do
    timed "$work/check.crimp" $inside "$crimp" check $all 1-65535
    timed "$work/check.nc" $inside nc -z $all 1-65535
    timed "$work/check.ncv" $inside nc -zv $all 1-65535
    if type -P nmap >/dev/null; then
      timed "$work/check.nmap" $inside nmap -sT -n -Pn -p 1-65535 $all
      timed "$work/check.nmap5" $inside nmap -sT -T5 --min-rate 20000 -n -Pn -p 1-65535 $all
    fi
  done
  kill "$served"
  echo
  echo "### Ports 1 to 65535 of the loopback interface, 201 of them open"
  echo
  echo "Median of $rounds runs (least in brackets) that take turns, output thrown away."
  echo
  echo "| | seconds | ratio to \`nc -z\` | user + system |"
  echo "|---|---|---|---|"
  timings "\`crimp check\`" "$work/check.crimp" "$work/check.nc"
  timings "\`nc -z\`" "$work/check.nc" "$work/check.nc"
  timings "\`nc -zv\`" "$work/check.ncv" "$work/check.nc"
  if [ -e "$work/check.nmap" ]; then
    timings "\`nmap -sT\`" "$work/check.nmap" "$work/check.nc"
    timings "\`nmap -sT -T5 --min-rate 20000\`" "$work/check.nmap5" "$work/check.nc"
  fi
  filtered
}

filtered() { # ports that another host drops, and closed ones of UDP
  ip netns exec $far nft -f - <<'RULES'
table inet bench {
  chain input {
    type filter hook input priority 0; policy accept
    tcp dport 2000-2059 drop
  }
}
RULES
  local inside="ip netns exec $near"
  for _ in 1 2 3; do
    timed "$work/one.crimp" $inside "$crimp" check $far_host 2000
    timed "$work/sixty.crimp" $inside "$crimp" check $far_host 2000-2059
    timed "$work/mixed.crimp" $inside "$crimp" check $far_host 1999-2059
    timed "$work/mixed.nmap" $inside nmap -sT -n -Pn -p 1999-2059 $far_host
    timed "$work/one.nmap" $inside nmap -sT -n -Pn -p 2000 $far_host
    timed "$work/sixty.nmap" $inside nmap -sT -n -Pn -p 2000-2059 $far_host
  done
  timed "$work/one.nc" $inside nc -z -w1 $far_host 2000
  timed "$work/sixty.nc" $inside nc -z -w1 $far_host 2000-2059
  timed "$work/mixed.nc" $inside nc -z -w1 $far_host 1999-2059
  echo
  echo "### Ports that another host drops"
  echo
  echo "Seconds, median of 3 runs (nc, which asks one port after the other, once). A closed port beside"
  echo "them tells how fast the host answers."
  echo
  echo "| | \`crimp check\` | \`nmap -sT\` | \`nc -z -w1\` |"
  echo "|---|---|---|---|"
  local row label
  for row in "one:one dropped port" "sixty:60 dropped ports" "mixed:60 dropped ports and a closed one"; do
    label=${row#*:}
    row=${row%%:*}
    printf '| %s | %s | %s | %s |\n' "$label" "$(cut -d' ' -f1 "$work/$row.crimp" | middle)" \
      "$(cut -d' ' -f1 "$work/$row.nmap" | middle)" "$(cut -d' ' -f1 "$work/$row.nc" | middle)"
  done
  closed_datagrams
}

closed_datagrams() { # what is said of 20 closed ports of UDP
  local inside="ip netns exec $near" ports=5001-5020
  timed "$work/udp.crimp" $inside "$crimp" check $far_host -u $ports
  sleep 7
  timed "$work/udp.nmap" $inside nmap -sU -n -Pn -p $ports $far_host
  sleep 7
  timed "$work/udp.nc" $inside nc -zuv $far_host $ports
  local crimp_says nmap_says nc_says
  sleep 7
  crimp_says=$($inside "$crimp" check $far_host -u $ports --json | grep -c '"state":"closed"' || true)
  sleep 7
  nmap_says=$($inside nmap -sU -n -Pn -p $ports -oG - $far_host 2>/dev/null |
    grep -oE 'closed \([0-9]+\)|/closed/' | sed 's/closed (\([0-9]*\))/\1/; s,/closed/,1,' |
    awk '{ n += $1 } END { print n + 0 }')
  sleep 7
  nc_says=$((20 - $($inside nc -zuv $far_host $ports 2>&1 | grep -c succeeded || true)))
  echo
  echo "### 20 closed ports of UDP of a Linux host"
  echo
  echo "The host may say \"closed\" six times at once, then once a second."
  echo
  echo "| | seconds | told closed, of 20 |"
  echo "|---|---|---|"
  printf '| `crimp check -u` | %s | %s |\n' "$(cut -d' ' -f1 "$work/udp.crimp")" "$crimp_says"
  printf '| `nmap -sU` (as root) | %s | %s |\n' "$(cut -d' ' -f1 "$work/udp.nmap")" "$nmap_says"
  printf '| `nc -zuv` | %s | %s |\n' "$(cut -d' ' -f1 "$work/udp.nc")" "$nc_says"
}
