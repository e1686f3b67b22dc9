import EventLoop
import Glibc
import LinkLayer
import Links
import Machines

/// The interface that a command works on, and what the kernel knows around it.
struct Station {
  let interface: Interface
  let tables: KernelTables
  /// The addresses of all interfaces of this host.
  let hostAddresses: [InterfaceAddress]
  /// Who this host is on the link.
  let identity: LinkIdentity

  /// Finds the interface that `settings` name or, without a name, the one that `addresses` belong to.
  ///
  /// Enters the namespace of `settings` first, for good.
  static func find(
    _ settings: LinkSettings, for addresses: [IPAddress]
  ) throws(CommandFailure) -> Station {
    if let namespace = settings.namespace { try enter(namespace) }
    do throws(NetlinkError) {
      let tables = try KernelTables()
      let hostAddresses = try tables.addresses()
      let interface: Interface
      if let name = settings.interface {
        interface = try tables.interface(named: name)
      } else {
        let index = try sharedInterface(of: addresses, hostAddresses, tables)
        guard let index else { throw NetlinkError.noSuchInterface("") }
        interface = try tables.interface(at: index)
      }
      return Station(interface: interface, tables: tables, hostAddresses: hostAddresses)
    } catch .noSuchInterface("") {
      throw noSharedInterface(of: addresses)
    } catch {
      throw CommandFailure(error)
    }
  }

  private init(interface: Interface, tables: KernelTables, hostAddresses: [InterfaceAddress]) {
    self.interface = interface
    self.tables = tables
    self.hostAddresses = hostAddresses
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
    of addresses: [IPAddress], _ hostAddresses: [InterfaceAddress], _ tables: KernelTables
  ) throws(NetlinkError) -> Int32? {
    var found: Int32?
    for address in addresses {
      let home = hostAddresses.first { $0.address == address }?.interfaceIndex
      let route = home == nil ? try tables.route(to: address) : nil
      guard let index = home ?? route?.interfaceIndex else { return nil }
      guard found == nil || found == index else { return nil }
      found = index
    }
    return found
  }

  private static func noSharedInterface(of addresses: [IPAddress]) -> CommandFailure {
    let list = addresses.prefix(3).map(\.description).joined(separator: ", ")
    return CommandFailure(
      .unavailable, "no single interface for \(list): name one with --interface")
  }

  /// Refuses an interface on which a frame would be lost without a word.
  func requireCarrier() throws(CommandFailure) {
    if !interface.isUp { throw CommandFailure(LinkError.interfaceDown(interface.name)) }
    if interface.isLoopback || !interface.usesNeighborDiscovery {
      throw CommandFailure(
        .unavailable, "interface \(interface.name) does not use ARP: there is nobody to tell")
    }
    if !interface.hasCarrier { throw CommandFailure(LinkError.noCarrier(interface.name)) }
  }

  /// Whether `address` is configured on any interface of this host.
  func owns(_ address: IPAddress) -> Bool {
    hostAddresses.contains { $0.address == address }
  }
}

extension Station {
  /// The default gateways by way of this interface, the preferred first.
  func gateways() throws(CommandFailure) -> [NeighborTarget] {
    try worded { () throws(NetlinkError) in
      try tables.defaultGateways(of: interface.index).compactMap(\.gateway)
        .map { NeighborTarget(address: $0) }
    }
  }

  /// The addresses of the interface, without those that duplicate address detection has refused.
  var usableAddresses: [IPAddress] {
    hostAddresses.filter { $0.interfaceIndex == interface.index && !$0.isDADFailed }.map(\.address)
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
    try worded { () throws(NetlinkError) in
      try tables.neighbors(of: interface.index).compactMap { entry in
        guard let address = entry.hardwareAddress, entry.state.isDisjoint(with: [.failed, .noARP])
        else { return nil }
        return NeighborTarget(address: entry.address, hardwareAddress: address)
      }
    }
  }

  /// How long a tentative address may take to be usable (RFC 4862 detection lasts about 1 s).
  private static let detectionLimit = 10.0

  /// Refuses addresses that are not this host's, and waits until duplicate address detection is
  /// done with those that are: an advertisement from a tentative address is forbidden (RFC 4862,
  /// section 5.4).
  func requireUsable(_ addresses: [IPAddress]) throws(CommandFailure) {
    let own = Dictionary(
      hostAddresses.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
    for address in addresses {
      guard let entry = own[address] else {
        throw CommandFailure(
          .unavailable,
          "\(address) is not an address of this host: expected one, or --force for another's")
      }
      guard !entry.isDADFailed else { throw Self.refused(address) }
    }
    guard addresses.contains(where: { own[$0]?.isTentative == true }) else { return }
    try waitForDetection(of: Set(addresses))
  }

  private static func refused(_ address: IPAddress) -> CommandFailure {
    CommandFailure(
      .unavailable, "\(address) failed duplicate address detection: another host has it")
  }

  /// Whether no address is tentative any more. The kernel keeps an address that was refused, or
  /// takes it away when it has a lifetime.
  private func isDetectionOver(of addresses: Set<IPAddress>) throws(CommandFailure) -> Bool {
    let entries = try worded { () throws(NetlinkError) in try tables.addresses() }
    let own = Dictionary(
      entries.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
    for address in addresses {
      guard let entry = own[address], !entry.isDADFailed else { throw Self.refused(address) }
    }
    return !addresses.contains { own[$0]?.isTentative == true }
  }

  private func waitForDetection(of addresses: Set<IPAddress>) throws(CommandFailure) {
    let interval = 0.01
    var waited = 0.0
    while waited < Self.detectionLimit {
      usleep(useconds_t(interval * 1e6))
      waited += interval
      if try isDetectionOver(of: addresses) { return }
    }
    throw CommandFailure(
      .unavailable, "duplicate address detection takes longer than \(Int(Self.detectionLimit)) s")
  }
}
