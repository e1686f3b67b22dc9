import Links

/// Reads the bytes as notifications and as the answers to a dump and to a question.
///
/// Nothing may trap, and an error must lie within the bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNetlink(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do throws(NetlinkFormatError) {
    _ = try KernelChange.changes(in: unsafe bytes.span.bytes)
  } catch {
    check(error, within: count)
  }
  for flags in [NetlinkFlags(rawValue: 0x300), []] {
    converse(bytes, flags)
  }
  return 0
}

/// The sequence number that the captured answers of the corpus have.
private let sequence: UInt32 = 7

private func converse(_ bytes: [UInt8], _ flags: NetlinkFlags) {
  let request = NetlinkRequest(NetlinkMessageType(rawValue: 18), flags)
  var conversation = NetlinkConversation(about: request, sequence: sequence)
  do throws(NetlinkFormatError) {
    try conversation.take(unsafe bytes.span.bytes) { (message) throws(NetlinkFormatError) in
      _ = try Interface(message)
      _ = try InterfaceAddress(message)
      _ = try Neighbor(message)
      _ = try ForwardingEntry(message)
      _ = try Route.routes(message)
    }
  } catch {
    check(error, within: bytes.count)
  }
}

private func check(_ error: NetlinkFormatError, within count: Int) {
  precondition(error.offset >= 0 && error.offset <= count, "the error lies outside of the bytes")
  precondition(error.available < error.needed, "the error contradicts itself")
}
