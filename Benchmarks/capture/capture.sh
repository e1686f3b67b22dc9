# Capturing beside tcpdump, dumpcap and netsniff-ng, and reading a million frames beside tcpdump and tshark.
# Sourced by run.sh.
#
#   RATES   offered loads in thousands of frames a second
#   SPELL   seconds of each load

capturers() { # NAME<tab>COMMAND, with FILE where the capture belongs: each with 32 MiB of memory
  printf 'crimp\t%s\n' "$crimp capture -q -i eth0 -w FILE"
  ! type -P tcpdump >/dev/null || printf 'tcpdump\t%s\n' "tcpdump -i eth0 -B 32768 -Z root -w FILE"
  ! type -P dumpcap >/dev/null || printf 'dumpcap\t%s\n' "dumpcap -q -i eth0 -B 32 -w FILE"
  ! type -P netsniff-ng >/dev/null || printf 'netsniff-ng\t%s\n' \
    "netsniff-ng --silent --in eth0 --out FILE --ring-size 32MiB"
}

# The frames of the bench that a capture holds, counted by what made none of them.
captured() { # FILE
  capinfos -c -M -T -r "$1" 2>/dev/null | awk -F'\t' '{ print $NF + 0 }'
}

# capture_run COMMAND RATE FRAMES BYTES: frames kept, tab, hundredths of a second of the processor
capture_run() {
  local file=$work/bench.capture command pid used
  rm -f "$file"
  command=${1//FILE/$file}
  # shellcheck disable=SC2086
  ip netns exec $far taskset -c 1 $command >/dev/null 2>&1 &
  pid=$!
  sleep 1
  ip netns exec $near taskset -c 0 "$work/offer" eth0 "$2" "$3" "$4" >/dev/null
  # tcpdump looks once a second.
  sleep 1.5
  used=$(ticks $pid)
  kill -INT $pid
  wait $pid 2>/dev/null || true
  printf '%s\t%s\n' "$(captured "$file")" "$used"
  rm -f "$file"
}

capture_loads() { # BYTES TITLE
  local bytes=$1 name command rate frames kept used lost
  echo "| $2 | highest load without loss, frames/s | of the next load lost | CPU µs a frame at 100,000/s |"
  echo "|---|---|---|---|"
  while IFS=$'\t' read -r name command <&7; do
    local best=– next=–
    IFS=$'\t' read -r kept used < <(capture_run "$command" 100000 $((100000 * ${SPELL:-2})) "$bytes")
    used=$(awk -v t="$used" -v n="$kept" 'BEGIN { if (n) printf "%.2f", t * 1e4 / n; else print "–" }')
    for rate in ${RATES:-100 200 300 400 500 600 700}; do
      frames=$((rate * 1000 * ${SPELL:-2}))
      lost=
      # A load counts as carried when one of two tries lost nothing: the machine has other work too.
      for _ in 1 2; do
        IFS=$'\t' read -r kept _ < <(capture_run "$command" $((rate * 1000)) $frames "$bytes")
        lost=$((frames - kept))
        [ "$lost" -gt 0 ] || break
      done
      if [ "$lost" -gt 0 ]; then
        next=$(awk -v l="$lost" -v f="$frames" 'BEGIN { printf "%.1f %%", 100 * l / f }')
        break
      fi
      best=$((rate * 1000))
    done
    printf '| %s | %s | %s | %s |\n' "$name" "$best" "$next" "$used"
  done 7< <(capturers)
  echo
}

seconds() { # COMMAND...: of the clock, and of the processor
  /usr/bin/time -f '%e %U %S' -o "$work/time" "$@" >/dev/null 2>&1 || true
  awk '{ printf "%s %.2f\n", $1, $2 + $3 }' "$work/time"
}

offline() {
  local file=$work/million.pcap turn name command
  # The committed capture, again and again.
  python3 - captures/mixed-link.pcap "$file" 1000000 <<'PYTHON'
import struct, sys
data = open(sys.argv[1], "rb").read()
frames, offset = 0, 24
while offset < len(data):
    offset += 16 + struct.unpack("<I", data[offset + 8:offset + 12])[0]
    frames += 1
with open(sys.argv[2], "wb") as out:
    out.write(data[:24])
    for _ in range((int(sys.argv[3]) + frames - 1) // frames):
        out.write(data[24:])
PYTHON
  cat "$file" >/dev/null
  echo "| a million mixed frames to lines | seconds, median of 3 | CPU seconds | ratio to tcpdump |"
  echo "|---|---|---|---|"
  for turn in 1 2 3; do
    printf 'crimp decode\t%s\n' "$(seconds "$crimp" decode "$file")"
    ! type -P tcpdump >/dev/null || printf 'tcpdump -nr\t%s\n' "$(seconds tcpdump -nr "$file")"
    [ $turn != 1 ] || ! type -P tshark >/dev/null ||
      printf 'tshark -nr (once)\t%s\n' "$(seconds tshark -nr "$file")"
  done >"$work/offline"
  awk -F'\t' "$median"'
    { split($2, part, " ")
      if (!($1 in wall)) { order[++count] = $1; wall[$1] = part[1]; busy[$1] = part[2]; next }
      wall[$1] = wall[$1] ";" part[1]; busy[$1] = busy[$1] ";" part[2] }
    END {
      base = ("tcpdump -nr" in wall) ? middle(wall["tcpdump -nr"]) : 0
      for (i = 1; i <= count; i++) {
        name = order[i]
        printf "| `%s` | %s | %s | %s |\n", name, middle(wall[name]), middle(busy[name]), \
          base ? sprintf("%.2f", middle(wall[name]) / base) : "–"
      }
    }' "$work/offline"
  rm -f "$file"
}

capture() {
  wire
  compile capture/offer.c offer
  echo
  echo "### Captures"
  echo
  echo "Broadcast frames at an even rate from one processor, captured to a file by one program on the other;"
  echo "${SPELL:-2} s a load, 32 MiB of memory for each. A veth pair delivers on the sender's processor."
  echo
  capture_loads 60 "60-byte frames"
  capture_loads 1514 "1514-byte frames"
  offline
}
