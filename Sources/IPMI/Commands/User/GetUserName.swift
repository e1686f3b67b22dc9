/// Asks for a user's name. IPMI 2.0, section 22.29.
public struct GetUserName: IPMIRequest {
  /// Application 46h.
  public static let identity = CommandIdentity(.application, 0x46, "Get User Name", .operator)

  /// Which user: 6 bits.
  public var userID: UInt8

  /// The request.
  public init(userID: UInt8) {
    self.userID = userID & 0x3f
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    userID = try reader.u8() & 0x3f
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(userID & 0x3f)
  }

  /// The name: 16 bytes.
  public struct Response: IPMIResponse {
    /// The name.
    public var name: UserName

    /// The response.
    public init(name: UserName) {
      self.name = name
    }

    /// Reads the response's 16 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetUserName.responseReader(data)
      name = try UserName(reading: &reader)
    }

    /// Appends the response's 16 bytes.
    public func append(to data: inout [UInt8]) {
      name.appendPadded(to: &data)
    }
  }
}
