#!/bin/sh
# Builds .build/crimp, the binary that is shipped: it needs libc alone, because a failover
# hook starts it, and every shared library costs it time before main. What it needs of libpcap and
# libnet it loads at first use.
#
#   the Swift runtime     --static-swift-stdlib, -static-stdlib
#   the C++ runtime       the Swift runtime asks for -lstdc++: a directory with only the archive wins
#   libgcc                -static-libgcc
#   libm                  an empty archive: Sources/CLinux/math.c opens it at first use. A function that
#                         is missing there is an undefined symbol here: add it
#   no run path           --disable-local-rpath: with a file capability, a library beside the binary
#                         is not to be trusted
#   no relocations        -no-pie (0.1 ms of a start); RELEASE_PIE=1 keeps the addresses random
#   no exported symbols   a version script: the runtime's start looks itself up in the table of them
#   the command line      CRIMP_SHIPPED, Sources/CLinux/argv.c: the runtime would read its memory map
#   the order             Scripts/start.order: what a start touches stands together, 0.3 ms of a start.
#                         -function-sections lets the linker move one function at a time
#   no crash reporter, fewer questions of the processors: Sources/CLinux/backtrace.c, processors.c
#   the linker            lld: drops unused sections as gold does, and does not warn of what the
#                         Swift project's own archives call
set -eu
cd "$(dirname "$0")/.."

archive=$(clang -print-file-name=libstdc++.a 2>/dev/null || true)
[ -e "${archive:-}" ] || archive=$(find /usr/lib/gcc -name libstdc++.a 2>/dev/null | sort -V | tail -1)
[ -e "${archive:-}" ] || { echo "crimp: no libstdc++.a: make deps-build" >&2; exit 1; }
only=$PWD/.build/static
mkdir -p "$only"
ln -sf "$archive" "$only/libstdc++.a"
printf '!<arch>\n' >"$only/libm.a"
echo '{ local: *; };' >"$only/exports"

set -- -c release --product crimp --static-swift-stdlib --disable-local-rpath \
  --explicit-target-dependency-import-check error \
  -Xswiftc -static-stdlib -Xswiftc -use-ld=lld \
  -Xlinker "-L$only" -Xswiftc -Xclang-linker -Xswiftc -static-libgcc -Xlinker --gc-sections \
  -Xlinker "--version-script=$only/exports" -Xcc -DCRIMP_SHIPPED \
  -Xswiftc -Xfrontend -Xswiftc -function-sections \
  -Xlinker "--symbol-ordering-file=$PWD/Scripts/start.order" -Xlinker --no-warn-symbol-ordering
[ -n "${RELEASE_PIE:-}" ] || set -- "$@" -Xswiftc -Xclang-linker -Xswiftc -no-pie

built=$(swift build "$@" --show-bin-path)/crimp
# The package manager does not look at the order: after a new one it is to link anew.
[ "$built" -nt Scripts/start.order ] || rm -f "$built"
swift build "$@"
# The copy gets its name when it is whole: a running .build/crimp is never written into.
strip -o .build/crimp.new "$built"
mv .build/crimp.new .build/crimp
echo ".build/crimp: $(stat -c %s .build/crimp) bytes"
