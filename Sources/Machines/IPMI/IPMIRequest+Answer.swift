public import IPMI

extension IPMIRequest {
  /// The response in the answer to this command.
  ///
  /// - Throws: `BMCFailure.completion` when the controller did not do the command,
  ///   `.malformedAnswer` when the data is not the command's.
  public static func response(in answer: BMCAnswer) throws(BMCFailure) -> Response {
    let name = identity.name
    guard answer.completionCode == .completed else {
      throw .completion(
        answer.completionCode, command: name, meaning: meaning(of: answer.completionCode))
    }
    do throws(IPMIError) {
      return try Response(parsing: answer.data.messageBytes)
    } catch {
      throw .malformedAnswer(error, command: name)
    }
  }
}
