#!/bin/sh
# Puts the programs that Crimp is compared with below .build/peers/bin, each under a name that says
# whose it is. Debian's packages of the two arpings conflict, and daemons are not to be started by
# their packages: so they are unpacked, never installed. Their libraries come by Scripts/deps.sh.
set -eu
script=$(realpath "$0")
cd "$(dirname "$script")/.."

peers=.build/peers
stamp=$peers/.unpacked
[ "$stamp" -nt "$script" ] && exit 0

command -v apt-get >/dev/null || {
  echo "crimp: not a Debian system: tests against other programs skip what is not in $peers/bin" >&2
  mkdir -p $peers/bin
  exit 0
}

packages="arping iputils-arping resource-agents keepalived netsniff-ng ifupdown networkd-dispatcher
  wakeonlan etherwake openipmi python3-pyghmi python3-dateutil chrony fence-agents openssh-server
  pacemaker pacemaker-cli-utils libcib27 libcrmcluster29 libcrmcommon34 libcrmservice28 liblrmd28
  libpacemaker1 libpe-rules26 libpe-status28 libqb100 libstonithd26 libcfg7 libcmap4
  libcorosync-common4 libcpg4 libquorum5
  haproxy liblua5.3-0 libpcre2-posix3 libopentracing-c-wrapper0 libopentracing1
  nginx libnginx-mod-stream ncat microsocks tcpreplay libdumbnet1 busybox lldpd"
rm -rf $peers
mkdir -p $peers/archives $peers/root $peers/bin
echo "crimp: unpacking $packages"

fetch() (
  cd $peers/archives
  apt-get download -q -q -o APT::Sandbox::User="$(id -un)" $packages
)
refresh() {
  if [ "$(id -u)" = 0 ]; then apt-get update -qq; else sudo apt-get update -qq; fi
}
set -- /var/lib/apt/lists/*_Packages*
[ -e "$1" ] || refresh
fetch || { refresh && fetch; }

# The two arpings have the same path in some releases, so each package has a directory of its own.
for package in $packages; do
  dpkg-deb -x $peers/archives/"$package"_*.deb "$peers/root/$package"
done

# link NAME PACKAGE PATH: the PATH of PACKAGE under NAME.
link() {
  [ -x "$peers/root/$2/$3" ] || { echo "crimp: $2 has no $3" >&2; exit 1; }
  ln -s "../root/$2/$3" "$peers/bin/$1"
}
link arping.habets arping usr/sbin/arping
link arping.iputils iputils-arping usr/bin/arping
link send_arp resource-agents usr/libexec/heartbeat/send_arp
link send_ua resource-agents usr/libexec/heartbeat/send_ua
link keepalived keepalived usr/sbin/keepalived
link wakeonlan wakeonlan usr/bin/wakeonlan
link etherwake etherwake usr/sbin/etherwake
link trafgen netsniff-ng usr/sbin/trafgen
link ifup ifupdown sbin/ifup
link ifdown ifupdown sbin/ifdown
link networkd-dispatcher networkd-dispatcher usr/bin/networkd-dispatcher
link ipmi_sim openipmi usr/bin/ipmi_sim
link chronyd chrony usr/sbin/chronyd
link ncat ncat usr/bin/ncat
link microsocks microsocks usr/bin/microsocks
link busybox busybox bin/busybox
link lldpd lldpd usr/sbin/lldpd
link sshd openssh-server usr/sbin/sshd
link fence_ipmilan fence-agents usr/sbin/fence_ipmilan
link pacemaker-fenced pacemaker usr/lib/pacemaker/pacemaker-fenced
link stonith_admin pacemaker-cli-utils usr/sbin/stonith_admin

# Debian's Python, with pyghmi in reach.
cat >"$peers/bin/python3-pyghmi" <<'END'
#!/bin/sh
root=$(dirname "$(realpath "$0")")/../root
modules=usr/lib/python3/dist-packages
PYTHONPATH=$root/python3-pyghmi/$modules:$root/python3-dateutil/$modules exec /usr/bin/python3 "$@"
END
chmod 755 "$peers/bin/python3-pyghmi"

# HAProxy with the libraries that nothing else here needs, and nginx beside its module for streams.
cat >"$peers/bin/haproxy" <<'END'
#!/bin/sh
root=$(dirname "$(realpath "$0")")/../root
for library in liblua5.3-0 libpcre2-posix3 libopentracing-c-wrapper0 libopentracing1; do
  for directory in "$root/$library/usr/lib"/*/; do
    LD_LIBRARY_PATH=$directory${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  done
done
export LD_LIBRARY_PATH
exec "$root/haproxy/usr/sbin/haproxy" "$@"
END
chmod 755 "$peers/bin/haproxy"
link nginx nginx usr/sbin/nginx

cat >"$peers/bin/tcpreplay" <<'END'
#!/bin/sh
root=$(dirname "$(realpath "$0")")/../root
for directory in "$root/libdumbnet1/usr/lib"/*/; do
  LD_LIBRARY_PATH=$directory${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
done
export LD_LIBRARY_PATH
exec "$root/tcpreplay/usr/bin/tcpreplay" "$@"
END
chmod 755 "$peers/bin/tcpreplay"
ln -s ../root/libnginx-mod-stream/usr/lib/nginx/modules/ngx_stream_module.so $peers/bin

rm -rf $peers/archives
touch "$stamp"
