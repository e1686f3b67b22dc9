import LinkLayer

/// `struct rtmsg`, the head of `RTM_*ROUTE`, and its attributes.
///
///      0               1               2               3
///     +---------------+---------------+---------------+---------------+
///     |   rtm_family  |  rtm_dst_len  |  rtm_src_len  |    rtm_tos    |
///     +---------------+---------------+---------------+---------------+
///     |   rtm_table   |  rtm_protocol |   rtm_scope   |    rtm_type   |
///     +---------------+---------------+---------------+---------------+
///     |                           rtm_flags                           |
///     +---------------+---------------+---------------+---------------+
enum RouteMessage {
  static let byteCount = 12
  static let family = 0
  static let destinationLength = 1
  static let table = 4
  static let kind = 7

  /// `RTA_*`.
  enum Attribute {
    static let destination: UInt16 = 1
    static let outputInterface: UInt16 = 4
    static let gateway: UInt16 = 5
    static let priority: UInt16 = 6
    static let preferredSource: UInt16 = 7
    static let multipath: UInt16 = 9
    static let table: UInt16 = 15
    static let via: UInt16 = 18
  }

  /// `RTM_F_FIB_MATCH`: tell the route of the table, not what follows from it for one packet.
  static let matchesTable: UInt32 = 0x2000

  /// `RTPROT_STATIC`: who made a route that `KernelTables.add(_:)` adds.
  static let madeByAdministrator: UInt8 = 4
}

extension Route {
  /// Reads an `RTM_NEWROUTE` or `RTM_DELROUTE`: one route for each gateway, none for families
  /// other than IPv4 and IPv6.
  package static func routes(
    _ message: borrowing NetlinkMessageView
  ) throws(NetlinkFormatError) -> [Route] {
    try message.require(RouteMessage.byteCount)
    let body = message.body
    let family = AddressFamily(rawValue: body.native(at: RouteMessage.family))
    guard family == .ipv4 || family == .ipv6 else { return [] }
    var route = Route(
      family: family, destination: nil, gateway: nil, interfaceIndex: nil,
      table: UInt32(body.native(at: RouteMessage.table, as: UInt8.self)),
      kind: RouteKind(rawValue: body.native(at: RouteMessage.kind)))
    let destinationLength = Int(body.native(at: RouteMessage.destinationLength, as: UInt8.self))
    var hops: [Route] = []
    var attributes = message.attributes(after: RouteMessage.byteCount)
    while let attribute = try attributes.next() {
      switch attribute.type {
      case RouteMessage.Attribute.destination where destinationLength > 0:
        route.destination = try attribute.address(family).flatMap {
          IPPrefix(address: $0, length: destinationLength)
        }
      case RouteMessage.Attribute.priority: route.metric = try attribute.integer()
      case RouteMessage.Attribute.table: route.table = try attribute.integer()
      case RouteMessage.Attribute.preferredSource:
        route.preferredSource = try attribute.address(family)
      case RouteMessage.Attribute.multipath: hops = try route.readHops(attribute)
      default: try route.readHop(attribute)
      }
    }
    guard !hops.isEmpty else { return [route] }
    // Attributes behind RTA_MULTIPATH hold for every hop.
    return hops.map { hop in
      var whole = route
      whole.gateway = hop.gateway
      whole.interfaceIndex = hop.interfaceIndex
      return whole
    }
  }

  /// Reads what may stand in the message itself and in each of its hops.
  private mutating func readHop(
    _ attribute: borrowing NetlinkAttributeView
  ) throws(NetlinkFormatError) {
    switch attribute.type {
    case RouteMessage.Attribute.outputInterface: interfaceIndex = try attribute.integer()
    case RouteMessage.Attribute.gateway: gateway = try attribute.address(family)
    case RouteMessage.Attribute.via: gateway = try attribute.viaAddress()
    default: break
    }
  }

  /// Reads `RTA_MULTIPATH`: `struct rtnexthop` (length, flags, hops, interface), each followed
  /// by its attributes.
  private func readHops(
    _ multipath: borrowing NetlinkAttributeView
  ) throws(NetlinkFormatError) -> [Route] {
    let headerByteCount = 8
    let bytes = multipath.payload
    var hops: [Route] = []
    var start = 0
    while start < bytes.byteCount {
      let offset = multipath.payloadOffset + start
      let available = bytes.byteCount - start
      guard available >= headerByteCount else {
        throw NetlinkFormatError(
          part: .attributeHeader, needed: headerByteCount, available: available,
          bound: .attributeLength, offset: offset)
      }
      let length = Int(bytes.native(at: start, as: UInt16.self))
      guard length >= headerByteCount, length <= available else {
        throw NetlinkFormatError(
          part: .attributeHeader, needed: max(length, headerByteCount),
          available: min(length, available), bound: .attributeLength, offset: offset)
      }
      var hop = self
      hop.interfaceIndex = bytes.native(at: start + 4)
      var attributes = NetlinkAttributes(
        bytes.extracting((start + headerByteCount)..<(start + length)),
        offset: offset + headerByteCount)
      while let attribute = try attributes.next() {
        try hop.readHop(attribute)
      }
      hops.append(hop)
      start += netlinkAligned(length)
    }
    return hops
  }
}

extension NetlinkAttributeView {
  /// `struct rtvia`: a family in the machine's byte order, and an address of that family.
  fileprivate func viaAddress() throws(NetlinkFormatError) -> IPAddress? {
    let family = try integer(UInt16.self)
    guard let family = UInt8(exactly: family).map(AddressFamily.init(rawValue:)) else {
      return nil
    }
    let address = payload.extracting(droppingFirst: 2)
    switch family {
    case .ipv4:
      try require(6)
      return .v4(IPv4Address(rawValue: UInt32(bigEndian: address.native(at: 0))))
    case .ipv6:
      try require(18)
      return .v6(
        IPv6Address(
          high: UInt64(bigEndian: address.native(at: 0)),
          low: UInt64(bigEndian: address.native(at: 8))))
    default:
      return nil
    }
  }
}
