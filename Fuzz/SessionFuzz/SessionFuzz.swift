import IPMI

/// Reads the bytes as what happens to a console that speaks to a controller: the controller's own
/// datagrams, kept, dropped, repeated or changed; anybody's; time; the caller's wishes.
///
/// The first byte chooses the kind of session. Nothing may trap, every call ends once and no more, time
/// that has come is over once it is told, and in a session that is protected nobody's bytes but the
/// controller's are an answer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSession(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var rest = unsafe Array(UnsafeBufferPointer(start: start, count: count))[...]
  guard let kind = rest.popFirst() else { return 0 }
  var run = FuzzedSession(kind)
  while let step = rest.popFirst(), let length = rest.popFirst() {
    let bytes = Array(rest.prefix(Int(length)))
    rest = rest.dropFirst(Int(length))
    run.step(step, bytes)
  }
  run.end()
  return 0
}
