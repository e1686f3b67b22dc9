import HostFiles

/// Reads the bytes as a host file, and counts for its hosts and for one that it does not have.
///
/// Nothing may trap; unchanged it is written as it was read, and what was counted is read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHostFile(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do throws(HostFileError) {
    let file = try HostFile(parsing: bytes)
    precondition(file.bytes == bytes, "an unchanged file is written otherwise")
    try checkCounting(file)
  } catch {
    precondition(error.line > 0 && error.column > 0 && !error.description.isEmpty)
  }
  return 0
}

private func checkCounting(_ original: HostFile) throws(HostFileError) {
  var file = original
  for host in original.entries.map(\.host) + ["another.example"] {
    let before = file.byteCount(of: host) ?? 0
    // A host whose bytes are no UTF-8 is another one as text, and may not be writable.
    guard file.add(1 << 63, to: host) else { continue }
    let (sum, overflow) = before.addingReportingOverflow(1 << 63)
    precondition(file.byteCount(of: host) == (overflow ? .max : sum))
  }
  let again = try HostFile(parsing: file.bytes)
  precondition(again == file, "what was counted is read otherwise")
  precondition(again.entries.count >= original.entries.count)
}
