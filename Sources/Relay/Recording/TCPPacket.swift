internal import LinkLayer
internal import Sockets

/// A TCP segment in a whole IP packet, with the checksums that it has.
struct TCPPacket {
  let source: InternetAddress
  let destination: InternetAddress
  let sequenceNumber: UInt32
  let acknowledgmentNumber: UInt32
  let flags: TCPFlags
  var options: [UInt8] = []

  /// The packet. IPv4 when both addresses are, else IPv6 with an IPv4 address mapped into it (RFC 4291,
  /// section 2.5.5.2).
  func bytes(carrying payload: RawSpan) -> [UInt8] {
    var segment = TCPHeader(
      sourcePort: source.port, destinationPort: destination.port, sequenceNumber: sequenceNumber,
      acknowledgmentNumber: acknowledgmentNumber, flags: flags, window: .max,
      options: options)
    let length = segment.byteCount + payload.byteCount
    var checksum = InternetChecksum()
    let header: [UInt8]
    if case .v4(let from) = source.address.unmapped, case .v4(let to) = destination.address.unmapped
    {
      header =
        IPv4Header(
          payloadByteCount: length, flags: .dontFragment, protocolNumber: .tcp, source: from,
          destination: to
        ).bytes
      checksum.addPseudoHeader(source: from, destination: to, protocol: .tcp, length: length)
    } else {
      let (from, to) = (source.address.mapped, destination.address.mapped)
      header =
        IPv6Header(
          payloadLength: UInt16(clamping: length), nextHeader: .tcp, hopLimit: 64, source: from,
          destination: to
        ).bytes
      checksum.addPseudoHeader(source: from, destination: to, protocol: .tcp, length: length)
    }
    let blank = segment.bytes
    unsafe checksum.add(blank.span.bytes)
    checksum.add(payload)
    segment.checksum = checksum.value
    var packet = header + segment.bytes
    packet.reserveCapacity(packet.count + payload.byteCount)
    unsafe payload.withUnsafeBytes { unsafe packet.append(contentsOf: $0) }
    return packet
  }
}

extension IPAddress {
  /// As an address of IPv6: an IPv4 address is mapped into one.
  fileprivate var mapped: IPv6Address {
    switch self {
    case .v4(let address): IPv6Address(high: 0, low: 0xffff << 32 | UInt64(address.rawValue))
    case .v6(let address): address
    }
  }
}
