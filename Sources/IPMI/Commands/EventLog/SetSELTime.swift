/// Sets the log's time. IPMI 2.0, section 31.11.
public struct SetSELTime: IPMIRequest {
  /// Storage 49h.
  public static let identity = CommandIdentity(.storage, 0x49, "Set SEL Time", .operator)

  /// The time, in seconds since 1970.
  public var time: UInt32

  /// The request.
  public init(time: UInt32) {
    self.time = time
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    time = try reader.u32()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(littleEndian: time)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
