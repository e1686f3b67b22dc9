public import LinkLayer

/// What the kernel knows of a network interface (`RTM_NEWLINK`, `rtnetlink(7)`).
public struct Interface: Hashable, Sendable {
  /// The number by which the kernel names the interface within its namespace.
  public var index: Int32
  /// The name; at most 15 bytes.
  public var name: String
  /// Further names (`ip link property add altname`), up to 127 bytes each.
  public var alternativeNames: [String]
  /// The kind of hardware, as ARP names it (`ARPHRD_*`).
  public var hardwareType: HardwareType
  /// The link-layer address: 6 bytes on Ethernet, 20 on InfiniBand, none on tunnels.
  public var hardwareAddress: HardwareAddress
  /// The link-layer broadcast address. It is not all ones on InfiniBand.
  public var broadcastAddress: HardwareAddress
  /// The address burnt into the hardware, where the driver tells it.
  public var permanentAddress: HardwareAddress?
  /// The largest payload of a frame, in bytes, without the link-layer header.
  public var mtu: Int
  /// `IFF_*`.
  public var flags: InterfaceFlags
  /// The state of RFC 2863, section 3.1.14.
  public var operationalState: OperationalState
  /// The driver's kind for virtual interfaces: "veth", "bridge", "macvlan", "vlan", "vrf".
  public var kind: String?
  /// The kind of interface that this one is a port of: "bridge", "bond", "vrf".
  public var portKind: String?
  /// The bridge, bond or VRF that this interface is a port of.
  public var masterIndex: Int32?
  /// The interface below (VLAN, macvlan) or at the other end (veth).
  public var linkIndex: Int32?
  /// The identifier of the namespace in which `linkIndex` counts, when it is not this one.
  public var linkNamespace: Int32?
  /// The VLAN of an interface of kind "vlan".
  public var vlan: InterfaceVLAN?

  /// Describes an interface; what is not given is what a bare Ethernet interface has.
  public init(
    index: Int32, name: String, hardwareType: HardwareType, hardwareAddress: HardwareAddress,
    broadcastAddress: HardwareAddress, mtu: Int = 1500, flags: InterfaceFlags = [],
    operationalState: OperationalState = .unknown
  ) {
    self.index = index
    self.name = name
    alternativeNames = []
    self.hardwareType = hardwareType
    self.hardwareAddress = hardwareAddress
    self.broadcastAddress = broadcastAddress
    self.mtu = mtu
    self.flags = flags
    self.operationalState = operationalState
  }

  /// Whether the administrator has switched the interface on.
  public var isUp: Bool { flags.contains(.up) }
  /// Whether the driver has a carrier. Without one, frames are accepted and dropped.
  public var hasCarrier: Bool { flags.contains(.lowerUp) }
  /// Whether the interface is operational by RFC 2863.
  public var isRunning: Bool { flags.contains(.running) }
  /// Whether what is sent comes back to this host only.
  public var isLoopback: Bool { flags.contains(.loopback) }
  /// Whether the kernel resolves neighbours here by ARP and NDP.
  public var usesNeighborDiscovery: Bool { flags.isDisjoint(with: [.noARP, .loopback]) }
}

/// The VLAN of an interface that carries one.
public struct InterfaceVLAN: Hashable, Sendable {
  /// The VLAN identifier, 0 to 4094.
  public var identifier: UInt16
  /// The tag's protocol: 802.1Q or 802.1ad.
  public var tagProtocol: EtherType

  /// The VLAN `identifier` under `tagProtocol`.
  public init(identifier: UInt16, tagProtocol: EtherType = .vlan) {
    self.identifier = identifier
    self.tagProtocol = tagProtocol
  }
}

/// The flags of an interface (`IFF_*`, `netdevice(7)`).
public struct InterfaceFlags: OptionSet, Hashable, Sendable {
  /// The bits of `ifi_flags`.
  public var rawValue: UInt32

  /// The flags with these bits.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Switched on by the administrator.
  public static let up = InterfaceFlags(rawValue: 0x1)
  /// Has a broadcast address.
  public static let broadcast = InterfaceFlags(rawValue: 0x2)
  /// The loopback interface.
  public static let loopback = InterfaceFlags(rawValue: 0x8)
  /// A link of two ends.
  public static let pointToPoint = InterfaceFlags(rawValue: 0x10)
  /// Operational by RFC 2863.
  public static let running = InterfaceFlags(rawValue: 0x40)
  /// Does not resolve neighbours.
  public static let noARP = InterfaceFlags(rawValue: 0x80)
  /// Takes frames for every destination.
  public static let promiscuous = InterfaceFlags(rawValue: 0x100)
  /// A port of a bond.
  public static let slave = InterfaceFlags(rawValue: 0x800)
  /// Can send to groups.
  public static let multicast = InterfaceFlags(rawValue: 0x1000)
  /// The driver has a carrier.
  public static let lowerUp = InterfaceFlags(rawValue: 0x10000)
}

/// The operational state of an interface (`IF_OPER_*`, RFC 2863 section 3.1.14).
public struct OperationalState: RawRepresentable, Hashable, Sendable {
  /// The number in `IFLA_OPERSTATE`.
  public var rawValue: UInt8

  /// The state with this number, known or not.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The driver does not tell; the loopback interface and tunnels.
  public static let unknown = OperationalState(rawValue: 0)
  /// A part of the interface is missing.
  public static let notPresent = OperationalState(rawValue: 1)
  /// No carrier, or switched off.
  public static let down = OperationalState(rawValue: 2)
  /// The interface below is down.
  public static let lowerLayerDown = OperationalState(rawValue: 3)
  /// Under test.
  public static let testing = OperationalState(rawValue: 4)
  /// Waits for an event, as 802.1X authentication.
  public static let dormant = OperationalState(rawValue: 5)
  /// Carries traffic.
  public static let up = OperationalState(rawValue: 6)
}

extension OperationalState: CustomStringConvertible {
  /// The name that `ip link` prints, such as "UP" or "LOWERLAYERDOWN".
  public var description: String {
    switch self {
    case .unknown: "UNKNOWN"
    case .notPresent: "NOTPRESENT"
    case .down: "DOWN"
    case .lowerLayerDown: "LOWERLAYERDOWN"
    case .testing: "TESTING"
    case .dormant: "DORMANT"
    case .up: "UP"
    default: "\(rawValue)"
    }
  }
}
