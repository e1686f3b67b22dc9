/// Asks for the limit of the power that the system draws. DCMI 1.5, section 6.6.2.
public struct GetPowerLimit: IPMIRequest {
  /// Group extension 03h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x03, "Get Power Limit", .user, definingBody: DCMI.body)

  /// 0.
  public var reserved: UInt16

  /// The request.
  public init(reserved: UInt16) {
    self.reserved = reserved
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    reserved = try reader.u16()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(DCMI.body)
    data.append(littleEndian: reserved)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "no limit is set"
    default: nil
    }
  }

  /// The request.
  public init() {
    self.init(reserved: 0)
  }

  /// The limit: 14 bytes.
  public struct Response: IPMIResponse {
    /// 0.
    public var reserved: UInt16
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

    /// The response.
    public init(
      reserved: UInt16, exceptionAction: UInt8, watts: UInt16, correctionMilliseconds: UInt32,
      reservedToo: UInt16, samplingSeconds: UInt16
    ) {
      self.reserved = reserved
      self.exceptionAction = exceptionAction
      self.watts = watts
      self.correctionMilliseconds = correctionMilliseconds
      self.reservedToo = reservedToo
      self.samplingSeconds = samplingSeconds
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetPowerLimit.groupResponseReader(data)
      reserved = try reader.u16()
      exceptionAction = try reader.u8()
      watts = try reader.u16()
      correctionMilliseconds = try reader.u32()
      reservedToo = try reader.u16()
      samplingSeconds = try reader.u16()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(DCMI.body)
      data.append(littleEndian: reserved)
      data.append(exceptionAction)
      data.append(littleEndian: watts)
      data.append(littleEndian: correctionMilliseconds)
      data.append(littleEndian: reservedToo)
      data.append(littleEndian: samplingSeconds)
    }
  }
}
