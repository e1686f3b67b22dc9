#!/bin/sh
# usage: Scripts/check-binary.sh BINARY
# The shipped binary links to libc and nothing else, and it starts.
set -eu
binary=$1

needed=$(objdump -p "$binary" | sed -n 's/^ *NEEDED *//p')
for library in $needed; do
  case $library in
  libc.so.6 | ld-linux*.so.*) ;;
  *)
    echo "crimp: $binary links to $library" >&2
    exit 1
    ;;
  esac
done
if objdump -p "$binary" | grep -Eq 'R(UN)?PATH'; then
  echo "crimp: $binary has a run path" >&2
  exit 1
fi
# ICU comes with the full Foundation, statically too: its name stands in the data it carries.
if grep -aq 'icudt[0-9]' "$binary"; then
  echo "crimp: $binary carries ICU: something imports the full Foundation" >&2
  exit 1
fi
"$binary" --version >/dev/null || { echo "crimp: $binary does not start" >&2; exit 1; }
echo "$binary: $("$binary" --version), $(stat -c %s "$binary") bytes, needs" $needed
