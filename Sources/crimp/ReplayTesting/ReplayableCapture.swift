import CaptureFile
import LinkLayer
import LinkLayerTesting
import Links

/// A capture in the form in which crimp's commands play one: each frame with its direction, seen from the
/// host under test, and that host's addresses.
struct ReplayableCapture {
  private let test: ReplayTestCase
  private let exchange: RecordedExchange

  init(_ test: ReplayTestCase, _ exchange: RecordedExchange) {
    self.test = test
    self.exchange = exchange
  }

  /// The file's bytes.
  func bytes() throws(CommandFailure) -> [UInt8] {
    var output: [UInt8] = []
    var writer = PcapngWriter()
    do throws(CaptureWriteError) {
      try writer.appendSection(SectionInformation(application: "crimp"), to: &output)
      try writer.appendInterface(interface, to: &output)
      for frame in exchange.frames {
        let bytes = frame.isTested ? repaired(frame.bytes) : frame.bytes
        try writer.append(
          bytes.rawBytes, at: timestamp(frame.time), originalLength: frame.originalLength,
          flags: FrameFlags(frame.isTested ? .outbound : .inbound), comments: frame.comments,
          to: &output)
      }
      var statistics = InterfaceStatistics(timestamp: timestamp(end))
      statistics.startTime = exchange.beginning
      statistics.endTime = timestamp(end)
      try writer.append(statistics, to: &output)
    } catch {
      throw CommandFailure(.noInput, "it cannot be written as pcapng: \(error)")
    }
    return output
  }

  private var end: Duration { (exchange.frames.last?.time ?? .zero) + exchange.silence }

  private func timestamp(_ time: Duration) -> CaptureTimestamp {
    let (seconds, attoseconds) = time.components
    let nanoseconds = UInt32(exchange.beginning.nanoseconds) + UInt32(attoseconds / 1_000_000_000)
    return CaptureTimestamp(
      seconds: exchange.beginning.seconds &+ seconds, nanoseconds: nanoseconds)
  }

  private var interface: CaptureInterface {
    var interface = exchange.interface
    // Whoever recorded it told its own addresses; another host's are those that it sends from.
    guard let host = test.terms.host.flatMap({ TestedHost($0) }) else { return interface }
    let stations = exchange.frames.lazy.filter(\.isTested).compactMap { frame -> [UInt8]? in
      guard exchange.linkType == .ethernet, frame.bytes.count >= 12 else { return nil }
      return Array(frame.bytes[6..<12])
    }
    interface.hardwareAddress = stations.first
    interface.ipv4Addresses = []
    interface.ipv6Addresses = []
    interface.comments = []
    for address in host.addresses {
      switch address {
      case .v4(let address): interface.ipv4Addresses.append(address.bytes + [255, 255, 255, 0])
      case .v6(let address): interface.ipv6Addresses.append(address.bytes + [64])
      }
    }
    return interface
  }

  /// A datagram to a controller with a checksum that is right: the command is to be run whatever stands in
  /// what it said then; the comparison finds it.
  private func repaired(_ bytes: [UInt8]) -> [UInt8] {
    guard exchange.linkType == .raw, bytes.count >= 28 else { return bytes }
    var bytes = bytes
    // UDP over IPv4 without options, or over IPv6 without extension headers, as recordings have it.
    let isIPv4 = bytes[0] >> 4 == 4
    let start = isIPv4 ? 20 : 40
    guard bytes.count >= start + 8 else { return bytes }
    if isIPv4 {
      store(0, at: 10, in: &bytes)
      store(InternetChecksum(bytes.rawBytes.extracting(first: 20)).value, at: 10, in: &bytes)
    }
    store(0, at: start + 6, in: &bytes)
    var sum = InternetChecksum()
    sum.add(bytes.rawBytes.extracting((isIPv4 ? 12 : 8)..<start))
    sum.add(UInt16(17))
    sum.add(UInt16(truncatingIfNeeded: bytes.count - start))
    sum.add(bytes.rawBytes.extracting(droppingFirst: start))
    store(sum.value == 0 ? 0xffff : sum.value, at: start + 6, in: &bytes)
    return bytes
  }

  private func store(_ value: UInt16, at offset: Int, in bytes: inout [UInt8]) {
    bytes[offset] = UInt8(value >> 8)
    bytes[offset + 1] = UInt8(value & 0xff)
  }
}
