/// Which parameter of serial over LAN. IPMI 2.0, table 26-5.
public struct SOLParameterNumber: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt8
  /// The parameter of this number.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Where a change of several parameters stands.
  public static let setInProgress = SOLParameterNumber(rawValue: 0)
  /// Whether it can be activated.
  public static let enable = SOLParameterNumber(rawValue: 1)
  /// Who may activate it, and how its packets are protected.
  public static let authentication = SOLParameterNumber(rawValue: 2)
  /// When characters are sent.
  public static let accumulation = SOLParameterNumber(rawValue: 3)
  /// How often, and after how long, packets are sent again.
  public static let retry = SOLParameterNumber(rawValue: 4)
  /// The serial line's speed, which outlives a restart.
  public static let nonVolatileBitRate = SOLParameterNumber(rawValue: 5)
  /// The serial line's present speed.
  public static let volatileBitRate = SOLParameterNumber(rawValue: 6)
  /// The channel that the payload goes over.
  public static let payloadChannel = SOLParameterNumber(rawValue: 7)
  /// The UDP port that the payload goes over.
  public static let payloadPort = SOLParameterNumber(rawValue: 8)
}

/// A parameter's value. IPMI 2.0, table 26-5.
public enum SOLParameter: Hashable, Sendable {
  /// Where a change of several parameters stands.
  case setInProgress(SetInProgress)
  /// Whether it can be activated.
  case enable(Bool)
  /// Whether packets must be encrypted and authenticated, and the level that activates it.
  case authentication(forcesEncryption: Bool, forcesAuthentication: Bool, PrivilegeLimit)
  /// When characters are sent: after that many steps of 5 ms, or when they are that many.
  case accumulation(interval: UInt8, threshold: UInt8)
  /// How often packets are sent again (3 bits), and after how many steps of 10 ms.
  case retry(count: UInt8, interval: UInt8)
  /// The serial line's speed, which outlives a restart.
  case nonVolatileBitRate(BitRate)
  /// The serial line's present speed.
  case volatileBitRate(BitRate)
  /// The channel that the payload goes over.
  case payloadChannel(ChannelNumber)
  /// The UDP port that the payload goes over.
  case payloadPort(UInt16)
  /// A parameter without a type here.
  case other(SOLParameterNumber, data: [UInt8])

  /// Reads the data of the parameter `number`.
  public init(_ number: SOLParameterNumber, parsing data: RawSpan) throws(IPMIError) {
    var reader = SetSOLConfigurationParameters.requestReader(data)
    switch number {
    case .setInProgress: self = .setInProgress(SetInProgress(rawValue: try reader.u8()))
    case .enable: self = .enable(try reader.u8() & 1 != 0)
    case .authentication:
      let byte = try reader.u8()
      self = .authentication(
        forcesEncryption: byte & 0x80 != 0, forcesAuthentication: byte & 0x40 != 0,
        PrivilegeLimit(rawValue: byte))
    case .accumulation:
      self = .accumulation(interval: try reader.u8(), threshold: try reader.u8())
    case .retry: self = .retry(count: try reader.u8() & 0x07, interval: try reader.u8())
    case .nonVolatileBitRate: self = .nonVolatileBitRate(BitRate(rawValue: try reader.u8()))
    case .volatileBitRate: self = .volatileBitRate(BitRate(rawValue: try reader.u8()))
    case .payloadChannel: self = .payloadChannel(ChannelNumber(rawValue: try reader.u8()))
    case .payloadPort: self = .payloadPort(try reader.u16())
    default: self = .other(number, data: reader.rest())
    }
  }

  /// Which parameter it is.
  public var number: SOLParameterNumber {
    switch self {
    case .setInProgress: .setInProgress
    case .enable: .enable
    case .authentication: .authentication
    case .accumulation: .accumulation
    case .retry: .retry
    case .nonVolatileBitRate: .nonVolatileBitRate
    case .volatileBitRate: .volatileBitRate
    case .payloadChannel: .payloadChannel
    case .payloadPort: .payloadPort
    case .other(let number, _): number
    }
  }

  /// The parameter's data.
  public var data: [UInt8] {
    switch self {
    case .setInProgress(let state): [state.rawValue]
    case .enable(let isEnabled): [isEnabled ? 1 : 0]
    case .authentication(let encryption, let authentication, let limit):
      [(encryption ? 0x80 : 0) | (authentication ? 0x40 : 0) | limit.rawValue]
    case .accumulation(let interval, let threshold): [interval, threshold]
    case .retry(let count, let interval): [count & 0x07, interval]
    case .nonVolatileBitRate(let rate), .volatileBitRate(let rate): [rate.rawValue]
    case .payloadChannel(let channel): [channel.rawValue]
    case .payloadPort(let port):
      [UInt8(truncatingIfNeeded: port), UInt8(truncatingIfNeeded: port >> 8)]
    case .other(_, let data): data
    }
  }

  /// A serial line's speed: 4 bits. IPMI 2.0, table 26-5, parameters 5 and 6.
  public struct BitRate: RawRepresentable, Hashable, Sendable {
    /// The 4 bits.
    public let rawValue: UInt8
    /// The speed of this number, of which the low 4 bits count.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }

    /// The speed that the serial channel is set to.
    public static let asSerialChannel = BitRate(rawValue: 0)
    /// 9,600 bits a second.
    public static let rate9600 = BitRate(rawValue: 6)
    /// 19,200 bits a second.
    public static let rate19200 = BitRate(rawValue: 7)
    /// 38,400 bits a second.
    public static let rate38400 = BitRate(rawValue: 8)
    /// 57,600 bits a second.
    public static let rate57600 = BitRate(rawValue: 9)
    /// 115,200 bits a second.
    public static let rate115200 = BitRate(rawValue: 10)

    /// The speed as ipmitool prints it, in thousands of bits a second.
    public var text: String {
      switch self {
      case .asSerialChannel: "IPMI-Over-Serial-Setting"
      case .rate9600: "9.6"
      case .rate19200: "19.2"
      case .rate38400: "38.4"
      case .rate57600: "57.6"
      case .rate115200: "115.2"
      default: unknownText(rawValue)
      }
    }
  }
}
