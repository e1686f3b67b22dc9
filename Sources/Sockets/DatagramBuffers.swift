internal import CLinux
internal import EventLoop
internal import Glibc

/// Room for one batch of received datagrams, used again and again.
@safe final class DatagramBuffers {
  let slots = Int(CRIMP_DATAGRAM_BATCH)
  private let stride: Int
  private let memory: UnsafeMutableRawBufferPointer
  private var facts: [crimp_datagram]

  init(maximumByteCount: Int) {
    // No UDP payload is longer than 65,535 bytes.
    stride = max(1, min(maximumByteCount, 65_535))
    unsafe memory = .allocate(byteCount: stride * slots, alignment: 16)
    facts = Array(repeating: crimp_datagram(), count: slots)
  }

  deinit {
    unsafe memory.deallocate()
  }

  /// Receives up to `count` datagrams into the first slots, and returns how many came.
  func fill(from descriptor: Int32, _ count: Int) throws(SystemError) -> Int {
    // An earlier datagram's failure is told here, too, once each: the queue has it, and knows whose
    // it is.
    for _ in 0..<64 {
      let received = unsafe crimp_datagram_receive(
        descriptor, memory.baseAddress?.assumingMemoryBound(to: UInt8.self), stride,
        UInt32(count), &facts)
      if received >= 0 { return Int(received) }
      let code = errno
      if code == EAGAIN { return 0 }
      guard code == EINTR || Self.isDeliveryFailure(code) else {
        throw SystemError(errno: code, operation: "recvmmsg")
      }
    }
    return 0
  }

  /// Whether the error number is one that ICMP messages are told by.
  private static func isDeliveryFailure(_ code: Int32) -> Bool {
    switch code {
    case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENOPROTOOPT, EOPNOTSUPP, EPROTO,
      EACCES, EMSGSIZE, ENONET:
      true
    default: false
    }
  }

  /// Lends the datagram in `slot`.
  func lend(
    _ slot: Int, _ family: InternetFamily, _ body: (RawSpan, DatagramInformation) -> Void
  ) {
    let facts = facts[slot]
    let information = DatagramInformation(
      source: InternetAddress(facts.peer) ?? InternetAddress(family.unspecified, port: 0),
      destination: InternetAddress(facts.local), interfaceIndex: facts.interface_index,
      originalByteCount: Int(facts.original_length))
    let start = slot * stride
    let payload = unsafe UnsafeRawBufferPointer(
      rebasing: memory[start..<(start + Int(facts.length))])
    body(unsafe payload.bytes, information)
  }
}
