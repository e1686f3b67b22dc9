/// Makes the chassis show itself, mostly by a light. IPMI 2.0, section 28.5.
public struct ChassisIdentify: IPMIRequest {
  /// For how long.
  public enum Duration: Hashable, Sendable {
    /// As long as the chassis does by itself: 15 s.
    case standard
    /// That many seconds; 0 turns it off.
    case seconds(UInt8)
    /// Until told otherwise. Older controllers refuse it.
    case indefinite
  }

  /// Chassis 04h.
  public static let identity = CommandIdentity(.chassis, 0x04, "Chassis Identify", .operator)

  /// For how long.
  public var duration: Duration

  /// The request.
  public init(_ duration: Duration) {
    self.duration = duration
  }

  /// Reads the request's bytes: none, 1 or 2.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    guard let seconds = try reader.u8IfPresent() else {
      duration = .standard
      return
    }
    let isForced = try reader.u8IfPresent().map { $0 & 1 != 0 } ?? false
    duration = isForced ? .indefinite : .seconds(seconds)
  }

  /// Appends the request's bytes: none, 1 or 2.
  public func append(to data: inout [UInt8]) {
    switch duration {
    case .standard: break
    case .seconds(let seconds): data.append(seconds)
    case .indefinite: data += [0, 1]
    }
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
