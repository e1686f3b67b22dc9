/// Asks for a boot option. IPMI 2.0, section 28.13.
public struct GetSystemBootOptions: IPMIRequest {
  /// Chassis 09h.
  public static let identity = CommandIdentity(
    .chassis, 0x09, "Get System Boot Options", .operator)

  /// Which option.
  public var parameter: BootOptionParameter
  /// Which set of the option, where it has several; 0 otherwise.
  public var set: UInt8
  /// Which block of the option, where it has several; 0 otherwise.
  public var block: UInt8

  /// The request.
  public init(_ parameter: BootOptionParameter, set: UInt8 = 0, block: UInt8 = 0) {
    self.parameter = parameter
    self.set = set
    self.block = block
  }

  /// Reads the request's 3 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    parameter = BootOptionParameter(rawValue: try reader.u8())
    set = try reader.u8()
    block = try reader.u8()
  }

  /// Appends the request's 3 bytes.
  public func append(to data: inout [UInt8]) {
    data += [parameter.rawValue, set, block]
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    code.rawValue == 0x80 ? "parameter not supported" : nil
  }

  /// The option: 2 bytes and its data.
  public struct Response: IPMIResponse {
    /// The version of the options: 1. 4 bits.
    public var version: UInt8
    /// Which option.
    public var parameter: BootOptionParameter
    /// Whether the option is marked invalid, and locked.
    public var isMarkedInvalid: Bool
    /// The option's data.
    public var optionData: [UInt8]

    /// The response.
    public init(_ option: BootOption, isMarkedInvalid: Bool = false) {
      version = 1
      parameter = option.parameter
      self.isMarkedInvalid = isMarkedInvalid
      optionData = option.data
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSystemBootOptions.responseReader(data)
      version = try reader.u8() & 0x0f
      let second = try reader.u8()
      parameter = BootOptionParameter(rawValue: second)
      isMarkedInvalid = second & 0x80 != 0
      optionData = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data += [version & 0x0f, (isMarkedInvalid ? 0x80 : 0) | parameter.rawValue]
      data += optionData
    }

    /// The option, read from its data. Throws `IPMIError` when the data is too short for it.
    public func option() throws(IPMIError) -> BootOption {
      try BootOption(parameter, parsing: optionData.messageBytes)
    }
  }
}
