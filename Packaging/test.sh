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
run() { sh Packaging/install.sh "$1" "$binary" "$2" /usr "${3:-lib}" >"$work/log" 2>&1; }

run install "$work/lib" || fail "install: $(cat "$work/log")"
for name in arping arping.iputils ipoibarping send_arp send_ua arpsend ndsend; do
  cmp -s "$binary" "$work/lib/usr/lib/crimp/bin/$name" || fail "$name is not crimp"
  [ ! -e "$work/lib/usr/bin/$name" ] || fail "$name shadows what is in bin"
done
bash -n "$work/lib/usr/share/bash-completion/completions/crimp" || fail "bash completion"
for file in share/zsh/site-functions/_crimp share/fish/vendor_completions.d/crimp.fish \
  share/man/man8/crimp.8 share/doc/crimp/LICENSE share/crimp/hooks/ifupdown/interfaces; do
  [ -s "$work/lib/usr/$file" ] || fail "$file is missing"
done
[ "$(stat -c %a "$work/lib/usr/share/crimp/hooks/keepalived/crimp-notify")" = 755 ] ||
  fail "keepalived refuses a script that group or others may write"
run install "$work/lib" || fail "installing over itself: $(cat "$work/log")"
run uninstall "$work/lib" || fail "uninstall: $(cat "$work/log")"
left=$(find "$work/lib" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"

mkdir -p "$work/bin/usr/bin"
run install "$work/bin" bin || fail "install DROPINS=bin: $(cat "$work/log")"
[ "$(readlink "$work/bin/usr/bin/arping")" = crimp ] || fail "DROPINS=bin puts arping beside crimp"
run uninstall "$work/bin" bin
left=$(find "$work/bin" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"
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
fi
echo "packaging: installs, uninstalls, shadows nothing; $(cat "$work/log")"
