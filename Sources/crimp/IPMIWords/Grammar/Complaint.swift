import Drivers
import EventLoop
import IPMI
import Machines

/// What ipmitool says of a command that is not done: one text for an answer that does not come, another
/// around the completion code's words.
struct Complaint: Sendable {
  /// What is said when there is no answer, or one that makes no sense.
  var silence: String
  /// What stands before the completion code's words.
  var beforeCode: String
  /// What stands behind them.
  var afterCode = ""
  /// The words of the command's own completion codes, where ipmitool has any.
  var meanings: [UInt8: String] = [:]

  /// Says `silence`, or the completion code's words with these around them.
  init(silence: String, beforeCode: String, afterCode: String = "") {
    self.silence = silence
    self.beforeCode = beforeCode
    self.afterCode = afterCode
  }

  /// Says `silence`, or `refusal`, a colon, and the completion code's words.
  init(_ silence: String, refused refusal: String? = nil, meanings: [UInt8: String] = [:]) {
    self.silence = silence
    beforeCode = (refusal ?? silence) + ": "
    self.meanings = meanings
  }

  /// Says what the answer was, and then `summary` in a line of its own.
  init(evaluated summary: String) {
    silence = "IPMI response is NULL.\n" + summary
    beforeCode = "IPMI command failed: "
    afterCode = "\n" + summary
  }

  /// What is said of `failure`.
  func text(_ failure: BMCFailure) -> String {
    guard case .completion(let code, _, _) = failure else { return silence }
    return beforeCode + (meanings[code.rawValue] ?? code.text) + afterCode
  }
}

extension OperationFailure {
  /// A command's failure, said as `complaint` has it.
  init(_ failure: BMCFailure, _ complaint: Complaint) {
    self.init(failure, complaint.text(failure))
  }
}

extension BMCTransport {
  /// Has a command done, and returns its response.
  ///
  /// - Parameters:
  ///   - request: the command.
  ///   - complaint: what is said when it is not done.
  ///   - isRepeatable: false for a command that does more when it is done twice.
  ///   - isFullyPrivileged: whether the session is raised as far as it may be, and not only as far as
  ///     the command needs.
  func ask<Request: IPMIRequest>(
    _ request: Request, _ complaint: Complaint, isRepeatable: Bool = true,
    isFullyPrivileged: Bool = false
  ) async throws(OperationFailure) -> Request.Response {
    do throws(BMCFailure) {
      var call = BMCCall(request, isRepeatable: isRepeatable)
      if isFullyPrivileged { call.privilege = nil }
      return try Request.response(in: try await self.call(call))
    } catch {
      throw OperationFailure(error, complaint)
    }
  }

  /// Has a command done that a controller may refuse without harm.
  ///
  /// - Parameter isFullyPrivileged: as in `ask`.
  /// - Returns: the response, or the completion code that refuses it.
  func attempt<Request: IPMIRequest>(
    _ request: Request, _ complaint: Complaint, isFullyPrivileged: Bool = false
  ) async throws(OperationFailure) -> Result<Request.Response, CompletionCode> {
    do throws(BMCFailure) {
      var call = BMCCall(request)
      if isFullyPrivileged { call.privilege = nil }
      return .success(try Request.response(in: try await self.call(call)))
    } catch {
      guard case .completion(let code, _, _) = error else {
        throw OperationFailure(error, complaint)
      }
      return .failure(code)
    }
  }

  /// Waits; `complaint` is said when it is cut short.
  func pause(
    for duration: Duration, _ complaint: Complaint
  ) async throws(OperationFailure) {
    do throws(CancellationError) {
      try await loop.sleep(for: duration)
    } catch {
      throw OperationFailure(.cancelled, complaint)
    }
  }
}
