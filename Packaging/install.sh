#!/bin/sh
# usage: Packaging/install.sh install|uninstall BINARY DESTDIR PREFIX DROPINS
# DROPINS is `lib` (PREFIX/lib/crimp/bin: nothing that is installed is shadowed) or `bin` (PREFIX/bin).
set -eu
verb=$1 binary=$2 destdir=$3 prefix=$4 dropins=$5
here=$(dirname "$0")
root=$destdir$prefix

names="arping arping.iputils ipoibarping send_arp send_ua arpsend ndsend"
bash_completion=share/bash-completion/completions/crimp
zsh_completion=share/zsh/site-functions/_crimp
fish_completion=share/fish/vendor_completions.d/crimp.fish

case $dropins in
lib) directory=lib/crimp/bin target=../../../bin/crimp ;;
bin) directory=bin target=crimp ;;
*) echo "crimp: DROPINS is lib or bin, not $dropins" >&2; exit 64 ;;
esac

# ours FILE TARGET: nothing there, or the link that we put there.
ours() {
  [ ! -e "$1" ] && [ ! -L "$1" ] || [ "$(readlink "$1")" = "$2" ]
}

remove_dropins() { # DIRECTORY TARGET
  for name in $names; do
    [ "$(readlink "$root/$1/$name")" != "$2" ] || rm -f "$root/$1/$name"
  done
}

case $verb in
install)
  # First look, then touch: another program's arping is not overwritten, and nothing is half done.
  for name in $names; do
    ours "$root/$directory/$name" "$target" || {
      echo "crimp: $root/$directory/$name is another program's: install with DROPINS=lib" >&2
      exit 73
    }
  done
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  for shell in bash zsh fish; do
    "$binary" --generate-completion-script $shell >"$work/$shell"
  done

  # -D makes the directories; a running crimp keeps the file that it has.
  install -D -m 755 "$binary" "$root/bin/crimp.new"
  mv "$root/bin/crimp.new" "$root/bin/crimp"
  install -d "$root/$directory" "$root/share/man/man8"
  for name in $names; do ln -sfn "$target" "$root/$directory/$name"; done
  install -m 644 "$here"/man/*.8 "$root/share/man/man8"
  install -D -m 644 "$work/bash" "$root/$bash_completion"
  install -D -m 644 "$work/zsh" "$root/$zsh_completion"
  install -D -m 644 "$work/fish" "$root/$fish_completion"
  (cd "$here/hooks" && find . -type f ! -name test.sh) | while read -r hook; do
    mode=644
    [ ! -x "$here/hooks/$hook" ] || mode=755
    install -D -m $mode "$here/hooks/$hook" "$root/share/crimp/hooks/$hook"
  done
  install -D -m 644 "$here/../LICENSE" "$root/share/doc/crimp/LICENSE"
  install -m 644 "$here/../CHANGELOG.md" "$root/share/doc/crimp/CHANGELOG.md"

  [ -z "$destdir" ] || exit 0
  echo "installed $prefix/bin/crimp; without root it needs: setcap cap_net_raw+ep $prefix/bin/crimp"
  [ "$dropins" = bin ] || echo "the names that it answers to come first with: PATH=$prefix/$directory:\$PATH"
  ;;
uninstall)
  remove_dropins lib/crimp/bin ../../../bin/crimp
  remove_dropins bin crimp
  rm -f "$root/bin/crimp" "$root/$bash_completion" "$root/$zsh_completion" "$root/$fish_completion"
  for page in "$here"/man/*.8; do rm -f "$root/share/man/man8/$(basename "$page")"; done
  rm -rf "$root/share/crimp" "$root/share/doc/crimp"
  # Directories of our own, when they are empty.
  rmdir "$root/lib/crimp/bin" "$root/lib/crimp" 2>/dev/null || true
  ;;
*) echo "usage: $0 install|uninstall BINARY DESTDIR PREFIX DROPINS" >&2; exit 64 ;;
esac
