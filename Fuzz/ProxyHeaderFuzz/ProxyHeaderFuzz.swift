import Relay

/// Reads the bytes as the beginning of a connection that a relay brings, whole and cut.
///
/// Nothing may trap; a header ends within the bytes, and what was read and can be written is read again as
/// the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProxyHeader(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do throws(ProxyHeaderError) {
    switch try ProxyHeader.parse(bytes) {
    case .incomplete(let more): precondition(more > 0, "an incomplete header needs more")
    case .complete(let header, let byteCount):
      precondition(byteCount <= count, "the header is longer than the bytes")
      check(header)
      checkPrefix(bytes, byteCount)
    }
  } catch {
    precondition(!error.description.isEmpty)
  }
  return 0
}

private func check(_ header: ProxyHeader) {
  // A checksum is right for the bytes that it came with alone.
  var header = header
  header.fields.removeAll { $0.type == ProxyHeader.Field.checksum }
  let written = header.bytes(.v2)
  guard case .complete(let again, let count)? = try? ProxyHeader.parse(written, limit: 70_000)
  else { preconditionFailure("what was written cannot be read") }
  precondition(count == written.count && again.fields == header.fields)
}

/// Whatever is cut off a header, the rest is the beginning of one.
private func checkPrefix(_ bytes: [UInt8], _ byteCount: Int) {
  guard case .incomplete? = try? ProxyHeader.parse(Array(bytes.prefix(byteCount - 1))) else {
    preconditionFailure("a header that is cut is not incomplete")
  }
}
