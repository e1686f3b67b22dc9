public import LinkLayer
internal import Links

/// What moves from one owner to the other, and how fresh the client's knowledge is.
public enum FailoverScenario: String, CaseIterable, Hashable, Sendable {
  /// An IPv4 address moves; the client's neighbour entry is older than `locktime`.
  case address
  /// The same, with an entry younger than `locktime` (1 s), which keeps Linux from believing some
  /// forms of gratuitous ARP.
  case locktime
  /// An address and its VRRP virtual MAC move: neighbour entries stay right, and the switch's table
  /// is wrong.
  case virtualMAC = "vrrp-mac"
  /// An IPv6 address moves.
  case ipv6

  /// The service address of the scenario.
  public var serviceAddress: IPAddress {
    self == .ipv6 ? LaboratoryNetwork.serviceAddress6 : LaboratoryNetwork.serviceAddress
  }

  /// The client's address of the same family.
  public var clientAddress: IPAddress {
    self == .ipv6 ? LaboratoryNetwork.clientAddress6 : LaboratoryNetwork.clientAddress
  }

  /// Whether the network of the scenario speaks IPv6.
  public var usesIPv6: Bool { self == .ipv6 }

  /// The interface that announces: the macvlan that carries the virtual MAC, or the port itself.
  public var announcingInterface: String {
    self == .virtualMAC ? "vmac0" : LaboratoryHost.interfaceName
  }

  /// RFC 5798, section 7.3, for virtual router 51.
  static let virtualRouterAddress = HardwareAddress(MACAddress(rawValue: 0x0000_5e00_0133))

  private var prefixLength: Int { self == .ipv6 ? 64 : self == .virtualMAC ? 32 : 24 }

  /// What a host needs before it can own the service.
  func prepare(_ host: LaboratoryHost) throws(LaboratoryError) {
    guard self == .virtualMAC else { return }
    // Weak host model: without these the port would answer for the macvlan's address.
    for parameter in ["arp_ignore", "arp_announce"] {
      try host.setParameter("ipv4/conf/all/\(parameter)", parameter == "arp_ignore" ? "1" : "2")
    }
    try host.setParameter("ipv4/conf/all/rp_filter", "0")
    try host.setParameter("ipv4/conf/\(LaboratoryHost.interfaceName)/rp_filter", "0")
  }

  /// Makes `host` the owner of the service.
  func assign(to host: LaboratoryHost) throws(LaboratoryError) {
    if self == .virtualMAC {
      let lower = try host.interface().index
      try asLaboratory {
        try host.tables.createMACVLAN(
          announcingInterface, above: lower, hardwareAddress: Self.virtualRouterAddress)
      }
      try host.setParameter("ipv4/conf/\(announcingInterface)/rp_filter", "0")
      try host.setUp(announcingInterface)
    }
    try host.add(serviceAddress, length: prefixLength, on: announcingInterface)
  }

  /// Takes the service from `host`.
  func withdraw(from host: LaboratoryHost) throws(LaboratoryError) {
    guard self == .virtualMAC else {
      return try host.remove(serviceAddress, length: prefixLength)
    }
    let index = try host.interface(announcingInterface).index
    try asLaboratory { try host.tables.deleteInterface(index) }
  }

  /// The hardware address by which `host` carries the service.
  func hardwareAddress(of host: LaboratoryHost) throws(LaboratoryError) -> HardwareAddress {
    self == .virtualMAC ? Self.virtualRouterAddress : try host.interface().hardwareAddress
  }
}
