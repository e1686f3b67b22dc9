/// Sets a limit to the power that the system draws. DCMI 1.5, section 6.6.3.
public struct SetPowerLimit: IPMIRequest {
  /// Group extension 04h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x04, "Set Power Limit", .operator, definingBody: DCMI.body)

  /// The limit.
  public var limit: PowerLimit

  /// The request.
  public init(_ limit: PowerLimit) {
    self.limit = limit
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    try reader.skip(3)
    limit = try PowerLimit(reading: &reader)
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data += [DCMI.body, 0, 0, 0]
    limit.append(to: &data)
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

  /// Nothing but the byte that names the body.
  public typealias Response = DCMIResponse
}
