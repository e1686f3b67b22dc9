#!/bin/bash
# usage: Packaging/man/check.sh BINARY
# Each command has a page, each page renders clean, and page and --help know the same long options.
set -euo pipefail
binary=$1
cd "$(dirname "$0")"
case $binary in /*) ;; *) binary=$OLDPWD/$binary ;; esac
status=0
complain() {
  echo "man: $*" >&2
  status=1
}

# options: the long options in what is read, once each. Help and page both write them with two dashes.
options() { grep -oE -- '--[a-z][a-z0-9-]+' | sort -u; }

commands=$("$binary" --help | awk '/^SUBCOMMANDS/ {on = 1; next} /^$/ {on = 0} on && /^  [a-z]/ {print $1}' | grep -vx help)
for command in '' $commands; do
  page=crimp${command:+-$command}.8
  [ -e "$page" ] || { complain "$page is missing"; continue; }
  help=$("$binary" ${command:+"$command"} --help | options)
  text=$(mandoc -Tascii -O width=900 "$page" | sed "s|.\x08||g" | options)
  missing=$(comm -23 <(echo "$help") <(echo "$text"))
  [ -z "$missing" ] || complain "$page leaves out" $missing
  # The root's page shows the commands at work, with options of theirs.
  [ -n "$command" ] || continue
  extra=$(comm -13 <(echo "$help") <(echo "$text"))
  [ -z "$extra" ] || complain "$page has, and --help has not," $extra
done
for page in *.8; do
  mandoc -Tlint -Wwarning "$page" || complain "$page does not render clean"
done
[ $status = 0 ] && echo "man: $(ls ./*.8 | wc -l) pages render clean and are true to --help"
exit $status
