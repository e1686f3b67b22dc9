#!/bin/sh
# usage: Scripts/deps.sh build|test
# Installs what building or testing needs, and only what is missing. Knows Debian 12's names.
set -eu

# Headers, the linkers' archives, and the headers of the two libraries that are loaded at run time.
build="binutils libc6-dev libgcc-12-dev libstdc++-12-dev libpcap-dev libnet1-dev git"

# The network, the libraries under test, the programs that judge our frames, and the libraries of
# the peers that Tests/peers.sh unpacks.
test="iproute2 tcpdump tshark libpcap0.8 libnet1 libssl3 libcap2-bin procps python3 perl mandoc
  libcap2 libseccomp2 libplumb2 libglib2.0-0 libmnl0 libnftnl11 libnl-3-200 libnl-genl-3-200
  libsnmp40 libopenipmi0 systemd dbus python3-dbus python3-gi gir1.2-glib-2.0 ipmitool freeipmi-tools
  python3-cryptography python3-six libpils2 libltdl7 libxslt1.1 libgnutls30
  nmap arp-scan ieee-data netcat-openbsd socat nftables dnsmasq-base openssl curl
  openssh-client libwrap0 libbsd0 libevent-2.1-7 libreadline8 libxml2"

case "${1:-}" in
build)
  wanted=$build
  have=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
  case "${have:-none}" in
  none) echo "crimp: no Swift toolchain on PATH: install Swift 6.3 or later (swift.org/install)" >&2; exit 1 ;;
  [0-5].* | 6.[0-2]) echo "crimp: Swift $have is too old: install 6.3 or later (swift.org/install)" >&2; exit 1 ;;
  esac
  ;;
test) wanted=$test ;;
*) echo "usage: $0 build|test" >&2; exit 64 ;;
esac

if ! command -v apt-get >/dev/null; then
  echo "crimp: not a Debian system; if something is missing below, install the counterparts of:" $wanted >&2
  exit 0
fi

missing=
for package in $wanted; do
  case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" in
  installed) ;;
  *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    echo "crimp: missing packages, and neither root nor sudo to install them:$missing" >&2
    exit 1
  }
  root="sudo"
fi

echo "crimp: installing$missing"
install() {
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Use-Pty=0 $missing >/dev/null
}
set -- /var/lib/apt/lists/*_Packages*
[ -e "$1" ] || $root apt-get update -qq
# Lists that are too old name files that are gone: read them anew, and try once more.
install || { $root apt-get update -qq && install; } || {
  echo "crimp: could not install$missing" >&2
  exit 1
}
