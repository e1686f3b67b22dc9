/// Asks for what a controller keeps of its system. IPMI 2.0, section 22.14b.
public struct GetSystemInfoParameters: IPMIRequest {
  /// Application 59h.
  public static let identity = CommandIdentity(
    .application, 0x59, "Get System Info Parameters", .user)

  /// Which parameter.
  public var parameter: SystemInfoParameter
  /// Which block of a text; 0 is the first.
  public var set: UInt8
  /// Which part of a block; 0 where there is one.
  public var block: UInt8
  /// Whether nothing but the revision is asked for.
  public var asksForRevisionOnly: Bool

  /// The request.
  public init(
    _ parameter: SystemInfoParameter, set: UInt8 = 0, block: UInt8 = 0,
    asksForRevisionOnly: Bool = false
  ) {
    self.parameter = parameter
    self.set = set
    self.block = block
    self.asksForRevisionOnly = asksForRevisionOnly
  }

  /// Reads the request's 4 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    asksForRevisionOnly = try reader.u8() & 0x80 != 0
    parameter = SystemInfoParameter(rawValue: try reader.u8())
    set = try reader.u8()
    block = try reader.u8()
  }

  /// Appends the request's 4 bytes.
  public func append(to data: inout [UInt8]) {
    data += [asksForRevisionOnly ? 0x80 : 0, parameter.rawValue, set, block]
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    code.rawValue == 0x80 ? "parameter not supported" : nil
  }

  /// The parameter: its revision and what it is.
  public struct Response: IPMIResponse {
    /// The revision.
    public var revision: ParameterRevision
    /// What it is: of a text the block's number, and 16 bytes.
    public var value: [UInt8]

    /// The response.
    public init(revision: ParameterRevision = .first, value: [UInt8]) {
      self.revision = revision
      self.value = value
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSystemInfoParameters.responseReader(data)
      revision = ParameterRevision(rawValue: try reader.u8())
      value = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(revision.rawValue)
      data += value
    }
  }
}
