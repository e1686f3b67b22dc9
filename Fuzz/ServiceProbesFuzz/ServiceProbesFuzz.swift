import ServiceProbes

/// Reads the bytes as the answer of each service in turn.
///
/// Nothing may trap, and what is said of an answer has neither control characters nor an end that does
/// not come.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzServiceProbes(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  for service in DatagramService.allCases {
    // The nonce that the corpus repeats.
    guard let words = service.description(of: bytes, nonce: 0x1122_3344_5566_7788) else { continue }
    precondition(words.count < 256, "what is said of an answer is one line")
    for scalar in words.unicodeScalars {
      precondition(scalar.value >= 0x20 && scalar.value != 0x7f, "a control character passes")
    }
  }
  return 0
}
