/// Asks which session has an instance of a payload. IPMI 2.0, section 24.5.
public struct GetPayloadInstanceInfo: IPMIRequest {
  /// Application 4Bh.
  public static let identity = CommandIdentity(
    .application, 0x4b, "Get Payload Instance Info", .user)

  /// The payload.
  public var instance: PayloadInstance

  /// The request.
  public init(_ instance: PayloadInstance) {
    self.instance = instance
  }

  /// Reads the request's 2 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    instance = try PayloadInstance(reading: &reader)
  }

  /// Appends the request's 2 bytes.
  public func append(to data: inout [UInt8]) {
    data += instance.bytes
  }

  /// The session: 12 bytes.
  public struct Response: IPMIResponse {
    /// The session; 0 when the instance is not active.
    public var sessionID: UInt32
    /// 8 bytes that mean what the payload type says: for serial over LAN, the first is the port.
    public var information: [UInt8]

    /// The response; `information` is cut or filled with zeros to 8 bytes.
    public init(sessionID: UInt32, information: [UInt8] = []) {
      self.sessionID = sessionID
      self.information = information.fitted(to: 8)
    }

    /// Reads the response's 12 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetPayloadInstanceInfo.responseReader(data)
      sessionID = try reader.u32()
      information = try reader.bytes(8)
    }

    /// Appends the response's 12 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: sessionID)
      data += information.fitted(to: 8)
    }
  }
}
