import Relay

/// Reads the bytes as what a client of a relay's control socket says: each line as a request.
///
/// Nothing may trap; a request says itself again in a line that is not too long, and what is none is refused in
/// words.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzControlRequest(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  for line in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
    check(Array(line))
  }
  return 0
}

private func check(_ line: [UInt8]) {
  let request: ControlRequest
  do throws(ControlRequestError) {
    request = try ControlRequest(parsing: line)
  } catch {
    precondition(!error.description.isEmpty && !error.description.utf8.contains { $0 < 0x20 })
    return
  }
  guard let again = try? ControlRequest(parsing: Array(request.line.utf8)) else {
    preconditionFailure("what a request says of itself is none")
  }
  precondition(again == request, "a request says another one")
}
