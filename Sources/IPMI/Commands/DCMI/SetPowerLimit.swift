/// Sets a limit to the power that the system draws. DCMI 1.5, section 6.6.3.
public struct SetPowerLimit: IPMIRequest {
  /// Group extension 04h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x04, "Set Power Limit", .operator, definingBody: DCMI.body)

  /// 3 zeros.
  public var reserved: [UInt8]
  /// What happens when the limit cannot be kept: 0 nothing, 1 power off, 11h an event.
  public var exceptionAction: UInt8
  /// The limit.
  public var watts: UInt16
  /// How long the controller has to keep it.
  public var correctionMilliseconds: UInt32
  /// 0.
  public var reservedToo: UInt16
  /// Over how many seconds power is averaged.
  public var samplingSeconds: UInt16

  /// The request.
  public init(
    reserved: [UInt8], exceptionAction: UInt8, watts: UInt16, correctionMilliseconds: UInt32,
    reservedToo: UInt16, samplingSeconds: UInt16
  ) {
    self.reserved = reserved
    self.exceptionAction = exceptionAction
    self.watts = watts
    self.correctionMilliseconds = correctionMilliseconds
    self.reservedToo = reservedToo
    self.samplingSeconds = samplingSeconds
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    reserved = try reader.bytes(3)
    exceptionAction = try reader.u8()
    watts = try reader.u16()
    correctionMilliseconds = try reader.u32()
    reservedToo = try reader.u16()
    samplingSeconds = try reader.u16()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(DCMI.body)
    data += reserved.fitted(to: 3)
    data.append(exceptionAction)
    data.append(littleEndian: watts)
    data.append(littleEndian: correctionMilliseconds)
    data.append(littleEndian: reservedToo)
    data.append(littleEndian: samplingSeconds)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x84: "power limit out of range"
    case 0x85: "correction time out of range"
    case 0x89: "sampling time out of range"
    default: nil
    }
  }

  /// The request.
  public init(
    watts: UInt16, exceptionAction: UInt8, correctionMilliseconds: UInt32, samplingSeconds: UInt16
  ) {
    self.init(
      reserved: [0, 0, 0], exceptionAction: exceptionAction, watts: watts,
      correctionMilliseconds: correctionMilliseconds, reservedToo: 0,
      samplingSeconds: samplingSeconds)
  }

  /// Nothing but the byte that names the body.
  public struct Response: IPMIResponse {
    /// The response.
    public init() {}

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      _ = try SetPowerLimit.groupResponseReader(data)
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(DCMI.body)
    }
  }
}
