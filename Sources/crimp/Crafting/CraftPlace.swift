import Crafting
import LinkLayer
import Links

/// Where crafted frames are sent, and what they take from there.
struct CraftPlace {
  let properties: LinkProperties
  private let tables: KernelTables
  private let surroundings: CraftSurroundings

  init(interface name: String, namespace: String?) throws(CommandFailure) {
    if let namespace { try Station.enter(namespace) }
    let (tables, interface, addresses) = try worded { () throws(NetlinkError) in
      let tables = try KernelTables()
      let interface = try tables.interface(named: name)
      return (tables, interface, try tables.addresses(of: interface.index))
    }
    guard interface.isUp else { throw CommandFailure(LinkError.interfaceDown(name)) }
    properties = LinkProperties(interface)
    guard let station = interface.hardwareAddress.macAddress else {
      throw CommandFailure(LinkError.unsupportedHardware(name))
    }
    self.tables = tables
    var surroundings = CraftSurroundings()
    surroundings.source = station
    surroundings.destination = nil
    for entry in addresses where !entry.isDADFailed {
      switch entry.address {
      case .v4(let address): surroundings.ipv4 = surroundings.ipv4 ?? address
      case .v6(let address):
        // An address that reaches farther is preferred to a link-local one.
        if surroundings.ipv6.map({ $0.isLinkLocal }) ?? true { surroundings.ipv6 = address }
      }
    }
    self.surroundings = surroundings
  }

  /// What `frame` takes from here: the station of its destination too, or of the router on the way.
  func surroundings(for frame: CraftedFrame) throws(CommandFailure) -> CraftSurroundings {
    var surroundings = surroundings
    guard let address = FrameAssembler().unresolvedDestination(of: frame) else {
      return surroundings
    }
    let hop = try worded { () throws(NetlinkError) in
      try tables.route(to: address).flatMap { route in
        route.interfaceIndex == properties.interfaceIndex ? route.gateway : nil
      } ?? address
    }
    let neighbor = try worded { () throws(NetlinkError) in
      try tables.neighbor(hop, on: properties.interfaceIndex)
    }
    guard let station = neighbor?.hardwareAddress?.macAddress else {
      throw CommandFailure(
        .unavailable,
        "\(hop) is not among the neighbours of \(properties.name): expected eth dst=…, "
          + "or `crimp ping \(hop)` before")
    }
    surroundings.destination = station
    return surroundings
  }
}
