import Links

extension LinkPlace {
  /// `settings` with the interface that has the default gateway, else the first that is up and has an
  /// address: for commands that are about a link as a whole.
  static func settingsOfMainInterface(
    _ settings: LinkSettings
  ) throws(CommandFailure) -> LinkSettings {
    var settings = settings
    if let namespace = settings.namespace { try Station.enter(namespace) }
    settings.namespace = nil
    settings.interface = try worded { () throws(NetlinkError) in
      let tables = try KernelTables()
      let addressed = Set(try tables.addresses().map(\.interfaceIndex))
      let candidates = try tables.interfaces().filter {
        $0.isUp && $0.usesNeighborDiscovery && addressed.contains($0.index)
      }
      for interface in candidates where try !tables.defaultGateways(of: interface.index).isEmpty {
        return interface.name
      }
      return candidates.first?.name
    }
    guard settings.interface != nil else {
      throw CommandFailure(
        .unavailable, "no interface is up and has an address: name one with --interface")
    }
    return settings
  }
}
