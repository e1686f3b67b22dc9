#!/bin/bash
# Writes Scripts/start.order: what a start runs and touches until its first frame has left, in the order in
# which it does so. Scripts/release.sh has the linker lay it out in that order, so that a start meets a
# few pages of the image and not one here and one there: each page that is met first costs 1 to 2 µs.
#
# usage, as root, after make release: Scripts/start-order.sh
#
# Names that a later build does not have any more are passed over by the linker; what is not named here
# stands behind the rest. So the list need not be exact: write it anew when the way to the first frame has
# changed. Needs valgrind.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

built=$(swift build -c release --show-bin-path)/crimp
work=$(mktemp -d /tmp/crimp-order-XXXXXX)
near=crimp-order$$-near
far=crimp-order$$-far
clean() {
  ip netns del $near 2>/dev/null || true
  ip netns del $far 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT

ip netns add $near
ip netns add $far
ip -n $near link add eth0 type veth peer name eth0 netns $far
ip -n $far link set eth0 up
ip -n $near link set eth0 up
ip -n $near addr add 192.0.2.1/24 dev eth0
ip -n $near addr add 192.0.2.200/32 dev eth0
ip -n $near addr add 2001:db8::200/64 dev eth0 nodad

# valgrind cannot read all of the debug information, and needs none; the symbols it must keep.
strip --strip-debug -o "$work/crimp" "$built"
ln -s crimp "$work/arping.iputils"
ln -s crimp "$work/send_ua"
nm -n "$work/crimp" | awk 'NF == 3 && $2 !~ /[UAw]/ { print substr($1, 9), 0, $3 }' >"$work/symbols"

# touched COMMAND...: every address of the image that it fetches, reads or writes. The image is linked
# at a fixed place in the first 4 GB; the heap and the libraries are elsewhere or have no symbols.
touched() {
  ip netns exec $near valgrind --tool=lackey --trace-mem=yes --log-fd=9 "$@" 9>&1 >/dev/null 2>&1 |
    awk '/^(I | [LSM])/ { split($2, place, ","); if (length(place[1]) <= 8) print place[1] }'
}

{
  touched "$work/crimp" announce --count 1 --interface eth0 192.0.2.200
  touched "$work/crimp" announce --interface eth0 192.0.2.200
  touched "$work/crimp" announce --count 1 --interface eth0 2001:db8::200
  touched "$work/arping.iputils" -U -c 1 -I eth0 192.0.2.200
  touched "$work/send_ua" -c 1 2001:db8::200 64 eth0
} | awk '!seen[$1]++ { print $1, 1, NR }' >"$work/touched"

# Each address goes to the symbol before it; the symbols stand as they were first met.
sort -s -k1,1 -k2,2n "$work/symbols" "$work/touched" |
  awk '$2 == 0 { name = $3; next } { print $3, name }' | sort -n | awk '!seen[$2]++ { print $2 }' \
  >"$work/order"
[ "$(wc -l <"$work/order")" -gt 300 ] || { echo "$0: too little was seen" >&2; exit 1; }
mv "$work/order" Scripts/start.order
echo "Scripts/start.order: $(wc -l <Scripts/start.order) names"
