/// A LAN parameter's value. IPMI 2.0, table 23-4.
public enum LANParameter: Hashable, Sendable {
  /// Where a change of several parameters stands.
  case setInProgress(SetInProgress)
  /// Which authentication types there are.
  case authenticationSupport(AuthenticationTypes)
  /// Which authentication types each level takes.
  case authenticationEnables(AuthenticationEnables)
  /// The IPv4 address.
  case address(IPv4)
  /// Where the address is from.
  case addressSource(AddressSource)
  /// The hardware address.
  case hardwareAddress(HardwareAddress)
  /// The subnet mask.
  case subnetMask(IPv4)
  /// Time to live, flags, precedence and type of service: 3 bytes.
  case ipHeader(IPHeader)
  /// The first RMCP port.
  case primaryPort(UInt16)
  /// The second RMCP port.
  case secondaryPort(UInt16)
  /// Which ARP the controller speaks by itself.
  case arpControl(ARPControl)
  /// How often it announces itself, in steps of half a second.
  case gratuitousARPInterval(UInt8)
  /// The default gateway's address.
  case defaultGateway(IPv4)
  /// The default gateway's hardware address.
  case defaultGatewayHardware(HardwareAddress)
  /// The backup gateway's address.
  case backupGateway(IPv4)
  /// The backup gateway's hardware address.
  case backupGatewayHardware(HardwareAddress)
  /// The SNMP community string of alerts: up to 18 bytes.
  case communityString([UInt8])
  /// How many destinations alerts can have: 4 bits.
  case destinationCount(UInt8)
  /// The VLAN: 12 bits; nil for none.
  case vlanID(UInt16?)
  /// The VLAN's priority: 3 bits.
  case vlanPriority(UInt8)
  /// How many cipher suites there are: 5 bits.
  case cipherSuiteCount(UInt8)
  /// Which cipher suites there are: up to 16.
  case cipherSuites([UInt8])
  /// The highest level that each cipher suite of ``cipherSuites(_:)`` may reach: 16.
  case cipherSuitePrivileges([PrivilegeLimit])
  /// What wrong passwords lead to.
  case badPasswordThreshold(BadPasswordThreshold)
  /// A parameter without a type here.
  case other(LANParameterNumber, data: [UInt8])

  /// Which parameter it is.
  public var number: LANParameterNumber {
    switch self {
    case .setInProgress: .setInProgress
    case .authenticationSupport: .authenticationSupport
    case .authenticationEnables: .authenticationEnables
    case .address: .address
    case .addressSource: .addressSource
    case .hardwareAddress: .hardwareAddress
    case .subnetMask: .subnetMask
    case .ipHeader: .ipHeader
    case .primaryPort: .primaryPort
    case .secondaryPort: .secondaryPort
    case .arpControl: .arpControl
    case .gratuitousARPInterval: .gratuitousARPInterval
    case .defaultGateway: .defaultGateway
    case .defaultGatewayHardware: .defaultGatewayHardware
    case .backupGateway: .backupGateway
    case .backupGatewayHardware: .backupGatewayHardware
    case .communityString: .communityString
    case .destinationCount: .destinationCount
    case .vlanID: .vlanID
    case .vlanPriority: .vlanPriority
    case .cipherSuiteCount: .cipherSuiteCount
    case .cipherSuites: .cipherSuites
    case .cipherSuitePrivileges: .cipherSuitePrivileges
    case .badPasswordThreshold: .badPasswordThreshold
    case .other(let number, _): number
    }
  }
}
