/// A UDP datagram in a whole packet of IP: IPv4 without options, or IPv6 without extension headers.
public struct UDPPacket: WireValue {
  /// Between which hosts a packet goes: two addresses of one version.
  public enum Hosts: Hashable, Sendable {
    /// Over IPv4.
    case v4(source: IPv4Address, destination: IPv4Address)
    /// Over IPv6.
    case v6(source: IPv6Address, destination: IPv6Address)
  }

  /// Who sent the packet, and whom it is for.
  public var hosts: Hosts
  /// The sender's port, or 0.
  public var sourcePort: UInt16
  /// The port that the datagram is for.
  public var destinationPort: UInt16
  /// How many routers may still forward the packet: time to live, or hop limit.
  public var hopLimit: UInt8
  /// What the datagram carries; held to the 65,507 bytes that fit behind an IPv4 header when it is
  /// written.
  public var payload: [UInt8]

  /// A packet of these fields.
  public init(
    hosts: Hosts, sourcePort: UInt16, destinationPort: UInt16, hopLimit: UInt8 = 64,
    payload: [UInt8]
  ) {
    self.hosts = hosts
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.hopLimit = hopLimit
    self.payload = payload
  }

  /// Reads the packet at the start of `bytes`.
  ///
  /// Throws the errors of the headers' views, and `WireError.malformed` for a fragment, for a
  /// packet that has options or is not of UDP, and for a checksum that is wrong or, over IPv6,
  /// missing.
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount > 0, bytes.u8(0) >> 4 == 6 else {
      try self.init(parsing4: bytes)
      return
    }
    try self.init(parsing6: bytes)
  }

  private init(parsing4 bytes: RawSpan) throws(WireError) {
    let view = try IPv4View(bytes)
    guard view.protocolNumber == .udp, !view.isFragment, view.headerLength == 20 else {
      throw .malformed(
        layer: .ipv4, field: .nextHeader, value: UInt64(view.protocolNumber.rawValue),
        offset: IPv4View.Offset.protocolNumber)
    }
    do throws(WireError) {
      let datagram = try UDPView(view.payload)
      let header = UDPHeader(datagram)
      let expected = header.checksum(
        source: view.source, destination: view.destination, payload: datagram.payload)
      guard header.checksum == 0 || header.checksum == expected else { throw header.badChecksum }
      self.init(
        hosts: .v4(source: view.source, destination: view.destination),
        sourcePort: header.sourcePort, destinationPort: header.destinationPort,
        hopLimit: view.timeToLive, payload: datagram.payload.array)
    } catch {
      throw error.shifted(by: view.headerLength)
    }
  }

  private init(parsing6 bytes: RawSpan) throws(WireError) {
    let view = try IPv6View(bytes)
    guard view.nextHeader == .udp else {
      throw .malformed(
        layer: .ipv6, field: .nextHeader, value: UInt64(view.nextHeader.rawValue),
        offset: IPv6View.Offset.nextHeader)
    }
    do throws(WireError) {
      let datagram = try UDPView(view.payload)
      let header = UDPHeader(datagram)
      let expected = header.checksum(
        source: view.source, destination: view.destination, payload: datagram.payload)
      guard header.checksum == expected else { throw header.badChecksum }
      self.init(
        hosts: .v6(source: view.source, destination: view.destination),
        sourcePort: header.sourcePort, destinationPort: header.destinationPort,
        hopLimit: view.hopLimit, payload: datagram.payload.array)
    } catch {
      throw error.shifted(by: IPv6View.Offset.payload)
    }
  }

  /// Who sent the packet.
  public var source: IPAddress {
    switch hosts {
    case .v4(let source, _): .v4(source)
    case .v6(let source, _): .v6(source)
    }
  }

  /// Whom the packet is for.
  public var destination: IPAddress {
    switch hosts {
    case .v4(_, let destination): .v4(destination)
    case .v6(_, let destination): .v6(destination)
    }
  }

  /// The version of IP, as a frame's header names it.
  public var etherType: EtherType {
    switch hosts {
    case .v4: .ipv4
    case .v6: .ipv6
    }
  }

  /// How much of the payload an IP packet can tell the length of.
  private var writtenPayload: ArraySlice<UInt8> { payload.prefix(65_507) }

  private var ipHeaderByteCount: Int {
    switch hosts {
    case .v4: 20
    case .v6: IPv6Header.byteCount
    }
  }

  /// How many bytes the packet has.
  public var byteCount: Int { ipHeaderByteCount + UDPHeader.byteCount + writtenPayload.count }

  /// Appends the packet, checksums computed.
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    let payload = Array(writtenPayload)
    var header = UDPHeader(
      sourcePort: sourcePort, destinationPort: destinationPort, payloadByteCount: payload.count)
    switch hosts {
    case .v4(let source, let destination):
      header.checksum = header.checksum(
        source: source, destination: destination, payload: payload.rawBytes)
      IPv4Header(
        payloadByteCount: Int(header.length), flags: .dontFragment, timeToLive: hopLimit,
        protocolNumber: .udp, source: source, destination: destination
      ).write(into: &output)
    case .v6(let source, let destination):
      header.checksum = header.checksum(
        source: source, destination: destination, payload: payload.rawBytes)
      IPv6Header(
        payloadLength: header.length, nextHeader: .udp, hopLimit: hopLimit, source: source,
        destination: destination
      ).write(into: &output)
    }
    header.write(into: &output)
    output.append(payload)
  }
}

extension UDPHeader {
  fileprivate var badChecksum: WireError {
    .malformed(
      layer: .udp, field: .checksum, value: UInt64(checksum), offset: UDPView.Offset.checksum)
  }
}
