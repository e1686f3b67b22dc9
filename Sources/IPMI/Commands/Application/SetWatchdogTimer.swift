/// Sets the watchdog, and stops it unless told not to. IPMI 2.0, section 27.6.
public struct SetWatchdogTimer: IPMIRequest {
  /// Application 24h.
  public static let identity = CommandIdentity(.application, 0x24, "Set Watchdog Timer", .operator)

  /// How the watchdog shall be set.
  public var timer: WatchdogTimer

  /// The request.
  public init(_ timer: WatchdogTimer) {
    self.timer = timer
  }

  /// Reads the request's 6 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    timer = try WatchdogTimer(reading: &reader)
  }

  /// Appends the request's 6 bytes.
  public func append(to data: inout [UInt8]) {
    timer.append(to: &data)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
