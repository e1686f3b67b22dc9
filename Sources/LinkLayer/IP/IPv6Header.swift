/// The header of an IPv6 packet; `IPv6View` tells where the bytes are.
public struct IPv6Header: WireValue {
  /// How many bytes the header has.
  @inlinable public static var byteCount: Int { 40 }

  /// DSCP and ECN, as one byte. RFC 2474, RFC 3168.
  public var trafficClass: UInt8
  /// What packets of one flow have in common: 20 bits. RFC 6437.
  public var flowLabel: UInt32
  /// How many bytes follow the header, extension headers included.
  public var payloadLength: UInt16
  /// What follows the header: an extension header, or what the payload is.
  public var nextHeader: IPProtocol
  /// How many routers may still forward the packet.
  public var hopLimit: UInt8
  /// Who sent the packet.
  public var source: IPv6Address
  /// Whom the packet is for.
  public var destination: IPv6Address

  /// A header of these fields.
  @inlinable public init(
    trafficClass: UInt8 = 0, flowLabel: UInt32 = 0, payloadLength: UInt16, nextHeader: IPProtocol,
    hopLimit: UInt8, source: IPv6Address, destination: IPv6Address
  ) {
    self.trafficClass = trafficClass
    self.flowLabel = flowLabel
    self.payloadLength = payloadLength
    self.nextHeader = nextHeader
    self.hopLimit = hopLimit
    self.source = source
    self.destination = destination
  }

  /// Copies the header of the packet that `view` shows.
  @inlinable public init(_ view: borrowing IPv6View) {
    trafficClass = view.trafficClass
    flowLabel = view.flowLabel
    payloadLength = view.payloadLength
    nextHeader = view.nextHeader
    hopLimit = view.hopLimit
    source = view.source
    destination = view.destination
  }

  /// Reads the header of the packet at the start of `bytes`, with the errors of `IPv6View`.
  @inlinable public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try IPv6View(bytes)
    self.init(view)
  }

  /// How many bytes the header has: 40.
  @inlinable public var byteCount: Int { IPv6Header.byteCount }

  /// Appends the header.
  @inlinable
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    output.append(0x6000_0000 | UInt32(trafficClass) << 20 | flowLabel & 0xf_ffff)
    output.append(payloadLength)
    output.append(nextHeader.rawValue)
    output.append(hopLimit)
    source.write(into: &output)
    destination.write(into: &output)
  }
}

extension IPv6Address {
  /// Appends the sixteen bytes.
  @inlinable
  @_lifetime(output: copy output)
  internal func write(into output: inout OutputRawSpan) {
    output.append(high)
    output.append(low)
  }
}

extension RawSpan {
  /// The 16 bytes at `offset` as an address.
  @inlinable @inline(__always)
  package func ipv6Address(_ offset: Int) -> IPv6Address {
    IPv6Address(high: u64(offset), low: u64(offset + 8))
  }
}
