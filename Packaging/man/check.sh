#!/bin/bash
# usage: Packaging/man/check.sh BINARY
# Each command has a page, each page renders clean, and page and --help know the same long options;
# page and program know the same letters of each drop-in name.
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

# documented NAME: the letters that crimp-arping.8 gives NAME, in its synopsis and its list.
documented() {
  awk -v name="$1" '
    { gsub(/,/, " , ") }
    $1 == ".Sh" { place = $2; own = 0 }
    (place == "SYNOPSIS" && $1 == ".Nm") || $1 == ".Ss" {
      own = 0
      for (i = 2; i <= NF; i++) if ($i == name) own = 1
      next
    }
    own && (place == "SYNOPSIS" || $1 == ".It") {
      flag = 0
      for (i = 1; i <= NF; i++) {
        if ($i ~ /^\.?Fl$/) flag = 1
        else if ($i ~ /^(Ar|Cm)$/) flag = 0
        else if (flag && $i ~ /^[0-9A-Za-z]+$/) print $i
      }
    }' crimp-arping.8 | grep -o . | sort -u
}

# accepted NAME: the letters that NAME takes. What follows the letter is its argument or refused, so
# that nothing runs.
accepted() {
  for letter in {0..9} {a..z} {A..Z}; do
    case $("$binary" "$1" -$letter -~ -~ </dev/null 2>&1 || true) in
    *"invalid option -- '$letter'"*) ;;
    *) echo $letter ;;
    esac
  done | sort -u
}

for name in arping arping.iputils ipoibarping send_arp send_ua arpsend; do
  missing=$(comm -13 <(documented $name) <(accepted $name))
  [ -z "$missing" ] || complain "crimp-arping.8 leaves out, of $name," $missing
  extra=$(comm -23 <(documented $name) <(accepted $name))
  [ -z "$extra" ] || complain "crimp-arping.8 has, and $name has not," $extra
done

for page in *.8; do
  ! command -v groff >/dev/null ||
    [ -z "$(groff -mandoc -Tutf8 -ww -rLL=78n -z "$page" 2>&1)" ] ||
    complain "$page: $(groff -mandoc -Tutf8 -ww -rLL=78n -z "$page" 2>&1 | head -1)"
  mandoc -Tlint -Wwarning "$page" || complain "$page does not render clean"
done
[ $status = 0 ] && echo "man: $(ls ./*.8 | wc -l) pages render clean and are true to --help"
exit $status
