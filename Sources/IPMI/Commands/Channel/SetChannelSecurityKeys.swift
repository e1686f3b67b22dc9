/// Sets or locks the keys of RMCP+ that belong to a channel and not to a user. IPMI 2.0, section
/// 22.25.
public struct SetChannelSecurityKeys: IPMIRequest {
  /// What is to be done: 2 bits.
  public struct Operation: RawRepresentable, Hashable, Sendable {
    /// The 2 bits.
    public let rawValue: UInt8
    /// The operation of this number, of which the low 2 bits count.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x03 }

    /// The key is read, unless it is locked.
    public static let read = Operation(rawValue: 0)
    /// The key is set, unless it is locked.
    public static let set = Operation(rawValue: 1)
    /// The key can be neither read nor set any more.
    public static let lock = Operation(rawValue: 2)
  }

  /// Application 56h.
  public static let identity = CommandIdentity(
    .application, 0x56, "Set Channel Security Keys", .administrator)

  /// The channel.
  public var channel: ChannelNumber
  /// What is to be done.
  public var operation: Operation
  /// Which key: 0 is Kr, 1 is Kg.
  public var keyID: UInt8
  /// The key: 20 bytes when it is set, none otherwise.
  public var key: UserPassword?

  /// The request that sets Kg.
  public init(channel: ChannelNumber, settingKg key: UserPassword) {
    self.channel = channel
    operation = .set
    keyID = 1
    self.key = UserPassword(field: key.field.fitted(to: 20))
  }

  /// The request that sets nothing.
  public init(channel: ChannelNumber, _ operation: Operation, keyID: UInt8) {
    self.channel = channel
    self.operation = operation
    self.keyID = keyID
    key = nil
  }

  /// Reads the request's 3 or 23 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    channel = ChannelNumber(rawValue: try reader.u8())
    operation = Operation(rawValue: try reader.u8())
    keyID = try reader.u8()
    key = operation == .set ? UserPassword(field: try reader.bytes(20)) : nil
  }

  /// Appends the request's 3 or 23 bytes.
  public func append(to data: inout [UInt8]) {
    data += [channel.rawValue, operation.rawValue, keyID]
    data += key?.field ?? []
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "the key is locked"
    case 0x81: "insufficient key bytes"
    case 0x82: "too many key bytes"
    case 0x83: "the key's value is not allowed"
    default: nil
    }
  }

  /// How the key is locked, and the key if it was read.
  public struct Response: IPMIResponse {
    /// 0 not lockable, 1 locked, 2 unlocked. 2 bits.
    public var lockStatus: UInt8
    /// The key; empty unless it was read.
    public var key: UserPassword

    /// The response of a request that did not read.
    public init(lockStatus: UInt8) {
      self.lockStatus = lockStatus & 0x03
      key = UserPassword(field: [])
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = SetChannelSecurityKeys.responseReader(data)
      lockStatus = try reader.u8() & 0x03
      key = UserPassword(field: reader.rest())
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(lockStatus & 0x03)
      data += key.field
    }
  }
}
