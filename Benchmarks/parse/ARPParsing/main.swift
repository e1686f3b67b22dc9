import Glibc
import LinkLayer

// Reads 42-byte ARP frames by LinkLayer's views and by its values, and adds all fields up: beside
// parse/arp.c, which does the same.
//
// usage: arp-parsing FRAMES-FILE REPETITIONS
// prints: NAME MEDIAN-NANOSECONDS MIN-NANOSECONDS CHECKSUM

let frameBytes = 42

func sum(_ operation: ARPOperation, _ macs: UInt64, _ ips: UInt64) -> UInt64 {
  macs &+ ips &+ UInt64(operation.rawValue)
}

/// Nothing is copied: views look at the frame where it lies.
@inline(never)
func sumByView(_ bytes: RawSpan) throws(WireError) -> UInt64 {
  let frame = try EthernetFrameView(bytes)
  guard frame.etherType == .arp, let arp = try EthernetARPView(frame.payload) else { return 0 }
  return sum(
    arp.operation,
    frame.destination.rawValue &+ frame.source.rawValue &+ arp.senderHardwareAddress.rawValue
      &+ arp.targetHardwareAddress.rawValue,
    UInt64(arp.senderProtocolAddress.rawValue) &+ UInt64(arp.targetProtocolAddress.rawValue))
}

/// An owned frame is made, of any link's address lengths.
@inline(never)
func sumByValue(_ bytes: RawSpan) throws(WireError) -> UInt64 {
  let frame = try LinkFrame(parsing: bytes, framing: .ethernet)
  guard case .arp(let arp) = frame.payload, arp.hardwareType == .ethernet else { return 0 }
  return sum(
    arp.operation,
    mac(frame.destination) &+ mac(frame.source) &+ mac(arp.senderHardwareAddress)
      &+ mac(arp.targetHardwareAddress),
    UInt64(arp.senderProtocolAddress.rawValue) &+ UInt64(arp.targetProtocolAddress.rawValue))
}

func mac(_ address: HardwareAddress) -> UInt64 { address.macAddress?.rawValue ?? 0 }

func time(
  _ name: String, _ frames: [UInt8], _ repetitions: Int,
  _ parse: (RawSpan) throws(WireError) -> UInt64
) {
  let count = frames.count / frameBytes
  var total: UInt64 = 0
  let times = (0..<repetitions).map { _ in
    let duration = ContinuousClock().measure {
      let all = frames.span.bytes
      for index in 0..<count {
        let start = index * frameBytes
        let frame = all.extracting(start..<start + frameBytes)
        total &+= (try? parse(frame)) ?? 0
      }
    }
    return duration / .nanoseconds(1) / Double(count)
  }.sorted()
  print(name, shown(times[repetitions / 2]), shown(times[0]), hex(total))
}

func shown(_ value: Double) -> Double { (value * 100).rounded() / 100 }

func hex(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

func contents(of path: String) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 24)
  return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
}

let arguments = CommandLine.arguments
guard arguments.count == 3, let frames = contents(of: arguments[1]),
  let repetitions = Int(arguments[2]), repetitions > 0
else {
  print("usage: arp-parsing FRAMES-FILE REPETITIONS")
  exit(64)
}
time("swift-view", frames, repetitions, sumByView)
time("swift-value", frames, repetitions, sumByValue)
