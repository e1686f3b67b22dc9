public import LinkLayer

/// An IP address of an interface (`RTM_NEWADDR`).
public struct InterfaceAddress: Hashable, Sendable {
  /// The interface that has the address.
  public var interfaceIndex: Int32
  /// The address.
  public var address: IPAddress
  /// The length of the subnet's prefix, in bits.
  public var prefixLength: Int
  /// The other end of a point-to-point link, when it is told.
  public var peer: IPAddress?
  /// The subnet's broadcast address (IPv4 only).
  public var broadcast: IPAddress?
  /// How far the address is valid.
  public var scope: AddressScope
  /// `IFA_F_*`.
  public var flags: AddressFlags
  /// The label (IPv4 only): the interface's name, or an alias such as "eth0:1".
  public var label: String?

  /// Describes an address as `KernelTables.add(_:)` takes it: permanent and of global scope.
  public init(
    interfaceIndex: Int32, address: IPAddress, prefixLength: Int,
    scope: AddressScope = .universe, flags: AddressFlags = [.permanent]
  ) {
    self.interfaceIndex = interfaceIndex
    self.address = address
    self.prefixLength = prefixLength
    self.scope = scope
    self.flags = flags
  }

  /// Whether duplicate address detection is still under way: the address must not be used yet
  /// (RFC 4862 section 5.4).
  public var isTentative: Bool { flags.contains(.tentative) }
  /// Whether new conversations should choose another address (RFC 4862 section 5.5.4).
  public var isDeprecated: Bool { flags.contains(.deprecated) }
  /// Whether the address has no lifetime.
  public var isPermanent: Bool { flags.contains(.permanent) }
  /// Whether another host has the address (RFC 4862 section 5.4.5).
  public var isDADFailed: Bool { flags.contains(.duplicate) }
}

/// The flags of an address (`IFA_F_*`).
public struct AddressFlags: OptionSet, Hashable, Sendable {
  /// The bits of `IFA_FLAGS`.
  public var rawValue: UInt32

  /// The flags with these bits.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// IPv4: not the first address of its subnet. IPv6: temporary (RFC 8981).
  public static let secondary = AddressFlags(rawValue: 0x01)
  /// No duplicate address detection.
  public static let noDuplicateDetection = AddressFlags(rawValue: 0x02)
  /// May be used while tentative (RFC 4429).
  public static let optimistic = AddressFlags(rawValue: 0x04)
  /// Duplicate address detection found another owner.
  public static let duplicate = AddressFlags(rawValue: 0x08)
  /// Not to be chosen for new conversations.
  public static let deprecated = AddressFlags(rawValue: 0x20)
  /// Duplicate address detection is under way.
  public static let tentative = AddressFlags(rawValue: 0x40)
  /// Has no lifetime.
  public static let permanent = AddressFlags(rawValue: 0x80)
  /// The kernel made no route for the address's prefix.
  public static let noPrefixRoute = AddressFlags(rawValue: 0x200)
}

/// How far an address or a route is valid (`RT_SCOPE_*`).
public struct AddressScope: RawRepresentable, Hashable, Sendable {
  /// The number of the scope; a greater one is narrower.
  public var rawValue: UInt8

  /// The scope with this number, known or not.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Everywhere.
  public static let universe = AddressScope(rawValue: 0)
  /// Within the site.
  public static let site = AddressScope(rawValue: 200)
  /// On this link.
  public static let link = AddressScope(rawValue: 253)
  /// Within this host.
  public static let host = AddressScope(rawValue: 254)
}
