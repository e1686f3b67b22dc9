/// Ends a session: this one, or with administrator level another. IPMI 2.0, section 22.19.
public struct CloseSession: IPMIRequest {
  /// The session by its number or, when that is 0, by its handle.
  public enum Target: Hashable, Sendable {
    /// The session with this number, which is not 0.
    case sessionID(UInt32)
    /// The session with this handle.
    case handle(UInt8)
  }

  /// Application 3Ch.
  public static let identity = CommandIdentity(.application, 0x3c, "Close Session", .callback)

  /// Which session ends.
  public var target: Target

  /// The request.
  public init(_ target: Target) {
    self.target = target
  }

  /// Reads the request's 4 or 5 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    let sessionID = try reader.u32()
    target = sessionID != 0 ? .sessionID(sessionID) : .handle(try reader.u8())
  }

  /// Appends the request's 4 or 5 bytes.
  public func append(to data: inout [UInt8]) {
    switch target {
    case .sessionID(let sessionID):
      data.append(littleEndian: sessionID)
    case .handle(let handle):
      data.append(littleEndian: UInt32(0))
      data.append(handle)
    }
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x87: "invalid session ID in request"
    case 0x88: "invalid session handle in request"
    default: nil
    }
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
