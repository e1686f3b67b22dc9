/// The one packet that an MLDv2 report travels in. RFC 3810, section 5: hop limit 1, to
/// `ff02::16`, behind hop-by-hop options that hold Router Alert with value 0 (RFC 2711) and are
/// filled with PadN, as Linux sends them.
///
///      0                                       40      42              48
///     +---------------------------------------+-------+---------------+------------
///     | IPv6 header, next header 0            | 58  0 |05 02 0000 01 00| ICMPv6, 143
///     +---------------------------------------+-------+---------------+------------
extension MulticastListenerReport {
  /// Next header ICMPv6, length 0, Router Alert with value 0, PadN of nothing.
  private static var hopByHop: UInt64 { 0x3a00_0502_0000_0100 }
  private static let messageOffset = IPv6Header.byteCount + 8

  /// The report in the packet that `view` shows; nil when it is any other packet, a report in
  /// other dress included.
  ///
  /// Throws the errors of `ICMPv6Message`.
  static func inPacket(
    _ view: borrowing IPv6View
  ) throws(WireError) -> MulticastListenerReport? {
    let payload = view.payload
    guard view.nextHeader == .hopByHop, view.hopLimit == 1, view.trafficClass == 0,
      view.flowLabel == 0, view.destination == .allMLDv2Routers, payload.byteCount >= 9,
      payload.u64(0) == hopByHop, payload.u8(8) == ICMPv6Type.multicastListenerReport.rawValue
    else { return nil }
    do throws(WireError) {
      let message = try ICMPv6Message(
        parsing: payload.slice(from: 8), source: view.source, destination: view.destination)
      guard case .multicastListenerReport(let report) = message else { return nil }
      return report
    } catch {
      throw error.shifted(by: messageOffset)
    }
  }

  var packetByteCount: Int {
    MulticastListenerReport.messageOffset
      + ICMPv6Message.multicastListenerReport(self).byteCount
  }

  @_lifetime(output: copy output)
  func writePacket(source: IPv6Address, into output: inout OutputRawSpan) {
    let header = IPv6Header(
      payloadLength: UInt16(clamping: packetByteCount - IPv6Header.byteCount),
      nextHeader: .hopByHop, hopLimit: 1, source: source, destination: .allMLDv2Routers)
    header.write(into: &output)
    output.append(MulticastListenerReport.hopByHop)
    ICMPv6Message.multicastListenerReport(self)
      .write(into: &output, source: source, destination: .allMLDv2Routers)
  }
}
