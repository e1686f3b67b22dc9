/// Which LAN parameter. IPMI 2.0, table 23-4.
public struct LANParameterNumber: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt8
  /// The parameter of this number.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Where a change of several parameters stands.
  public static let setInProgress = LANParameterNumber(rawValue: 0)
  /// Which authentication types there are.
  public static let authenticationSupport = LANParameterNumber(rawValue: 1)
  /// Which authentication types each level takes.
  public static let authenticationEnables = LANParameterNumber(rawValue: 2)
  /// The IPv4 address.
  public static let address = LANParameterNumber(rawValue: 3)
  /// Where the address is from.
  public static let addressSource = LANParameterNumber(rawValue: 4)
  /// The hardware address.
  public static let hardwareAddress = LANParameterNumber(rawValue: 5)
  /// The subnet mask.
  public static let subnetMask = LANParameterNumber(rawValue: 6)
  /// Time to live, flags, precedence and type of service.
  public static let ipHeader = LANParameterNumber(rawValue: 7)
  /// The first RMCP port.
  public static let primaryPort = LANParameterNumber(rawValue: 8)
  /// The second RMCP port.
  public static let secondaryPort = LANParameterNumber(rawValue: 9)
  /// Which ARP the controller speaks by itself.
  public static let arpControl = LANParameterNumber(rawValue: 10)
  /// How often it announces itself.
  public static let gratuitousARPInterval = LANParameterNumber(rawValue: 11)
  /// The default gateway's address.
  public static let defaultGateway = LANParameterNumber(rawValue: 12)
  /// The default gateway's hardware address.
  public static let defaultGatewayHardware = LANParameterNumber(rawValue: 13)
  /// The backup gateway's address.
  public static let backupGateway = LANParameterNumber(rawValue: 14)
  /// The backup gateway's hardware address.
  public static let backupGatewayHardware = LANParameterNumber(rawValue: 15)
  /// The SNMP community string of alerts.
  public static let communityString = LANParameterNumber(rawValue: 16)
  /// How many destinations alerts can have.
  public static let destinationCount = LANParameterNumber(rawValue: 17)
  /// A destination's kind.
  public static let destinationType = LANParameterNumber(rawValue: 18)
  /// A destination's addresses.
  public static let destinationAddresses = LANParameterNumber(rawValue: 19)
  /// The VLAN.
  public static let vlanID = LANParameterNumber(rawValue: 20)
  /// The VLAN's priority.
  public static let vlanPriority = LANParameterNumber(rawValue: 21)
  /// How many cipher suites there are.
  public static let cipherSuiteCount = LANParameterNumber(rawValue: 22)
  /// Which cipher suites there are.
  public static let cipherSuites = LANParameterNumber(rawValue: 23)
  /// The highest level that each cipher suite may reach.
  public static let cipherSuitePrivileges = LANParameterNumber(rawValue: 24)
  /// What wrong passwords lead to.
  public static let badPasswordThreshold = LANParameterNumber(rawValue: 26)
  /// Whether the controller has IPv6.
  public static let ipv6Support = LANParameterNumber(rawValue: 50)
  /// Which of IPv4 and IPv6 is enabled.
  public static let ipv6Enables = LANParameterNumber(rawValue: 51)
  /// A static IPv6 address.
  public static let ipv6StaticAddress = LANParameterNumber(rawValue: 56)
  /// An IPv6 address that the controller learnt.
  public static let ipv6DynamicAddress = LANParameterNumber(rawValue: 59)

  /// The parameter as ipmitool prints it; nil for those it has no words for.
  public var text: String? {
    let texts = [
      "Set in Progress", "Auth Type Support", "Auth Type Enable", "IP Address",
      "IP Address Source", "MAC Address", "Subnet Mask", "IP Header", "Primary RMCP Port",
      "Secondary RMCP Port", "BMC ARP Control", "Gratituous ARP Intrvl", "Default Gateway IP",
      "Default Gateway MAC", "Backup Gateway IP", "Backup Gateway MAC", "SNMP Community String",
      "Number of Destinations", "Destination Type", "Destination Addresses", "802.1q VLAN ID",
      "802.1q VLAN Priority", "RMCP+ Cipher Suite Count", "RMCP+ Cipher Suites",
      "Cipher Suite Priv Max",
    ]
    if self == .badPasswordThreshold { return "Bad Password Threshold" }
    return texts.indices.contains(Int(rawValue)) ? texts[Int(rawValue)] : nil
  }
}
