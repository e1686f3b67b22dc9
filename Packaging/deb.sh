#!/bin/sh
# usage: Packaging/deb.sh BINARY
# A Debian package of the shipped binary, below .build.
set -eu
binary=$1
here=$(dirname "$0")
version=$("$binary" --version | sed -n 's/^[^0-9]*\([0-9][^ ]*\).*/\1/p')
[ -n "$version" ] || { echo "crimp: $binary does not tell its version" >&2; exit 1; }
architecture=$(dpkg --print-architecture)
tree=.build/deb
package=.build/crimp_${version}_$architecture.deb

rm -rf $tree
sh "$here/install.sh" install "$binary" $tree /usr lib
rm $tree/usr/share/crimp/made-directories
gzip -9n $tree/usr/share/man/man8/*.8
for link in $tree/usr/lib/crimp/man/man8/*.8; do
  ln -s "$(readlink "$link").gz" "$link.gz"
  rm "$link"
done
mv $tree/usr/share/doc/crimp/LICENSE $tree/usr/share/doc/crimp/copyright
gzip -9nc $tree/usr/share/doc/crimp/CHANGELOG.md >$tree/usr/share/doc/crimp/changelog.gz
rm $tree/usr/share/doc/crimp/CHANGELOG.md

# Who builds it stands for it: Debian's variables, else git's configuration, else the user.
name=${DEBFULLNAME:-$(git config user.name || id -un)}
email=${DEBEMAIL:-${EMAIL:-$(git config user.email || echo "$(id -un)@$(hostname)")}}

# The oldest libc that has every symbol that the binary asks for.
libc=$(objdump -T "$binary" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -1)
install -d $tree/DEBIAN
cat >$tree/DEBIAN/control <<END
Package: crimp
Version: $version
Architecture: $architecture
Maintainer: $name <$email>
Section: net
Priority: optional
Depends: libc6 (>= $libc)
Recommends: libpcap0.8, libnet1, libcap2-bin
Installed-Size: $(du -sk $tree/usr | cut -f1)
Description: announce, probe, ping and wake on the link layer
 Tells switches and neighbours that a service address has moved, and proves
 that they know: gratuitous ARP, directed requests and neighbour advertisements;
 address conflict detection; ARP and NDP ping; Wake-on-LAN with proof. Answers to the names of arping
 (both dialects), send_arp, send_ua, arpsend, ndsend, wakeonlan, etherwake, arp-scan, ipmitool,
 ipmipower, nc, socat, tcppipe, tcppipe-least, tcp-pf, listentwo and connecttwo, which
 stand in /usr/lib/crimp/bin.
END
cat >$tree/DEBIAN/postinst <<'END'
#!/bin/sh
set -e
# CAP_NET_RAW is all that crimp needs. Without setcap, or on a file system that keeps no
# capabilities, it works as root.
if [ "$1" = configure ] && command -v setcap >/dev/null; then
  setcap cap_net_raw+ep /usr/bin/crimp || echo "crimp: no file capability: run it as root" >&2
fi
END
chmod 755 $tree/DEBIAN/postinst
dpkg-deb --build --root-owner-group $tree "$package" >/dev/null
rm -rf $tree
echo "$package: $(stat -c %s "$package") bytes"
