/// Asks for the limit of the power that the system draws. DCMI 1.5, section 6.6.2.
public struct GetPowerLimit: IPMIRequest {
  /// Group extension 03h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x03, "Get Power Limit", .user, definingBody: DCMI.body)

  /// The request.
  public init() {}

  /// Reads the request: a reserved number.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    try reader.skip(2)
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data += [DCMI.body, 0, 0]
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    code.rawValue == 0x80 ? "no limit is set" : nil
  }

  /// The limit: 14 bytes.
  public struct Response: IPMIResponse {
    /// The limit.
    public var limit: PowerLimit

    /// The response.
    public init(_ limit: PowerLimit) {
      self.limit = limit
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetPowerLimit.groupResponseReader(data)
      try reader.skip(2)
      limit = try PowerLimit(reading: &reader)
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data += [DCMI.body, 0, 0]
      limit.append(to: &data)
    }
  }
}
