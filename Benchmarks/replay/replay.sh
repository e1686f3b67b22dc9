# Replaying beside tcpreplay and trafgen: sourced by Benchmarks/run.sh.
#
#   REPLAY_ROUNDS=5   turns of each program
#   REPLAY_FRAMES=1000000   frames at top speed
#   REPLAY_PACED=3000       frames of the paced capture

# replay_capture FILE BYTES FRAMES GAP: unicast UDP from 192.0.2.1 to 192.0.2.9, GAP microseconds apart,
# each gap its own when GAP is "mixed"
replay_capture() {
  python3 - "$@" <<'PYTHON'
import random, struct, sys
path, size, count, gap = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
generator, now = random.Random(7), 1000 * 10**6
payload = bytes(size - 42)
with open(path, "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    for number in range(count):
        frame = bytes.fromhex("02000000000b02000000000a0800")
        header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, size - 14, number & 0xffff, 0, 64, 17, 0,
                             bytes([192, 0, 2, 1]), bytes([192, 0, 2, 9]))
        total = sum(struct.unpack(">10H", header))
        total = (total & 0xffff) + (total >> 16)
        header = header[:10] + struct.pack(">H", ~((total & 0xffff) + (total >> 16)) & 0xffff) + header[12:]
        frame += header + struct.pack(">HHHH", 9, 9, size - 34, 0) + payload
        out.write(struct.pack("<IIII", now // 10**6, now % 10**6, size, size) + frame)
        now += generator.choice((50, 200, 700, 2000, 5000)) if gap == "mixed" else int(gap)
PYTHON
}

# The errors of a paced replay, from the kernel's stamps at the other end: of each frame's time since the
# first, and of each gap; microseconds, p50 and p99 of both.
replay_errors() { # SENT SEEN
  python3 - "$@" <<'PYTHON'
import struct, sys
def times(path):
    data = open(path, "rb").read()
    unit = 1 if struct.unpack("<I", data[:4])[0] == 0xa1b23c4d else 1000
    offset, found = 24, []
    while offset + 16 <= len(data):
        seconds, fraction, kept, _ = struct.unpack("<IIII", data[offset:offset + 16])
        frame = data[offset + 16:offset + 16 + kept]
        offset += 16 + kept
        if frame[12:14] == b"\x08\x00" and frame[34:36] == b"\x00\x09":
            found.append(seconds * 10**9 + fraction * unit)
    return found
sent, seen = times(sys.argv[1]), times(sys.argv[2])
if len(sent) != len(seen):
    print("- - - - %d" % (len(sent) - len(seen)))
    sys.exit()
def rank(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))] / 1000
offsets = [(b - seen[0]) - (a - sent[0]) for a, b in zip(sent, seen)]
# The first frame is as late as any: what all have in common is not held against them.
base = sorted(offsets)[len(offsets) // 2]
place = [abs(each - base) for each in offsets]
gaps = [abs((seen[n] - seen[n - 1]) - (sent[n] - sent[n - 1])) for n in range(1, len(sent))]
print("%.1f %.1f %.1f %.1f 0" % (rank(place, .5), rank(place, .99), rank(gaps, .5), rank(gaps, .99)))
PYTHON
}

replay_rate() { # COMMAND...: thousands of frames a second, as the interface counts, start included
  local from to before after
  before=$(ip netns exec $near cat /sys/class/net/eth0/statistics/tx_packets)
  from=$(date +%s%N)
  ip netns exec $near "$@" >"$work/replay.log" 2>&1 || { cat "$work/replay.log" >&2; return 1; }
  to=$(date +%s%N)
  after=$(ip netns exec $near cat /sys/class/net/eth0/statistics/tx_packets)
  echo $(((after - before) * 1000000 / (to - from)))
}

replay_top_speed() { # BYTES
  local bytes=$1 turn count=${REPLAY_FRAMES:-1000000} file=$work/replay.pcap name
  local loops=$((count / 10000))
  replay_capture "$file" "$bytes" 10000 0
  trafgen_frame "$bytes" 02:00:00:00:00:0b >"$work/frame.cfg"
  rm -f "$work"/replay.rate.*
  for ((turn = 0; turn < ${REPLAY_ROUNDS:-5}; turn++)); do
    replay_rate "$crimp" replay "$file" -q -i eth0 --top-speed --loop $loops >>"$work/replay.rate.crimp"
    replay_rate "$crimp" replay "$file" -q -i eth0 --top-speed --loop $loops --bypass-qdisc \
      >>"$work/replay.rate.bypass"
    ! type -P tcpreplay >/dev/null || replay_rate tcpreplay -q -K --topspeed -i eth0 --loop=$loops \
      "$file" >>"$work/replay.rate.tcpreplay"
    ! type -P trafgen >/dev/null || replay_rate trafgen --in "$work/frame.cfg" --out eth0 \
      --num $((loops * 10000)) --cpus 1 >>"$work/replay.rate.trafgen"
  done
  printf '| %s bytes' "$bytes"
  for name in crimp bypass tcpreplay trafgen; do
    if [ -s "$work/replay.rate.$name" ]; then printf ' | %s' "$(middle <"$work/replay.rate.$name")"
    else printf ' | –'; fi
  done
  echo ' |'
}

replay_paced() { # NAME COMMAND...: a row
  local name=$1 turn pid
  shift
  rm -f "$work/replay.errors"
  for ((turn = 0; turn < ${REPLAY_ROUNDS:-5}; turn++)); do
    rm -f "$work/seen.pcap"
    ip netns exec $far tcpdump -i eth0 -B 16384 -Z root --time-stamp-precision nano \
      -w "$work/seen.pcap" udp port 9 >/dev/null 2>&1 &
    pid=$!
    sleep 1
    ip netns exec $near "$@" >/dev/null 2>&1 || true
    # tcpdump looks once a second.
    sleep 1.5
    kill -INT $pid
    wait $pid 2>/dev/null || true
    replay_errors "$work/paced.pcap" "$work/seen.pcap" >>"$work/replay.errors"
  done
  awk -v name="$name" "$median"'
    { for (i = 1; i <= 4; i++) all[i] = all[i] " " $i; lost += $5 }
    END {
      printf "| %s", name
      for (i = 1; i <= 4; i++) printf " | %s", middle(all[i])
      printf " | %d |\n", lost
    }' "$work/replay.errors"
}

replay_ways() { # what a packet socket takes, by the way in which it is asked
  local way bytes bypass
  compile replay/transmit.c transmit
  echo "| | send | sendmmsg, 64 a call | TX ring |"
  echo "|---|---|---|---|"
  for bytes in 60 1514; do
    for bypass in "" bypass; do
      printf '| %s bytes%s' $bytes "${bypass:+, past the queueing discipline}"
      for way in send sendmmsg ring; do
        printf ' | %s' "$(for _ in 1 2 3 4 5; do
          ip netns exec $near "$work/transmit" eth0 $way $bytes "$frames" $bypass; done | middle)"
      done
      echo ' |'
    done
  done
}

replay() {
  wire
  echo
  echo "### Replays"
  echo
  echo "Thousands of frames a second at top speed, median of ${REPLAY_ROUNDS:-5} runs of the whole program:"
  echo "10,000 frames again and again through a veth pair to a host that drops them. trafgen makes its frames."
  echo
  echo "| | \`crimp replay\` | … \`--bypass-qdisc\` | \`tcpreplay -K\` | trafgen |"
  echo "|---|---|---|---|---|"
  replay_top_speed 60
  replay_top_speed 1514
  echo
  echo "Thousands of frames a second that an AF_PACKET socket takes, from C:"
  echo
  replay_ways
  echo
  echo "Timing errors of a capture with gaps from 50 µs to 5 ms, microseconds: of each frame's time, and of"
  echo "each gap, by the kernel's stamps at the other end; medians of ${REPLAY_ROUNDS:-5} runs."
  echo
  echo "| | time, p50 | p99 | gap, p50 | p99 | frames lost |"
  echo "|---|---|---|---|---|---|"
  replay_capture "$work/paced.pcap" 100 "${REPLAY_PACED:-3000}" mixed
  replay_paced '`crimp replay`' "$crimp" replay "$work/paced.pcap" -q -i eth0
  replay_paced '`crimp replay --sleep`' "$crimp" replay "$work/paced.pcap" -q -i eth0 --sleep
  ! type -P tcpreplay >/dev/null ||
    replay_paced '`tcpreplay`' tcpreplay -q -i eth0 "$work/paced.pcap"
  ! type -P tcpreplay >/dev/null ||
    replay_paced '`tcpreplay -K -T nano`' tcpreplay -q -K -T nano -i eth0 "$work/paced.pcap"
}
