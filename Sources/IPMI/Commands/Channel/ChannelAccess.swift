/// Who gets through on a channel: a byte, and the limit of levels. IPMI 2.0, sections 22.22 and
/// 22.23.
///
///     byte 0   bit 5 no alerts | bit 4 packets unauthenticated | bit 3 user level unauthenticated
///              | bits 2:0 mode
///     byte 1   bits 3:0 limit
public struct ChannelAccess: Hashable, Sendable {
  /// When the channel takes commands.
  public var mode: Mode
  /// Whether event filters may send alerts.
  public var allowsAlerts: Bool
  /// Whether packets of a session are authenticated one by one.
  public var authenticatesMessages: Bool
  /// Whether commands of user level are authenticated.
  public var authenticatesUserLevel: Bool
  /// The highest level that the channel allows.
  public var privilegeLimit: PrivilegeLimit

  /// The access.
  public init(
    mode: Mode, allowsAlerts: Bool = true, authenticatesMessages: Bool = true,
    authenticatesUserLevel: Bool = true, privilegeLimit: PrivilegeLimit
  ) {
    self.mode = mode
    self.allowsAlerts = allowsAlerts
    self.authenticatesMessages = authenticatesMessages
    self.authenticatesUserLevel = authenticatesUserLevel
    self.privilegeLimit = privilegeLimit
  }

  init(_ first: UInt8, _ second: UInt8) {
    mode = Mode(rawValue: first)
    allowsAlerts = first & 0x20 == 0
    authenticatesMessages = first & 0x10 == 0
    authenticatesUserLevel = first & 0x08 == 0
    privilegeLimit = PrivilegeLimit(rawValue: second)
  }

  var firstByte: UInt8 {
    (allowsAlerts ? 0 : 0x20) | (authenticatesMessages ? 0 : 0x10)
      | (authenticatesUserLevel ? 0 : 0x08) | mode.rawValue
  }

  /// When a channel takes commands: 3 bits.
  public struct Mode: RawRepresentable, Hashable, Sendable {
    /// The 3 bits.
    public let rawValue: UInt8
    /// The mode of this number, of which the low 3 bits count.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x07 }

    /// Never.
    public static let disabled = Mode(rawValue: 0)
    /// Before the system starts.
    public static let preBootOnly = Mode(rawValue: 1)
    /// Always.
    public static let alwaysAvailable = Mode(rawValue: 2)
    /// Always, sharing its port with the system.
    public static let shared = Mode(rawValue: 3)

    /// The mode as ipmitool prints it.
    public var text: String {
      switch self {
      case .disabled: "disabled"
      case .preBootOnly: "pre-boot only"
      case .alwaysAvailable: "always available"
      case .shared: "shared"
      default: "unknown"
      }
    }
  }
}

/// Which of a channel's two settings. IPMI 2.0, sections 22.22 and 22.23.
public struct ChannelSettings: RawRepresentable, Hashable, Sendable {
  /// The 2 bits.
  public let rawValue: UInt8
  /// The settings of this number, of which the low 2 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x03 }

  /// None: what is there stays.
  public static let unchanged = ChannelSettings(rawValue: 0)
  /// Those that outlive a restart of the controller.
  public static let nonVolatile = ChannelSettings(rawValue: 1)
  /// Those that count at present.
  public static let volatile = ChannelSettings(rawValue: 2)
}
