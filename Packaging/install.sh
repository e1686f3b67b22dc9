#!/bin/sh
# usage: Packaging/install.sh install|uninstall BINARY DESTDIR PREFIX DROPINS
# DROPINS is `lib` (PREFIX/lib/crimp/bin: nothing that is installed is shadowed) or `bin` (PREFIX/bin).
set -eu
verb=$1 binary=$2 destdir=$3 prefix=$4 dropins=$5
here=$(dirname "$0")
root=$destdir$prefix

names="arping arping.iputils ipoibarping send_arp send_ua arpsend ndsend wakeonlan etherwake ether-wake arp-scan ipmitool ipmipower nc socat tcppipe tcppipe-least tcp-pf listentwo connecttwo"
bash_completion=share/bash-completion/completions/crimp
zsh_completion=share/zsh/site-functions/_crimp
fish_completion=share/fish/vendor_completions.d/crimp.fish

# `man` looks for pages beside the directories of PATH: a name's page is found when the name is.
case $dropins in
lib) directory=lib/crimp/bin target=../../../bin/crimp
     pages=lib/crimp/man/man8 above=../../../../share/man/man8/ ;;
bin) directory=bin target=crimp pages=share/man/man8 above= ;;
*) echo "crimp: DROPINS is lib or bin, not $dropins" >&2; exit 64 ;;
esac

# page NAME: the page that tells of a drop-in name.
page() {
  case $1 in
  etherwake | ether-wake) echo crimp-wakeonlan.8 ;;
  tcppipe-least | tcp-pf | listentwo | connecttwo) echo crimp-tcppipe.8 ;;
  *) [ -e "$here/man/crimp-$1.8" ] && echo "crimp-$1.8" || echo crimp-arping.8 ;;
  esac
}

# ours FILE TARGET: nothing there, or the link that we put there.
ours() {
  [ ! -e "$1" ] && [ ! -L "$1" ] || [ "$(readlink "$1")" = "$2" ]
}

remove_link() { # FILE TARGET
  [ "$(readlink "$root/$1")" != "$2" ] || rm -f "$root/$1"
}

# Which directories install has made, so that uninstall takes no other away: one a line, those above
# before those below.
made=$root/share/crimp/made-directories

# make_directory PATH: a directory, and those above it that are not there, taken note of in $work.
make_directory() {
  path=$1 missing=
  while [ "$path" != / ] && [ ! -d "$destdir$path" ]; do
    missing="$path
$missing"
    path=$(dirname "$path")
  done
  printf '%s' "$missing" >>"$work/made"
  install -d "$destdir$1"
}

# put MODE FILE PATH: a file at PATH below the prefix.
put() {
  make_directory "$(dirname "$prefix/$3")"
  install -m "$1" "$2" "$root/$3"
}

# put_hook FILE PATH: a hook, with the paths of this prefix in place of those of its source.
put_hook() {
  escaped=$(printf '%s' "$prefix" | sed 's/[&|\\]/\\&/g')
  # By a marker that no path contains: the prefix itself may hold what is looked for.
  sed -e "s|/usr/share/crimp|@PREFIX@/share/crimp|g" -e "s|/usr/local/|@PREFIX@/|g" \
    -e "s|@PREFIX@|$escaped|g" \
    -e "s|exec crimp |exec \"$escaped/bin/crimp\" |" \
    -e "s|post-up crimp |post-up \"$escaped/bin/crimp\" |" "$1" >"$work/hook"
  mode=644
  [ ! -x "$1" ] || mode=755
  put $mode "$work/hook" "$2"
}

case $verb in
install)
  # First look, then touch: another program's arping is not overwritten, and nothing is half done.
  for name in $names; do
    for link in "$directory/$name $target" "$pages/$name.8 $above$(page $name)"; do
      ours "$root/${link% *}" "${link##* }" || {
        echo "crimp: $root/${link% *} is another program's: install with DROPINS=lib" >&2
        exit 73
      }
    done
  done
  ours "$root/sbin/fence_crimp" ../bin/crimp || {
    echo "crimp: $root/sbin/fence_crimp is another program's" >&2
    exit 73
  }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  for shell in bash zsh fish; do
    "$binary" --generate-completion-script $shell >"$work/$shell"
  done
  [ ! -e "$made" ] || cp "$made" "$work/made"

  # A running crimp keeps the file that it has.
  put 755 "$binary" bin/crimp.new
  mv "$root/bin/crimp.new" "$root/bin/crimp"
  for manual in "$here"/man/*.8; do put 644 "$manual" "share/man/man8/$(basename "$manual")"; done
  make_directory "$prefix/$directory"
  make_directory "$prefix/$pages"
  for name in $names; do
    ln -sfn "$target" "$root/$directory/$name"
    ln -sfn "$above$(page $name)" "$root/$pages/$name.8"
  done
  # Where cluster managers look for agents.
  make_directory "$prefix/sbin"
  ln -sfn ../bin/crimp "$root/sbin/fence_crimp"
  put 644 "$work/bash" "$bash_completion"
  put 644 "$work/zsh" "$zsh_completion"
  put 644 "$work/fish" "$fish_completion"
  (cd "$here/hooks" && find . -type f ! -name test.sh) | while read -r hook; do
    put_hook "$here/hooks/$hook" "share/crimp/hooks/${hook#./}"
  done
  put_hook "$here/systemd/crimp-watch@.service" "lib/systemd/system/crimp-watch@.service"
  put 644 "$here/../LICENSE" share/doc/crimp/LICENSE
  put 644 "$here/../CHANGELOG.md" share/doc/crimp/CHANGELOG.md
  install -m 644 "$work/made" "$made"

  [ -z "$destdir" ] || exit 0
  echo "installed $prefix/bin/crimp; without root it needs: setcap cap_net_raw+ep $prefix/bin/crimp"
  [ "$dropins" = bin ] || echo "the names that it answers to come first with: PATH=$prefix/$directory:\$PATH"
  ;;
uninstall)
  directories=$(cat "$made" 2>/dev/null) || directories=
  for name in $names; do
    remove_link "lib/crimp/bin/$name" ../../../bin/crimp
    remove_link "lib/crimp/man/man8/$name.8" "../../../../share/man/man8/$(page $name)"
    remove_link "bin/$name" crimp
    remove_link "share/man/man8/$name.8" "$(page $name)"
  done
  [ "$(readlink "$root/sbin/fence_crimp")" != ../bin/crimp ] || rm -f "$root/sbin/fence_crimp"
  rm -f "$root/bin/crimp" "$root/$bash_completion" "$root/$zsh_completion" "$root/$fish_completion"
  for manual in "$here"/man/*.8; do rm -f "$root/share/man/man8/$(basename "$manual")"; done
  rm -f "$root/lib/systemd/system/crimp-watch@.service"
  rm -rf "$root/share/crimp" "$root/share/doc/crimp"
  # Those below before those above, and none that holds something else by now.
  printf '%s\n' "$directories" | sort -ru | while read -r path; do
    [ -z "$path" ] || rmdir "$destdir$path" 2>/dev/null || true
  done
  ;;
*) echo "usage: $0 install|uninstall BINARY DESTDIR PREFIX DROPINS" >&2; exit 64 ;;
esac
