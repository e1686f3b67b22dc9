import Machines
import Proxies

/// Reads the bytes as each message of a proxy's protocols, and as what the other end of a handshake says, whole
/// and byte by byte.
///
/// Nothing may trap; a message ends within the bytes, and one that can be written is read again as the same;
/// a handshake comes to the same however its bytes are cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProxies(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  checkMessages(bytes)
  for kind in ProxyKind.allCases { checkClient(bytes, kind) }
  checkServer(bytes)
  return 0
}

private func checkMessages(_ bytes: [UInt8]) {
  check(bytes, SOCKS4Request.parse) { $0.bytes }
  check(bytes, SOCKS4Reply.parse) { $0.bytes }
  check(bytes, SOCKS5Greeting.parse) { $0.bytes }
  check(bytes, SOCKS5Selection.parse) { $0.bytes }
  check(bytes, SOCKS5Password.parse) { $0.bytes }
  check(bytes, SOCKS5PasswordStatus.parse) { $0.bytes }
  check(bytes, SOCKS5Request.parse) { $0.bytes }
  check(bytes, SOCKS5Reply.parse) { $0.bytes }
  check(bytes, HTTPConnectRequest.parse) { $0.bytes }
  check(bytes, HTTPConnectResponse.parse) { $0.bytes }
  check(bytes, HTTPHead.parse) { $0.bytes }
}

private func check<Message: Equatable>(
  _ bytes: [UInt8], _ parse: ([UInt8]) throws(ProxyFormatError) -> ProxyParse<Message>,
  _ write: (Message) -> [UInt8]?
) {
  do throws(ProxyFormatError) {
    switch try parse(bytes) {
    case .incomplete(let more): precondition(more > 0, "an incomplete message needs more")
    case .complete(let message, let count):
      precondition(count > 0 && count <= bytes.count, "the message is longer than the bytes")
      guard let written = write(message) else { return }
      guard case .complete(let again, let size)? = try? parse(written) else {
        preconditionFailure("what was written cannot be read")
      }
      precondition(again == message && size == written.count, "what was written is another message")
    }
  } catch {
    precondition(!error.description.isEmpty)
  }
}

private func checkClient(_ bytes: [UInt8], _ kind: ProxyKind) {
  let target = ProxyAddress(.ipv4(0x7f00_0001), port: 80)
  let credentials = ProxyCredentials(user: "fred")
  var whole = ProxyClientHandshake(kind, to: target, credentials)
  var pieces = ProxyClientHandshake(kind, to: target, credentials)
  _ = whole.start()
  _ = pieces.start()
  let once = whole.receive(bytes).map(name)
  var early = 0
  var many: [String] = []
  for byte in bytes {
    if pieces.isDone { early += 1 }
    many += pieces.receive([byte]).map(name)
  }
  precondition(whole.isDone == pieces.isDone, "a handshake ends by how its bytes are cut")
  precondition(
    once.map { $0.hasPrefix("established") ? "established \(early)" : $0 }
      == many.map { $0.hasPrefix("established") ? "established \(early)" : $0 })
}

private func name(_ action: ProxyClientAction) -> String {
  switch action {
  case .send(let bytes): "send \(bytes)"
  case .established: "established"
  case .failed(let failure): "failed \(failure)"
  }
}

private func checkServer(_ bytes: [UInt8]) {
  for requiresCredentials in [false, true] {
    var machine = ProxyServerHandshake(.init(requiresCredentials: requiresCredentials))
    var queue = machine.receive(bytes)
    var steps = 0
    while !queue.isEmpty {
      steps += 1
      precondition(steps < 20, "a handshake has no end")
      switch queue.removeFirst() {
      case .verify: queue += machine.verified(true)
      case .connect: queue += machine.connected()
      case .send(let bytes): precondition(!bytes.isEmpty)
      case .established, .close: precondition(machine.isDone && queue.isEmpty)
      }
    }
  }
}
