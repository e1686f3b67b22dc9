#!/bin/bash
# usage: Packaging/test.sh BINARY
# Installs into an empty directory, looks at what is there, takes it away again; builds the package.
set -euo pipefail
binary=$(realpath "$1")
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "not ok: $1" >&2
  exit 1
}
run() { sh Packaging/install.sh "$1" "$binary" "$2" "${4:-/usr}" "${3:-lib}" >"$work/log" 2>&1; }
# nothing DIRECTORY: fails unless uninstall has left nothing, no directory either.
nothing() {
  left=$(find "$1" -mindepth 1)
  [ -z "$left" ] || fail "uninstall leaves $left"
}
mkdir "$work/lib" "$work/bin" "$work/other"

run install "$work/lib" || fail "install: $(cat "$work/log")"
for name in arping arping.iputils ipoibarping send_arp send_ua arpsend ndsend wakeonlan etherwake ether-wake arp-scan ipmitool ipmipower nc socat tcppipe tcppipe-least tcp-pf listentwo connecttwo; do
  cmp -s "$binary" "$work/lib/usr/lib/crimp/bin/$name" || fail "$name is not crimp"
  [ ! -e "$work/lib/usr/bin/$name" ] || fail "$name shadows what is in bin"
  grep -qE "^\.Nm $name( |\$)" "$work/lib/usr/lib/crimp/man/man8/$name.8" || fail "$name has no page"
  [ ! -e "$work/lib/usr/share/man/man8/$name.8" ] || fail "$name.8 shadows another's page"
done
cmp -s "$binary" "$work/lib/usr/sbin/fence_crimp" || fail "sbin has no fence agent"
"$work/lib/usr/sbin/fence_crimp" -o metadata | grep -q '<resource-agent name="fence_crimp"' ||
  fail "the fence agent has no metadata"
bash -n "$work/lib/usr/share/bash-completion/completions/crimp" || fail "bash completion"
for file in share/zsh/site-functions/_crimp share/fish/vendor_completions.d/crimp.fish \
  share/man/man8/crimp.8 share/man/man8/fence_crimp.8 share/doc/crimp/LICENSE share/crimp/hooks/ifupdown/interfaces \
  lib/systemd/system/crimp-watch@.service; do
  [ -s "$work/lib/usr/$file" ] || fail "$file is missing"
done
[ "$(stat -c %a "$work/lib/usr/share/crimp/hooks/keepalived/crimp-notify")" = 755 ] ||
  fail "keepalived refuses a script that group or others may write"
run install "$work/lib" || fail "installing over itself: $(cat "$work/log")"
if command -v man >/dev/null; then
  found=$(PATH=$work/lib/usr/lib/crimp/bin:$PATH MANPATH= man -w arping.iputils 2>/dev/null || true)
  case $found in
  "$work"/lib/*) ;;
  *) fail "man finds ${found:-nothing} for a name that PATH has" ;;
  esac
fi
run uninstall "$work/lib" || fail "uninstall: $(cat "$work/log")"
nothing "$work/lib"

# What was there stays, directories too.
mkdir -p "$work/other/opt/a prefix/share/man"
touch "$work/other/opt/a prefix/share/man/another.8"
run install "$work/other" lib "/opt/a prefix" || fail "install: $(cat "$work/log")"
hooks="$work/other/opt/a prefix/share/crimp/hooks"
! grep -rnE '/usr/(local|share|bin)/' "$hooks" || fail "a hook names another prefix"
for hook in keepalived/crimp-notify networkd-dispatcher/50-crimp patroni/crimp-callback; do
  grep -qF 'exec "/opt/a prefix/bin/crimp" announce' "$hooks/$hook" || fail "$hook does not run our crimp"
  sh -n "$hooks/$hook" || fail "$hook is no script any more"
done
grep -qF 'post-up "/opt/a prefix/bin/crimp" announce' "$hooks/ifupdown/interfaces" ||
  fail "the stanza does not run our crimp"
run uninstall "$work/other" lib "/opt/a prefix" || fail "uninstall: $(cat "$work/log")"
left=$(cd "$work/other" && find . -mindepth 1 | sort | tr '\n' ' ')
[ "$left" = "./opt ./opt/a prefix ./opt/a prefix/share ./opt/a prefix/share/man ./opt/a prefix/share/man/another.8 " ] ||
  fail "uninstall leaves $left"

# A prefix that contains one of those that it takes the place of.
mkdir "$work/stow"
for prefix in /usr/local/stow/crimp /usr/share/crimp; do
  run install "$work/stow" lib $prefix || fail "install: $(cat "$work/log")"
  hooks=$work/stow$prefix/share/crimp/hooks
  grep -qF "exec \"$prefix/bin/crimp\" announce" "$hooks/networkd-dispatcher/50-crimp" ||
    fail "PREFIX=$prefix: the dispatcher's script does not run our crimp"
  grep -rhoE '/usr/(local|share/crimp)/[^ "`:]*' "$hooks" >"$work/named"
  ! grep -vE "^$prefix/(bin|lib|share)/crimp" "$work/named" || fail "PREFIX=$prefix: a hook names another path"
  run uninstall "$work/stow" lib $prefix || fail "uninstall: $(cat "$work/log")"
  nothing "$work/stow"
done

run install "$work/bin" bin || fail "install DROPINS=bin: $(cat "$work/log")"
[ "$(readlink "$work/bin/usr/bin/arping")" = crimp ] || fail "DROPINS=bin puts arping beside crimp"
[ -s "$work/bin/usr/share/man/man8/arping.8" ] || fail "DROPINS=bin puts its page beside crimp's"
run uninstall "$work/bin" bin
nothing "$work/bin"
mkdir -p "$work/bin/usr/bin"
echo another >"$work/bin/usr/bin/arping"
! run install "$work/bin" bin || fail "another program's arping was overwritten"
[ "$(cat "$work/bin/usr/bin/arping")" = another ] || fail "another program's arping was touched"
[ ! -e "$work/bin/usr/bin/crimp" ] || fail "a refused install leaves something behind"

if command -v dpkg-deb >/dev/null; then
  sh Packaging/deb.sh "$binary" >"$work/log" || fail "deb: $(cat "$work/log")"
  package=$(sed 's/: .*//' "$work/log")
  dpkg-deb -c "$package" >"$work/contents"
  grep -q ' ./usr/lib/crimp/bin/send_arp -> ../../../bin/crimp' "$work/contents" ||
    fail "the package lacks the drop-in names"
  grep -q ' ./usr/lib/crimp/man/man8/arping.8.gz -> ../../../../share/man/man8/crimp-arping.8.gz' \
    "$work/contents" || fail "the package lacks the drop-in names' pages"
  case $(dpkg-deb -f "$package" Maintainer) in
  *localhost*) fail "the package has nobody to write to" ;;
  ?*\ \<?*@?*\>) ;;
  *) fail "the package's maintainer is $(dpkg-deb -f "$package" Maintainer)" ;;
  esac
fi
echo "packaging: installs, uninstalls, shadows nothing; $(cat "$work/log")"
