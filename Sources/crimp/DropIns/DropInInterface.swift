internal import LinkLayer
internal import Links

/// The interface of a drop-in, with its name as the command line gave it: an alias (`eth0:1`)
/// stands for the addresses that carry it as their label.
struct DropInInterface {
  /// The name that was asked for.
  var name: String
  /// What the kernel says of the interface.
  var interface: Interface
  /// The tables that it came from.
  var tables: KernelTables

  /// Looks the interface up; nil when there is none of this name.
  init?(_ name: String, in tables: KernelTables) {
    let base = name.prefix { $0 != ":" }
    guard let interface = try? tables.interface(named: String(base)) else { return nil }
    (self.name, self.interface, self.tables) = (name, interface, tables)
  }

  /// Takes an interface that was found already.
  init(_ interface: Interface, in tables: KernelTables) {
    (self.name, self.interface, self.tables) = (interface.name, interface, tables)
  }

  /// The first IPv4 address, as SIOCGIFADDR tells it.
  var address: IPv4Address? {
    let entries = (try? tables.addresses(of: interface.index)) ?? []
    for entry in entries {
      guard case .v4(let address) = entry.address else { continue }
      if entry.label == nil || entry.label == name { return address }
    }
    return nil
  }

  /// The IPv6 address that the kernel would choose for a packet to a group on the link.
  var linkLocalAddress: IPv6Address? {
    let entries = (try? tables.addresses(of: interface.index)) ?? []
    for entry in entries where !entry.isTentative {
      if case .v6(let address) = entry.address, address.isLinkLocal { return address }
    }
    return nil
  }

  private var properties: LinkProperties {
    LinkProperties(
      name: interface.name, interfaceIndex: interface.index, hardwareType: interface.hardwareType,
      hardwareAddress: interface.hardwareAddress, broadcastAddress: interface.broadcastAddress,
      mtu: interface.mtu)
  }

  /// How frames look on the interface.
  var framing: LinkFraming { properties.framing }

  /// A link that only sends: a frame leaves some 20 µs later.
  func openSender() throws(LinkError) -> PacketSocketLink {
    try PacketSocketLink(properties, .sendOnly, options: Self.options())
  }

  /// A link that sends and hears what `filter` takes.
  func open(hearing filter: SocketFilter, promiscuously: Bool = false) throws(LinkError)
    -> PacketSocketLink
  {
    try PacketSocketLink(
      properties, .sendAndReceive(filter),
      options: Self.options(promiscuously: promiscuously))
  }

  /// The originals send where there is no carrier, and report success.
  private static func options(promiscuously: Bool = false) -> PacketSocketLink.Options {
    var options = PacketSocketLink.Options()
    options.checksCarrier = false
    options.isPromiscuous = promiscuously
    return options
  }
}
