public import LinkLayer

/// An entry of the kernel's neighbour tables, ARP's or NDP's (`RTM_NEWNEIGH`).
public struct Neighbor: Hashable, Sendable {
  /// The interface on which the neighbour is.
  public var interfaceIndex: Int32
  /// The neighbour's IP address.
  public var address: IPAddress
  /// The neighbour's link-layer address, when it is known.
  public var hardwareAddress: HardwareAddress?
  /// The state of the entry.
  public var state: NeighborState
  /// `NTF_*`.
  public var flags: NeighborFlags

  /// Describes an entry as `KernelTables.set(_:)` takes it: permanent.
  public init(
    interfaceIndex: Int32, address: IPAddress, hardwareAddress: HardwareAddress?,
    state: NeighborState = .permanent, flags: NeighborFlags = []
  ) {
    self.interfaceIndex = interfaceIndex
    self.address = address
    self.hardwareAddress = hardwareAddress
    self.state = state
    self.flags = flags
  }

  /// Whether the neighbour says that it is a router (IPv6 only, RFC 4861 section 4.4).
  public var isRouter: Bool { flags.contains(.router) }
  /// Whether this host answers for the address.
  public var isProxy: Bool { flags.contains(.proxy) }
}

/// The state of a neighbour entry (`NUD_*`, RFC 4861 section 7.3.2). At most one bit is set.
public struct NeighborState: OptionSet, Hashable, Sendable {
  /// The bits of `ndm_state`.
  public var rawValue: UInt16

  /// The state with these bits.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Being resolved for the first time.
  public static let incomplete = NeighborState(rawValue: 0x01)
  /// Known to be reachable a short while ago.
  public static let reachable = NeighborState(rawValue: 0x02)
  /// Not known to be reachable; is used until it is.
  public static let stale = NeighborState(rawValue: 0x04)
  /// Used, and to be probed soon.
  public static let delay = NeighborState(rawValue: 0x08)
  /// Being probed.
  public static let probe = NeighborState(rawValue: 0x10)
  /// Did not answer.
  public static let failed = NeighborState(rawValue: 0x20)
  /// Needs no resolution: groups, and interfaces without ARP.
  public static let noARP = NeighborState(rawValue: 0x40)
  /// Set by the administrator.
  public static let permanent = NeighborState(rawValue: 0x80)
}

extension NeighborState: CustomStringConvertible {
  /// The name that `ip neigh` prints, such as "REACHABLE".
  public var description: String {
    switch self {
    case []: "NONE"
    case .incomplete: "INCOMPLETE"
    case .reachable: "REACHABLE"
    case .stale: "STALE"
    case .delay: "DELAY"
    case .probe: "PROBE"
    case .failed: "FAILED"
    case .noARP: "NOARP"
    case .permanent: "PERMANENT"
    default: "0x" + String(rawValue, radix: 16)
    }
  }
}

/// The flags of a neighbour or forwarding entry (`NTF_*`).
public struct NeighborFlags: OptionSet, Hashable, Sendable {
  /// The bits of `ndm_flags`.
  public var rawValue: UInt8

  /// The flags with these bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// In use.
  public static let use = NeighborFlags(rawValue: 0x01)
  /// Forwarding: an entry of the interface itself.
  public static let own = NeighborFlags(rawValue: 0x02)
  /// Forwarding: an entry of the bridge above the interface.
  public static let master = NeighborFlags(rawValue: 0x04)
  /// This host answers for the address.
  public static let proxy = NeighborFlags(rawValue: 0x08)
  /// Learned by a program, not by the kernel.
  public static let externallyLearned = NeighborFlags(rawValue: 0x10)
  /// Forwarding: does not move to another port.
  public static let sticky = NeighborFlags(rawValue: 0x40)
  /// The neighbour is a router.
  public static let router = NeighborFlags(rawValue: 0x80)
}

/// An entry of a bridge's forwarding table: behind which port a link-layer address is.
public struct ForwardingEntry: Hashable, Sendable {
  /// The address.
  public var hardwareAddress: HardwareAddress
  /// The port behind which it is; the bridge itself for its own addresses.
  public var portIndex: Int32
  /// The bridge, when the entry is one of its table.
  public var bridgeIndex: Int32?
  /// The VLAN in which the entry holds, on bridges that filter VLANs.
  public var vlan: UInt16?
  /// `.permanent` for the host's own addresses, `.noARP` for static entries, `.reachable` or
  /// `.stale` for learned ones.
  public var state: NeighborState
  /// `NTF_*`.
  public var flags: NeighborFlags

  /// Describes an entry.
  public init(
    hardwareAddress: HardwareAddress, portIndex: Int32, bridgeIndex: Int32? = nil,
    vlan: UInt16? = nil, state: NeighborState, flags: NeighborFlags = []
  ) {
    self.hardwareAddress = hardwareAddress
    self.portIndex = portIndex
    self.bridgeIndex = bridgeIndex
    self.vlan = vlan
    self.state = state
    self.flags = flags
  }

  /// Whether the bridge learned the entry from a frame.
  public var isLearned: Bool { state == .reachable || state == .stale }
}
