# Sweeps of a /16 beside arp-scan: sourced by Benchmarks/run.sh.
#
# The host at the other end has 10.66.0.0/16 as its own, so that its kernel answers for every address; then
# every sixteenth of them alone.
#
#   SCAN_ROUNDS=5  sweeps by each program, in turns
#   SCAN_BANDWIDTH=50M  what both may take in the sweeps at equal bandwidth

sweep() { # FILE COMMAND...: adds a line to FILE: seconds, hosts found
  local file=$1 from to
  shift
  from=$(date +%s%N)
  ip netns exec $near "$@" >"$work/sweep" 2>/dev/null || true
  to=$(date +%s%N)
  # Each once: a second answer has a line of its own.
  echo "$(awk -v ns=$((to - from)) 'BEGIN { printf "%.3f", ns / 1e9 }')" \
    "$(grep -oE '^10\.66\.[0-9]+\.[0-9]+' "$work/sweep" | sort -u | wc -l)" >>"$file"
}

sweep_row() { # NAME CRIMP ORIGINAL: medians, and the hosts that every sweep has found, or each number
  local name=$1 file hosts cells=
  for file in "$2" "$3"; do
    [ -s "$file" ] || { cells+=" | – | –"; continue; }
    hosts=$(cut -d' ' -f2 "$file" | sort -un | tr '\n' ' ')
    cells+=" | $(cut -d' ' -f1 "$file" | middle) | ${hosts% }"
  done
  echo "| $name$cells |"
}

sweeps() { # LABEL: both programs over the network, as fast as they can and at equal bandwidth
  local label=$1 round rounds=${SCAN_ROUNDS:-5} rate=${SCAN_BANDWIDTH:-50M}
  local ours="$crimp scan --interface eth0 --source 192.0.2.1 --no-vendor 10.66.0.0/16"
  local theirs="arp-scan -I eth0 -s 192.0.2.1 -q -x -g 10.66.0.0/16"
  rm -f "$work"/sweep.*
  for ((round = 0; round < rounds; round++)); do
    sweep "$work/sweep.fast" $ours --rate 0
    sweep "$work/sweep.once" $ours --rate 0 --attempts 1 --timeout 0.1
    sweep "$work/sweep.even" $ours --bandwidth "$rate"
    type -P arp-scan >/dev/null || continue
    sweep "$work/sweep.fast.peer" $theirs -B 1000M
    sweep "$work/sweep.once.peer" $theirs -i 1u -r 1 -t 100
    sweep "$work/sweep.even.peer" $theirs -B "$rate"
  done
  sweep_row "$label, as fast as it goes" "$work/sweep.fast" "$work/sweep.fast.peer"
  sweep_row "$label, as fast as it goes, asked once" "$work/sweep.once" "$work/sweep.once.peer"
  sweep_row "$label, both at ${rate}bit/s" "$work/sweep.even" "$work/sweep.even.peer"
}

scan() {
  wire
  echo
  echo "### Sweep of a /16"
  echo
  echo "Seconds, median of ${SCAN_ROUNDS:-5} runs of the whole program, and hosts found (one number: by"
  echo "each run)."
  echo
  echo "| | \`crimp scan\` | hosts | \`arp-scan\` | hosts |"
  echo "|---|---|---|---|---|"
  ip -n $far route add local 10.66.0.0/16 dev lo
  sweeps 'every address answers'
  ip -n $far route del local 10.66.0.0/16 dev lo
  ip netns exec $far sh -c \
    'for a in $(seq 0 255); do for b in $(seq 0 16 240); do
       echo "route add local 10.66.$a.$b/32 dev lo"; done; done | ip -batch -'
  sweeps 'every sixteenth answers'
}
