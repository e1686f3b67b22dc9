/// Names a user. IPMI 2.0, section 22.28.
public struct SetUserName: IPMIRequest {
  /// Application 45h.
  public static let identity = CommandIdentity(
    .application, 0x45, "Set User Name", .administrator)

  /// Which user: 6 bits.
  public var userID: UInt8
  /// The name.
  public var name: UserName

  /// The request.
  public init(userID: UInt8, name: UserName) {
    self.userID = userID & 0x3f
    self.name = name
  }

  /// Reads the request's 17 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    userID = try reader.u8() & 0x3f
    name = try UserName(reading: &reader)
  }

  /// Appends the request's 17 bytes.
  public func append(to data: inout [UInt8]) {
    data.append(userID & 0x3f)
    name.appendPadded(to: &data)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
