public import LinkLayer
import Glibc

extension KernelTables {
  /// The routes of both families over the interface with this index, or all, in all tables.
  public func routes(of index: Int32? = nil) throws(NetlinkError) -> [Route] {
    try routes(.ipv4, of: index) + routes(.ipv6, of: index)
  }

  /// The default routes with a gateway over the interface with this index, the preferred first:
  /// whom a failover on this interface concerns most.
  public func defaultGateways(of index: Int32) throws(NetlinkError) -> [Route] {
    try routes(of: index)
      .filter { $0.destination == nil && $0.gateway != nil && $0.kind == .unicast }
      .sorted { $0.metric < $1.metric }
  }

  private func routes(_ family: AddressFamily, of index: Int32?) throws(NetlinkError) -> [Route] {
    var request = NetlinkRequest(.getRoute, .dump)
    request.routeHeader(family: family)
    if let index {
      request.attribute(RouteMessage.Attribute.outputInterface, index)
    }
    do throws(NetlinkError) {
      return try dump(about: index, request) { (message, entries) throws(NetlinkFormatError) in
        guard message.type == .newRoute else { return }
        // Where a family is not built in, the kernel answers with the others.
        for route in try Route.routes(message) where route.family == family {
          if let index, route.interfaceIndex != index { continue }
          entries.append(route)
        }
      }
    } catch {
      guard case .refused(let refusal) = error, refusal.isFamilyMissing else { throw error }
      return []
    }
  }

  /// How the kernel would send a packet to `address`: interface, gateway and source address.
  ///
  /// - Parameters:
  ///   - address: the destination.
  ///   - index: the interface by which the packet has to leave, if that is decided.
  /// - Returns: the route, `nil` when the kernel knows none.
  public func route(
    to address: IPAddress, over index: Int32? = nil
  ) throws(NetlinkError) -> Route? {
    var request = NetlinkRequest(.getRoute, [])
    request.routeHeader(family: address.family, destinationLength: address.bitCount)
    request.attribute(RouteMessage.Attribute.destination, address)
    if let index {
      request.attribute(RouteMessage.Attribute.outputInterface, index)
    }
    do throws(NetlinkError) {
      return try ask(request) { (message) throws(NetlinkFormatError) in
        try Route.routes(message).first
      }
    } catch {
      guard case .refused(let refusal) = error else { throw error }
      switch refusal.errno {
      // The last two are what prohibit and blackhole routes answer with.
      case ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL: return nil
      case ENODEV: throw .noSuchInterfaceIndex(index ?? 0)
      default: throw error
      }
    }
  }

  /// Whether this host forwards packets of `family` that arrive on the interface with this index:
  /// for IPv6, whether it is a router there (RFC 4861 section 6.2.1, the R flag of its
  /// advertisements).
  public func isForwarding(
    _ family: AddressFamily, on index: Int32
  ) throws(NetlinkError) -> Bool {
    var request = NetlinkRequest(.getConfiguration, [])
    request.structure { $0.append(family.rawValue) }
    request.attribute(ConfigurationMessage.Attribute.interfaceIndex, index)
    do throws(NetlinkError) {
      let answer = try ask(request) { (message) throws(NetlinkFormatError) in
        try ConfigurationMessage.forwarding(message)
      }
      if let answer { return answer }
    } catch {
      guard case .refused = error else { throw error }
    }
    // Kernels without RTM_GETNETCONF for the family; this also tells of a missing interface.
    return Self.readForwarding(family, name: try interface(at: index).name)
  }

  /// Reads `/proc/sys/net`, which shows the namespace of the calling thread.
  private static func readForwarding(_ family: AddressFamily, name: String) -> Bool {
    let version = family == .ipv6 ? "ipv6" : "ipv4"
    let path = "/proc/sys/net/\(version)/conf/\(name)/forwarding"
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var digit: UInt8 = 0
    guard unsafe read(descriptor, &digit, 1) == 1 else { return false }
    return digit != UInt8(ascii: "0")
  }
}

/// `struct netconfmsg`, the head of `RTM_*NETCONF`: one byte, the family.
enum ConfigurationMessage {
  static let byteCount = 1

  /// `NETCONFA_*`.
  enum Attribute {
    static let interfaceIndex: UInt16 = 1
    static let forwarding: UInt16 = 2
  }

  /// Whether the message tells of forwarding, and what.
  static func forwarding(
    _ message: borrowing NetlinkMessageView
  ) throws(NetlinkFormatError) -> Bool? {
    try message.require(byteCount)
    var attributes = message.attributes(after: byteCount)
    while let attribute = try attributes.next() {
      guard attribute.type == Attribute.forwarding else { continue }
      return try attribute.integer(Int32.self) != 0
    }
    return nil
  }
}

extension NetlinkRefusal {
  /// Whether the kernel was built or booted without the family.
  fileprivate var isFamilyMissing: Bool {
    errno == EOPNOTSUPP || errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT
  }
}

extension NetlinkRequest {
  /// Appends `struct rtmsg`.
  mutating func routeHeader(
    family: AddressFamily, destinationLength: Int = 0, table: UInt8 = 0, protocol: UInt8 = 0,
    scope: AddressScope = .universe, kind: RouteKind? = nil, flags: UInt32 = 0
  ) {
    structure { request in
      request.append(family.rawValue)
      request.append(UInt8(clamping: destinationLength))
      request.append(UInt16(0))
      request.append(table)
      request.append(`protocol`)
      request.append(scope.rawValue)
      request.append(kind?.rawValue ?? 0)
      request.append(flags)
    }
  }
}
