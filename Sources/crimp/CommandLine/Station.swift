import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime

/// The interface that a command works on, and what the kernel knows around it.
final class Station {
  private(set) var interface: Interface
  let tables: KernelTables
  /// Who this host is on the link.
  let identity: LinkIdentity

  /// Finds the interface that `settings` name or, without a name, the one that `addresses` belong to.
  ///
  /// Enters the namespace of `settings` first, for good.
  static func find(
    _ settings: LinkSettings, for addresses: [IPAddress]
  ) throws(CommandFailure) -> Station {
    if let namespace = settings.namespace { try enter(namespace) }
    let found = try worded { () throws(NetlinkError) -> Station? in
      let tables = try KernelTables()
      if let name = settings.interface {
        return Station(interface: try interface(named: name, tables), tables: tables)
      }
      guard let index = try sharedInterface(of: addresses, tables) else { return nil }
      return Station(interface: try tables.interface(at: index), tables: tables)
    }
    guard let found else { throw noSharedInterface(of: addresses) }
    return found
  }

  /// A plain interface at work is told by ioctl, which is quicker; the tables know all the others,
  /// and why one is not at work.
  private static func interface(
    named name: String, _ tables: KernelTables
  ) throws(NetlinkError) -> Interface {
    if let interface = Interface(ethernet: name), interface.isUp, interface.isRunning {
      return interface
    }
    return try tables.interface(named: name)
  }

  private init(interface: Interface, tables: KernelTables) {
    self.interface = interface
    self.tables = tables
    identity = LinkIdentity(
      hardwareType: interface.hardwareType, hardwareAddress: interface.hardwareAddress,
      broadcastAddress: interface.broadcastAddress)
  }

  static func enter(_ namespace: String) throws(CommandFailure) {
    do throws(SystemError) {
      try NetworkNamespace.enter(namespace)
    } catch {
      throw CommandFailure(
        error.errno == EPERM || error.errno == EACCES ? .noPermission : .unavailable,
        "--netns \(namespace): \(error); expected a name in \(NetworkNamespace.directory) or a path"
      )
    }
  }

  /// The one interface on which all `addresses` live, or by which the kernel would reach them.
  private static func sharedInterface(
    of addresses: [IPAddress], _ tables: KernelTables
  ) throws(NetlinkError) -> Int32? {
    let hostAddresses = try tables.addresses()
    var found: Int32?
    for address in addresses {
      let home = hostAddresses.first { $0.address == address }?.interfaceIndex
      let route = home == nil ? try tables.route(to: address) : nil
      // An interface that is down has no routes: another would be taken, or none.
      if home == nil, route == nil || route?.gateway != nil,
        let down = try downInterface(near: address, hostAddresses, tables)
      {
        return down
      }
      guard let index = home ?? route?.interfaceIndex else { return nil }
      guard found == nil || found == index else { return nil }
      found = index
    }
    return found
  }

  /// The interface that is down and has an address in the network of `address`.
  private static func downInterface(
    near address: IPAddress, _ hostAddresses: [InterfaceAddress], _ tables: KernelTables
  ) throws(NetlinkError) -> Int32? {
    for entry in hostAddresses {
      let network = IPPrefix(address: entry.address, length: entry.prefixLength)
      guard network?.contains(address) == true else { continue }
      let interface = try tables.interface(at: entry.interfaceIndex)
      if !interface.isUp { return interface.index }
    }
    return nil
  }

  private static func noSharedInterface(of addresses: [IPAddress]) -> CommandFailure {
    let list = addresses.prefix(3).map(\.description).joined(separator: ", ")
    return CommandFailure(
      .unavailable, "no single interface for \(list): name one with --interface")
  }

  /// Refuses an interface on which a frame would be lost without a word. A carrier that is still
  /// being negotiated is waited for, up to `limit`.
  func requireCarrier(within limit: Duration = .zero) throws(CommandFailure) {
    if limit > .zero { try awaitCarrier(until: .monotonicNow + limit) }
    if !interface.isUp { throw CommandFailure(LinkError.interfaceDown(interface.name)) }
    if interface.isLoopback || !interface.usesNeighborDiscovery {
      let remedy = interface.isLoopback ? "; name the interface of the network by --interface" : ""
      throw CommandFailure(
        .unavailable,
        "interface \(interface.name) does not use ARP: there is nobody to tell\(remedy)")
    }
    guard !interface.hasCarrier else { return }
    guard limit > .zero else { throw CommandFailure(LinkError.noCarrier(interface.name)) }
    throw CommandFailure(
      .unavailable, "interface \(interface.name) has still no carrier at the end of --wait")
  }

  /// Looks again until frames would leave: the kernel passes a carrier on to the operational state a
  /// little later.
  private func awaitCarrier(until deadline: Instant) throws(CommandFailure) {
    while interface.isUp, interface.usesNeighborDiscovery,
      !(interface.hasCarrier && interface.isRunning), .monotonicNow < deadline
    {
      usleep(10_000)
      interface = try worded { () throws(NetlinkError) in
        try tables.interface(at: interface.index)
      }
    }
  }

  /// The addresses of all interfaces of this host, as they are now.
  var hostAddresses: [InterfaceAddress] {
    get throws(CommandFailure) {
      try worded { () throws(NetlinkError) in try tables.addresses() }
    }
  }
}

extension Station {
  /// The default gateways by way of this interface, the preferred first.
  func gateways() throws(CommandFailure) -> [NeighborTarget] {
    try worded { () throws(NetlinkError) -> [NeighborTarget] in
      var gateways: [NeighborTarget] = []
      for index in try segment() {
        gateways += try tables.defaultGateways(of: index).compactMap(\.gateway)
          .map { NeighborTarget(address: $0) }
      }
      return gateways
    }
  }

  /// The addresses of the interface, without those that duplicate address detection has refused.
  var usableAddresses: [IPAddress] {
    get throws(CommandFailure) {
      try hostAddresses.filter { $0.interfaceIndex == interface.index && !$0.isDADFailed }
        .map(\.address)
    }
  }

  /// The hardware addresses of all interfaces of this host.
  func ownHardwareAddresses() throws(CommandFailure) -> Set<HardwareAddress> {
    try worded { () throws(NetlinkError) in
      Set(try tables.interfaces().filter { !$0.isLoopback }.map(\.hardwareAddress))
    }
  }

  /// Whether the interface forwards IPv6.
  func forwardsIPv6() throws(CommandFailure) -> Bool {
    try worded { () throws(NetlinkError) in
      try tables.isForwarding(.ipv6, on: interface.index)
    }
  }

  /// The neighbours that the kernel has an address for.
  func neighbors() throws(CommandFailure) -> [NeighborTarget] {
    try worded { () throws(NetlinkError) -> [NeighborTarget] in
      var neighbors: [NeighborTarget] = []
      for index in try segment() {
        for entry in try tables.neighbors(of: index) {
          guard let address = entry.hardwareAddress,
            entry.state.isDisjoint(with: [.failed, .noARP])
          else { continue }
          neighbors.append(NeighborTarget(address: entry.address, hardwareAddress: address))
        }
      }
      return neighbors
    }
  }

  /// The networks of the interface: those in which its neighbours are, too.
  func networks() throws(CommandFailure) -> [IPPrefix] {
    let segment = try worded { () throws(NetlinkError) -> [Int32] in try self.segment() }
    return try hostAddresses.filter { segment.contains($0.interfaceIndex) }
      .compactMap { IPPrefix(address: $0.address, length: $0.prefixLength) }
  }

  /// The interface, and the one below that speaks on the same network: a macvlan has the neighbours and
  /// the gateways of the interface that it stands on, which the kernel knows by that one.
  private func segment() throws(NetlinkError) -> [Int32] {
    let known = try tables.interface(at: interface.index)
    guard known.isMACVLAN, let below = known.linkIndex else { return [known.index] }
    return [known.index, below]
  }
}

extension Interface {
  /// Whether this is an interface with a hardware address of its own on the network of another one of
  /// this namespace, as keepalived makes for `use_vmac`.
  var isMACVLAN: Bool {
    kind == "macvlan" && linkIndex != nil && linkNamespace == nil
  }
}
