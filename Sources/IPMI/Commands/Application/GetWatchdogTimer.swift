/// Asks how the watchdog is set, and how far it has counted. IPMI 2.0, section 27.7.
public struct GetWatchdogTimer: IPMIRequest {
  /// Application 25h.
  public static let identity = CommandIdentity(.application, 0x25, "Get Watchdog Timer", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// The watchdog: 8 bytes.
  public struct Response: IPMIResponse {
    /// How the watchdog is set.
    public var timer: WatchdogTimer
    /// How much is left, in tenths of a second; nil from controllers that leave it out, as OpenIPMI's
    /// simulator does.
    public var presentCountdown: UInt16?

    /// The response.
    public init(timer: WatchdogTimer, presentCountdown: UInt16?) {
      self.timer = timer
      self.presentCountdown = presentCountdown
    }

    /// Reads the response's 8 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetWatchdogTimer.responseReader(data)
      timer = try WatchdogTimer(reading: &reader)
      presentCountdown = reader.remaining >= 2 ? try reader.u16() : nil
    }

    /// Appends the response's 8 bytes.
    public func append(to data: inout [UInt8]) {
      timer.append(to: &data)
      if let presentCountdown { data.append(littleEndian: presentCountdown) }
    }
  }
}
