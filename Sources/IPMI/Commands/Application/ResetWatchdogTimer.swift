/// Starts the watchdog's countdown, or starts it anew. IPMI 2.0, section 27.5.
public struct ResetWatchdogTimer: IPMIRequest {
  /// Application 22h.
  public static let identity = CommandIdentity(
    .application, 0x22, "Reset Watchdog Timer", .operator)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    code.rawValue == 0x80 ? "the watchdog timer has not been set since the controller started" : nil
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
