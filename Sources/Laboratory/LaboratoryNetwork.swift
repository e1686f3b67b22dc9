internal import Glibc
public import LinkLayer
internal import Links
internal import Synchronization

/// Two owners and a client on one switch: four network namespaces, three veth pairs, one bridge.
///
/// ```
///   a  eth0 ── port-a ┐
///   b  eth0 ── port-b ┼ switch0 (bridge)
///   client eth0 ─ port-client ┘
/// ```
/// Names carry the process identifier and a number, so that laboratories can stand side by side and
/// one that was left behind by a crash is known and taken down by the next.
public final class LaboratoryNetwork {
  /// The host that has the service address first.
  public let ownerA: LaboratoryHost
  /// The host that takes it over.
  public let ownerB: LaboratoryHost
  /// The host that uses it, and the default gateway of the owners.
  public let client: LaboratoryHost
  /// The host that is nothing but a bridge.
  public let switchHost: LaboratoryHost

  /// The client's IPv4 address, in 192.0.2.0/24 (RFC 5737).
  public static let clientAddress = IPAddress.v4(IPv4Address(rawValue: 0xC000_0201))
  /// The service's IPv4 address.
  public static let serviceAddress = IPAddress.v4(IPv4Address(rawValue: 0xC000_0264))
  /// The client's IPv6 address, in 2001:db8::/64 (RFC 3849).
  public static let clientAddress6 = IPAddress.v6(
    IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x1))
  /// The service's IPv6 address.
  public static let serviceAddress6 = IPAddress.v6(
    IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x100))

  static let namePrefix = "crimp-lab-"
  static let bridgeName = "switch0"

  /// How many this process has built.
  private static let count = Atomic(0)

  private let names: [String]
  private var isStanding = true

  /// Builds the network; needs root.
  ///
  /// - Parameter usesIPv6: whether the hosts speak IPv6. Without it none of its chatter teaches the
  ///   switch what a test wants to see taught by an announcement.
  public init(usesIPv6: Bool) throws(LaboratoryError) {
    try Self.removeLeftovers()
    let number = Self.count.add(1, ordering: .relaxed).newValue
    let prefix = "\(Self.namePrefix)\(getpid())-\(number)-"
    names = ["switch", "a", "b", "client"].map { prefix + $0 }
    do throws(LaboratoryError) {
      switchHost = try LaboratoryHost(role: "switch", namespaceName: names[0])
      ownerA = try LaboratoryHost(role: "a", namespaceName: names[1])
      ownerB = try LaboratoryHost(role: "b", namespaceName: names[2])
      client = try LaboratoryHost(role: "client", namespaceName: names[3])
      try connect(usesIPv6: usesIPv6)
    } catch {
      Self.remove(names)
      throw error
    }
  }

  deinit { remove() }

  /// Takes the network down. Doing so again does nothing.
  public func remove() {
    guard isStanding else { return }
    isStanding = false
    Self.remove(names)
  }

  /// The port behind which the switch believes `address` to be: "port-a", or nil when it floods.
  public func port(of address: HardwareAddress) throws(LaboratoryError) -> String? {
    let bridge = try switchHost.interface(Self.bridgeName)
    return try asLaboratory {
      let entry = try switchHost.tables.forwardingEntry(for: address, of: bridge.index)
      return try entry.map { try switchHost.tables.interface(at: $0.portIndex).name }
    }
  }

  private func connect(usesIPv6: Bool) throws(LaboratoryError) {
    for host in [switchHost, ownerA, ownerB, client] {
      let disabled = host === switchHost || !usesIPv6
      try host.setParameter("ipv6/conf/all/disable_ipv6", disabled ? "1" : "0")
      try host.setParameter("ipv6/conf/default/disable_ipv6", disabled ? "1" : "0")
      try host.setParameter("ipv6/conf/default/accept_dad", "0")
    }
    try asLaboratory { try switchHost.tables.createBridge(Self.bridgeName) }
    let bridge = try switchHost.interface(Self.bridgeName).index
    for (number, host) in [client, ownerA, ownerB].enumerated() {
      let port = "port-\(host.role)"
      try asLaboratory {
        let namespace = try NetworkNamespace(host.namespaceName)
        try switchHost.tables.createPair(
          port, peer: LaboratoryHost.interfaceName, in: namespace)
        try switchHost.tables.setMaster(
          bridge, of: try switchHost.tables.interface(named: port).index)
      }
      try switchHost.setUp(port)
      try host.setUp(LaboratoryHost.interfaceName)
      // .1 is the client, .2 and .3 the owners.
      try host.add(.v4(IPv4Address(rawValue: 0xC000_0201 + UInt32(number))), length: 24)
      guard usesIPv6 else { continue }
      try host.add(
        .v6(IPv6Address(high: 0x2001_0db8_0000_0000, low: 1 + UInt64(number))), length: 64)
    }
    try switchHost.setUp(Self.bridgeName)
    try giveDefaultRoutes(usesIPv6: usesIPv6)
    for host in [client, ownerA, ownerB] {
      try waitForCarrier(of: host, LaboratoryHost.interfaceName)
      try waitForCarrier(of: switchHost, "port-\(host.role)")
    }
  }

  /// A cable that was plugged in has its carrier a moment later: the kernel tells of it once a second
  /// at worst, and a port of a switch passes no frame before.
  private func waitForCarrier(
    of host: LaboratoryHost, _ name: String
  ) throws(LaboratoryError) {
    for _ in 0..<10000 {
      let interface = try host.interface(name)
      if interface.hasCarrier, interface.isRunning { return }
      usleep(1000)
    }
  }

  private func giveDefaultRoutes(usesIPv6: Bool) throws(LaboratoryError) {
    for host in [ownerA, ownerB] {
      let index = try host.interface().index
      try asLaboratory {
        try host.tables.add(
          Route(
            family: .ipv4, destination: nil, gateway: Self.clientAddress, interfaceIndex: index))
        if usesIPv6 {
          try host.tables.add(
            Route(
              family: .ipv6, destination: nil, gateway: Self.clientAddress6, interfaceIndex: index))
        }
      }
    }
  }

  /// Takes down the laboratories of processes that are no more.
  private static func removeLeftovers() throws(LaboratoryError) {
    let names = try asLaboratory { try NetworkNamespace.names() }
    remove(
      names.filter { name in
        guard name.hasPrefix(namePrefix) else { return false }
        let parts = name.dropFirst(namePrefix.count).split(separator: "-")
        guard let first = parts.first, let process = pid_t(first) else { return false }
        return kill(process, 0) != 0 && errno == ESRCH
      })
  }

  private static func remove(_ names: [String]) {
    // What is gone already, or was never made, needs no removal.
    for name in names { try? NetworkNamespace.delete(name) }
  }
}
