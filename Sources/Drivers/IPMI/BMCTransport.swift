public import EventLoop
public import IPMI
public import Machines

/// A way to one baseboard management controller, whatever it is: a session over the LAN, the local
/// interface, a recording. Commands are written against this.
///
/// Use it on the loop's thread only.
public protocol BMCTransport: AnyObject {
  /// The loop that turns it.
  var loop: EventLoop { get }

  /// Has `call` done, and returns what the controller answered, whatever its completion code.
  ///
  /// - Throws: why there is no answer; `.cancelled` when the task is cancelled.
  func call(_ call: BMCCall) async throws(BMCFailure) -> BMCAnswer

  /// Lets go of the controller. What has not been answered fails with `.cancelled`.
  func close()
}

extension BMCTransport {
  /// Has `request` done, and returns its response.
  ///
  /// - Parameters:
  ///   - request: the command.
  ///   - isRepeatable: false for a command that does more when it is done twice.
  /// - Throws: why there is no response; `.completion` when the controller did not do the command,
  ///   `.malformedAnswer` when its answer makes no sense.
  public func request<Request: IPMIRequest>(
    _ request: Request, isRepeatable: Bool = true
  ) async throws(BMCFailure) -> Request.Response {
    try Request.response(in: try await call(BMCCall(request, isRepeatable: isRepeatable)))
  }
}
