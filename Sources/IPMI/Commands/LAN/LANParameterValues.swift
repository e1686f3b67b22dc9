extension LANParameter {
  /// Which authentication types each level takes: 5 bytes. IPMI 2.0, table 23-4, parameter 2.
  public struct AuthenticationEnables: Hashable, Sendable {
    /// For callback.
    public var callback: AuthenticationTypes
    /// For users.
    public var user: AuthenticationTypes
    /// For operators.
    public var `operator`: AuthenticationTypes
    /// For administrators.
    public var administrator: AuthenticationTypes
    /// For the manufacturer's level.
    public var oem: AuthenticationTypes

    /// The same types for every level.
    public init(_ types: AuthenticationTypes) {
      callback = types
      user = types
      `operator` = types
      administrator = types
      oem = types
    }

    init(reading reader: inout MessageReader) throws(IPMIError) {
      callback = try reader.flags()
      user = try reader.flags()
      `operator` = try reader.flags()
      administrator = try reader.flags()
      oem = try reader.flags()
    }

    var bytes: [UInt8] {
      [callback, user, `operator`, administrator, oem].map(\.rawValue)
    }
  }

  /// Where the address is from: 4 bits. IPMI 2.0, table 23-4, parameter 4.
  public struct AddressSource: RawRepresentable, Hashable, Sendable {
    /// The 4 bits.
    public let rawValue: UInt8
    /// The source of this number, of which the low 4 bits count.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }

    /// Not said.
    public static let unspecified = AddressSource(rawValue: 0)
    /// Someone set it.
    public static let `static` = AddressSource(rawValue: 1)
    /// DHCP.
    public static let dhcp = AddressSource(rawValue: 2)
    /// The BIOS or the system.
    public static let bios = AddressSource(rawValue: 3)
    /// Another way.
    public static let other = AddressSource(rawValue: 4)

    /// The source as ipmitool prints it.
    public var text: String {
      switch self {
      case .unspecified: "Unspecified"
      case .static: "Static Address"
      case .dhcp: "DHCP Address"
      case .bios: "BIOS Assigned Address"
      default: "Other"
      }
    }
  }

  /// What the IPv4 headers of the controller's packets have: 3 bytes. IPMI 2.0, table 23-4,
  /// parameter 7.
  public struct IPHeader: Hashable, Sendable {
    /// The time to live.
    public var timeToLive: UInt8
    /// The flags: bits 7:5 of the byte.
    public var flags: UInt8
    /// The precedence: bits 7:5 of the byte; and the type of service: bits 4:1.
    public var service: UInt8

    /// The fields.
    public init(timeToLive: UInt8 = 64, flags: UInt8 = 0x40, service: UInt8 = 0x10) {
      self.timeToLive = timeToLive
      self.flags = flags
      self.service = service
    }

    init(reading reader: inout MessageReader) throws(IPMIError) {
      timeToLive = try reader.u8()
      flags = try reader.u8()
      service = try reader.u8()
    }

    var bytes: [UInt8] { [timeToLive, flags, service] }

    /// The fields as ipmitool prints them.
    public var text: String {
      "TTL=0x\(hexadecimal(timeToLive)) Flags=0x\(hexadecimal(flags & 0xe0))"
        + " Precedence=0x\(hexadecimal(service & 0xe0)) TOS=0x\(hexadecimal(service & 0x1e))"
    }
  }

  /// Which ARP a controller speaks by itself. IPMI 2.0, table 23-4, parameter 10.
  public struct ARPControl: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The control of these bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It announces itself.
    public static let gratuitous = ARPControl(rawValue: 1 << 0)
    /// It answers.
    public static let responses = ARPControl(rawValue: 1 << 1)

    /// The control as ipmitool prints it.
    public var text: String {
      "ARP Responses \(contains(.responses) ? "En" : "Dis")abled, "
        + "Gratuitous ARP \(contains(.gratuitous) ? "En" : "Dis")abled"
    }
  }

  /// What wrong passwords lead to: 6 bytes. IPMI 2.0, table 23-4, parameter 26.
  public struct BadPasswordThreshold: Hashable, Sendable {
    /// Whether an event tells that a user was locked out.
    public var sendsEvent: Bool
    /// How many wrong passwords lock a user out; 0 for never.
    public var threshold: UInt8
    /// After how long wrong passwords are forgotten, in tens of seconds; 0 for never.
    public var resetInterval: UInt16
    /// For how long a user is locked out, in tens of seconds; 0 until someone enables it.
    public var lockoutInterval: UInt16

    /// The threshold.
    public init(
      sendsEvent: Bool, threshold: UInt8, resetInterval: UInt16, lockoutInterval: UInt16
    ) {
      self.sendsEvent = sendsEvent
      self.threshold = threshold
      self.resetInterval = resetInterval
      self.lockoutInterval = lockoutInterval
    }

    init(reading reader: inout MessageReader) throws(IPMIError) {
      sendsEvent = try reader.u8() & 1 != 0
      threshold = try reader.u8()
      resetInterval = try reader.u16()
      lockoutInterval = try reader.u16()
    }

    var bytes: [UInt8] {
      var bytes = [sendsEvent ? 1 : 0, threshold]
      bytes.append(littleEndian: resetInterval)
      bytes.append(littleEndian: lockoutInterval)
      return bytes
    }
  }
}

extension PrivilegeLimit {
  /// The letter that ipmitool prints for a cipher suite's highest level.
  public var letter: Character {
    switch level {
    case .callback: "c"
    case .user: "u"
    case .operator: "o"
    case .administrator: "a"
    case .oem: "O"
    case nil: "X"
    }
  }
}
