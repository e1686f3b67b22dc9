public import LinkLayer

/// A route to a network, or the kernel's answer to a look-up (`RTM_NEWROUTE`).
///
/// A route over several gateways is told as one `Route` for each of them.
public struct Route: Hashable, Sendable {
  /// The network; `nil` is everything (a default route).
  public var destination: IPPrefix?
  /// The router, `nil` when the destination is on the link. An IPv4 route may go over an IPv6
  /// router (RFC 5549).
  public var gateway: IPAddress?
  /// The interface by which packets leave; `nil` for routes that lead nowhere.
  public var interfaceIndex: Int32?
  /// The source address that the kernel prefers for packets that it sends this way.
  public var preferredSource: IPAddress?
  /// The priority; the lower is preferred.
  public var metric: UInt32
  /// The routing table: 254 is the main one, 255 holds the local addresses.
  public var table: UInt32
  /// What becomes of packets.
  public var kind: RouteKind
  /// The family of the destination, which `destination` does not tell of a default route.
  public var family: AddressFamily

  /// Describes a unicast route of the main table.
  public init(
    family: AddressFamily, destination: IPPrefix?, gateway: IPAddress?, interfaceIndex: Int32?,
    preferredSource: IPAddress? = nil, metric: UInt32 = 0, table: UInt32 = Route.mainTable,
    kind: RouteKind = .unicast
  ) {
    self.family = family
    self.destination = destination
    self.gateway = gateway
    self.interfaceIndex = interfaceIndex
    self.preferredSource = preferredSource
    self.metric = metric
    self.table = table
    self.kind = kind
  }

  /// `RT_TABLE_MAIN`.
  public static let mainTable: UInt32 = 254
}

/// What becomes of packets that take a route (`RTN_*`).
public struct RouteKind: RawRepresentable, Hashable, Sendable {
  /// The number in `rtm_type`.
  public var rawValue: UInt8

  /// The kind with this number, known or not.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Go to a gateway or to the destination on the link.
  public static let unicast = RouteKind(rawValue: 1)
  /// Are for this host.
  public static let local = RouteKind(rawValue: 2)
  /// Go to every host of the link.
  public static let broadcast = RouteKind(rawValue: 3)
  /// Are for the nearest of several hosts.
  public static let anycast = RouteKind(rawValue: 4)
  /// Go to a group.
  public static let multicast = RouteKind(rawValue: 5)
  /// Are dropped silently.
  public static let blackhole = RouteKind(rawValue: 6)
  /// Are dropped; the sender is told that the destination is unreachable.
  public static let unreachable = RouteKind(rawValue: 7)
  /// Are dropped; the sender is told that an administrator forbids them.
  public static let prohibit = RouteKind(rawValue: 8)
}
