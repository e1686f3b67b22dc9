public import IPMI

/// The parameters of serial over LAN, as their data by number. IPMI 2.0, table 26-5.
public struct SOLConfiguration: Hashable, Sendable {
  private static let initial: [UInt8: [UInt8]] = [
    0: [0x00],
    // Enabled.
    1: [0x01],
    // Operators and above; a session may do without encryption and authentication.
    2: [0x03],
    // Characters are held back for 60 ms, in units of 5 ms, or until 96 of them are there.
    3: [0x0c, 0x60],
    // 7 tries, half a second apart, in units of 10 ms.
    4: [0x07, 0x32],
    // 115.2 kbit/s, kept and volatile.
    5: [0x0a], 6: [0x0a],
    7: [0x01], 8: [0x6f, 0x02],
  ]

  private var parameters = initial

  /// Says at which UDP port the payload is to be had.
  mutating func set(port: UInt16) {
    let bytes = [UInt8(truncatingIfNeeded: port), UInt8(port >> 8)]
    // Controllers at one port share their parameters.
    if parameters[8] != bytes { parameters[8] = bytes }
  }

  /// The parameters of a channel whose serial line anybody with an operator's session may use.
  public init() {}

  /// Whether the payload may be activated.
  public var isEnabled: Bool { byte(1) & 1 == 1 }
  /// Whether the payload must be encrypted.
  public var requiresEncryption: Bool { byte(2) & 0x80 != 0 }
  /// Whether the payload must be authenticated.
  public var requiresAuthentication: Bool { byte(2) & 0x40 != 0 }
  /// What a session must be allowed for the payload.
  public var privilege: PrivilegeLevel {
    PrivilegeLevel(rawValue: byte(2) & 0x0f) ?? .administrator
  }
  /// How often a packet is sent again that nobody acknowledges.
  public var retryCount: Int { Int(byte(4) & 0x07) }
  /// How long an acknowledgement is waited for.
  public var retryInterval: Duration {
    // A console that sets none still gets one packet at a time.
    .milliseconds(10 * max(1, Int(parameters[4]?.last ?? 0)))
  }

  /// The data of a parameter.
  ///
  /// Throws `CompletionCode` 80h for one that there is not.
  public func parameter(_ number: UInt8) throws(CompletionCode) -> [UInt8] {
    guard let data = parameters[number] else { throw .parameterNotSupported }
    return data
  }

  /// Sets a parameter.
  ///
  /// Throws `CompletionCode` 80h for one that there is not, 82h for one that is only read, and C7h
  /// for a length that is not its own.
  public mutating func set(_ number: UInt8, to data: [UInt8]) throws(CompletionCode) {
    guard let old = parameters[number] else { throw .parameterNotSupported }
    guard number != 7, number != 8 else { throw .readOnlyParameter }
    guard data.count == old.count else { throw .lengthInvalid }
    parameters[number] = number == 0 && data[0] & 3 == 2 ? [0] : data
  }

  private func byte(_ number: UInt8) -> UInt8 { parameters[number]?.first ?? 0 }
}
