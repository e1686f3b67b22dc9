#!/bin/sh
# The floors import what the manifest grants: the build checks that. This checks what the manifest
# cannot say: which system modules a floor may see.
set -eu
cd "$(dirname "$0")/.."
status=0

# refuse MODULES WHERE...: no file below WHERE imports one of MODULES (an extended expression).
refuse() {
  modules=$1
  shift
  if grep -rnE "^ *((public|package|internal|fileprivate|private|@[a-zA-Z_()]+) +)*import +((struct|class|enum|func|var|protocol|typealias) +)?($modules)\b" "$@"; then
    echo "fence: no import of $modules in $*" >&2
    status=1
  fi
}
refuse 'Glibc|Musl|Foundation[A-Za-z]*|Dispatch|Synchronization' \
  Sources/MonotonicTime Sources/LinkLayer Sources/IPMI Sources/CaptureFile Sources/Proxies Sources/AddressSpecifications \
  Sources/Machines
refuse 'Foundation[A-Za-z]*|Dispatch' Sources/EventLoop Sources/Links Sources/Drivers Sources/LinkLayerTesting
refuse 'Foundation|FoundationNetworking|FoundationInternationalization|Dispatch' Sources/crimp
refuse 'XCTest|Foundation[A-Za-z]*' Tests
exit $status
