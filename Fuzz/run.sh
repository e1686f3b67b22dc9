#!/bin/sh
# usage: Fuzz/run.sh [SECONDS [TARGET…]]
# Builds every fuzz target under Fuzz/ (or those named, such as `capture-file`) and runs each for
# SECONDS (30) over its committed corpus, bounded in time and memory. Exits 1 when one has a finding;
# the input is then in .build-fuzz/findings/, to become a named row of a test.
#
# What a run learns stays in .build-fuzz/corpus/ and is used by the next; to commit the best of it:
#   .build-fuzz/release/fuzz-X -merge=1 Fuzz/corpus/X .build-fuzz/corpus/X
set -eu
cd "$(dirname "$0")/.."

seconds=${1:-30}
[ $# -gt 0 ] && shift

# The backtracer takes minutes over a sanitized process, and libFuzzer tells what is needed.
export SWIFT_BACKTRACE=enable=no
export FUZZ=1

# CaptureFileFuzz -> capture-file
targets=${*:-$(for folder in Fuzz/*Fuzz; do
  basename "$folder" Fuzz | sed 's/\([a-z0-9]\)\([A-Z]\)/\1-\2/g' | tr '[:upper:]' '[:lower:]'
done)}

mkdir -p .build-fuzz/findings
found=0
for target in $targets; do
  echo "== $target: building"
  ${SWIFT:-swift} build -c release --product "fuzz-$target" --sanitize fuzzer \
    --scratch-path .build-fuzz --quiet
  mkdir -p ".build-fuzz/corpus/$target"
  echo "== $target: $seconds s"
  log=.build-fuzz/$target.log
  if ".build-fuzz/release/fuzz-$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -malloc_limit_mb=512 -max_len=16384 -print_final_stats=1 \
    -artifact_prefix=".build-fuzz/findings/$target-" \
    ".build-fuzz/corpus/$target" "Fuzz/corpus/$target" >"$log" 2>&1; then
    grep -E 'number_of_executed_units|average_exec_per_sec|peak_rss_mb' "$log"
  else
    found=1
    tail -n 40 "$log"
    echo "== $target: a finding"
  fi
done
exit $found
