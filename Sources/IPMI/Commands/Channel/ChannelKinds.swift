/// What a channel is made of: 7 bits. IPMI 2.0, table 6-3.
public struct ChannelMedium: RawRepresentable, Hashable, Sendable {
  /// The 7 bits.
  public let rawValue: UInt8
  /// The medium of this number, of which the low 7 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x7f }

  /// The bus between controllers, I²C.
  public static let ipmb = ChannelMedium(rawValue: 1)
  /// An Ethernet.
  public static let lan = ChannelMedium(rawValue: 4)
  /// A serial line.
  public static let serial = ChannelMedium(rawValue: 5)
  /// Another LAN.
  public static let otherLAN = ChannelMedium(rawValue: 6)
  /// The way from the system itself: KCS, SMIC or BT.
  public static let systemInterface = ChannelMedium(rawValue: 12)

  /// The medium as ipmitool prints it.
  public var text: String {
    let texts = [
      "reserved", "IPMB (I2C)", "ICMB v1.0", "ICMB v0.9", "802.3 LAN",
      "Serial/Modem", "Other LAN", "PCI SMBus", "SMBus v1.0/v1.1", "SMBus v2.0",
      "USB 1.x", "USB 2.x", "System Interface",
    ]
    return texts.indices.contains(Int(rawValue)) ? texts[Int(rawValue)] : unknownText(rawValue)
  }
}

/// What is spoken on a channel: 5 bits. IPMI 2.0, table 6-2.
public struct ChannelProtocol: RawRepresentable, Hashable, Sendable {
  /// The 5 bits.
  public let rawValue: UInt8
  /// The protocol of this number, of which the low 5 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x1f }

  /// IPMI messages, as over a LAN and the IPMB.
  public static let ipmb = ChannelProtocol(rawValue: 1)
  /// Keyboard controller style, from the system.
  public static let kcs = ChannelProtocol(rawValue: 5)

  /// The protocol as ipmitool prints it.
  public var text: String {
    switch rawValue {
    case 0x00: "reserved"
    case 0x01: "IPMB-1.0"
    case 0x02: "ICMB-1.0"
    case 0x03: "reserved"
    case 0x04: "IPMI-SMBus"
    case 0x05: "KCS"
    case 0x06: "SMIC"
    case 0x07: "BT-10"
    case 0x08: "BT-15"
    case 0x09: "TMode"
    case 0x1c: "OEM 1"
    case 0x1d: "OEM 2"
    case 0x1e: "OEM 3"
    case 0x1f: "OEM 4"
    default: unknownText(rawValue)
    }
  }
}

/// Which sessions a channel has: 2 bits. IPMI 2.0, table 22-29.
public struct SessionSupport: RawRepresentable, Hashable, Sendable {
  /// The 2 bits.
  public let rawValue: UInt8
  /// The support of this number, of which the low 2 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x03 }

  /// None.
  public static let sessionless = SessionSupport(rawValue: 0)
  /// One.
  public static let singleSession = SessionSupport(rawValue: 1)
  /// Several.
  public static let multiSession = SessionSupport(rawValue: 2)
  /// One or several, as it is set.
  public static let sessionBased = SessionSupport(rawValue: 3)

  /// The support as ipmitool prints it.
  public var text: String {
    ["session-less", "single-session", "multi-session", "session-based"][Int(rawValue)]
  }
}
