internal import CLibpcap
internal import EventLoop
internal import Glibc

/// A handle of libpcap, closed when its owner lets go of it.
@safe final class LibpcapHandle {
  let library: Libpcap
  let pointer: Libpcap.Handle

  /// A handle that only compiles filters, for frames that begin as `linkType` says (a DLT_ value,
  /// which for Ethernet and most others is the LINKTYPE_ value).
  init(compilingFor linkType: UInt16, snapLength: Int32 = 262_144) throws(LinkError) {
    library = try .loaded()
    guard let pointer = unsafe library.openDead(CInt(linkType), snapLength) else {
      throw library.failure("pcap_open_dead")
    }
    unsafe self.pointer = pointer
  }

  /// A handle that is activated on the interface `name`.
  init(
    capturingOn name: String, snapLength: Int32, isPromiscuous: Bool
  ) throws(LinkError) {
    let library = try Libpcap.loaded()
    self.library = library
    let (created, message) = unsafe library.withErrorText { unsafe library.create(name, $0) }
    guard let created = unsafe created else { throw library.failure(message) }
    unsafe pointer = created
    // These fail only on a handle that is active already.
    _ = unsafe library.setSnapLength(pointer, snapLength)
    _ = unsafe library.setPromiscuous(pointer, isPromiscuous ? 1 : 0)
    _ = unsafe library.setImmediateMode(pointer, 1)
    // Refused by devices that count microseconds; `pcap_activate` then goes on without it.
    _ = unsafe library.setTimestampPrecision(pointer, CInt(CRIMP_PCAP_PRECISION_NANOSECONDS))
    // Positive answers are warnings: the handle works.
    let status = unsafe library.activate(pointer)
    guard status < 0 else { return }
    switch status {
    case CRIMP_PCAP_ERROR_NO_SUCH_DEVICE: throw .noSuchInterface(name)
    case CRIMP_PCAP_ERROR_INTERFACE_DOWN: throw .interfaceDown(name)
    case CRIMP_PCAP_ERROR_PERMISSION, CRIMP_PCAP_ERROR_PROMISCUOUS_PERMISSION:
      throw .permission(.init(errno: EPERM, operation: "pcap_activate"))
    default: throw library.failure(unsafe library.message(pointer))
    }
  }

  deinit {
    unsafe library.close(pointer)
  }

  /// Lends the program that `expression` compiles to.
  func withProgram<Value>(
    _ expression: String,
    _ body: (UnsafeMutablePointer<crimp_pcap_program>) throws(LinkError) -> Value
  ) throws(LinkError) -> Value {
    var program = unsafe crimp_pcap_program()
    let status = unsafe library.compile(
      pointer, &program, expression, 1, CRIMP_PCAP_NETMASK_UNKNOWN)
    guard status == 0 else {
      throw .badFilter(expression: expression, message: unsafe library.message(pointer))
    }
    defer { unsafe library.freeCode(&program) }
    return unsafe try body(&program)
  }
}
