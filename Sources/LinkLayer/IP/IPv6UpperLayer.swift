/// Where the walk past the extension headers of IPv6 ended.
public struct IPv6UpperLayer: Hashable, Sendable {
  /// The most extension headers that are walked past. Each of the standard ones stands at most
  /// twice in a packet (RFC 8200, section 4.1); beyond this somebody is wasting our time.
  @inlinable public static var maximumHeaderCount: Int { 16 }

  /// What follows the last extension header.
  public var protocolNumber: IPProtocol
  /// Where it begins, in bytes from the start of the packet.
  public var offset: Int
  /// How many extension headers stand before it.
  public var headerCount: Int
  /// The fragment offset in units of 8 bytes, when there is a fragment header; unless it is 0
  /// the upper layer's header is in another fragment.
  public var fragmentOffset: UInt16?
  /// Whether hop-by-hop options stand before it with Router Alert among them. RFC 2711.
  public var routerAlert: UInt16?

  /// The end of a walk that found these things.
  public init(
    protocolNumber: IPProtocol, offset: Int, headerCount: Int = 0, fragmentOffset: UInt16? = nil,
    routerAlert: UInt16? = nil
  ) {
    self.protocolNumber = protocolNumber
    self.offset = offset
    self.headerCount = headerCount
    self.fragmentOffset = fragmentOffset
    self.routerAlert = routerAlert
  }

  @usableFromInline
  internal init(walking packet: RawSpan, from start: Int, nextHeader: IPProtocol) throws(WireError)
  {
    self.init(protocolNumber: nextHeader, offset: start)
    while protocolNumber.isExtensionHeader {
      guard headerCount < IPv6UpperLayer.maximumHeaderCount else {
        throw .malformed(
          layer: .ipv6Extension, field: .nextHeader, value: UInt64(protocolNumber.rawValue),
          offset: offset)
      }
      do throws(WireError) {
        let header = try IPv6ExtensionView(packet.slice(from: offset), kind: protocolNumber)
        note(header)
        protocolNumber = header.nextHeader
        offset += header.byteCount
      } catch {
        throw error.shifted(by: offset)
      }
      headerCount += 1
      // Behind a later fragment's header is the middle of something, and no header.
      if let fragmentOffset, fragmentOffset > 0 { return }
    }
  }

  private mutating func note(_ header: borrowing IPv6ExtensionView) {
    if header.kind == .fragment { fragmentOffset = header.fragmentOffset }
    if header.kind == .hopByHop, headerCount == 0 { routerAlert = header.routerAlert }
  }
}
