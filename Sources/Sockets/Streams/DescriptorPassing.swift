internal import CLinux
public import EventLoop
internal import Glibc

/// Descriptors that came over a UNIX socket. Those that nobody takes are closed with this value.
public final class PassedDescriptors {
  private var numbers: [Int32]

  init(_ numbers: [Int32]) {
    self.numbers = numbers
  }

  deinit {
    for number in numbers where number >= 0 { close(number) }
  }

  /// How many there were.
  public var count: Int { numbers.count }

  /// Takes the descriptor at `index`, in the order in which they were sent; nil when it was taken, or there
  /// is none.
  public func take(_ index: Int) -> OwnedDescriptor? {
    guard numbers.indices.contains(index), numbers[index] >= 0 else { return nil }
    defer { numbers[index] = -1 }
    return OwnedDescriptor(owning: numbers[index])
  }
}

extension StreamSocket {
  /// The most descriptors that one message carries.
  public static var passedDescriptorLimit: Int { Int(CRIMP_DESCRIPTOR_BATCH) }

  /// Sends bytes over a UNIX socket, and with the first of them copies of `descriptors` (`SCM_RIGHTS`).
  ///
  /// - Returns: how many bytes went. The descriptors went with them.
  /// - Throws: `EAGAIN` when nothing fits now, `EINVAL` for no bytes or too many descriptors.
  public func send(_ bytes: [UInt8], passing descriptors: [Int32]) throws(SystemError) -> Int {
    try Syscalls.retrying("sendmsg") {
      unsafe crimp_descriptors_send(
        descriptor, bytes, bytes.count, descriptors, UInt32(clamping: descriptors.count))
    }
  }

  /// Receives bytes from a UNIX socket and the descriptors that came with them.
  ///
  /// - Parameters:
  ///   - limit: the most bytes to take.
  ///   - descriptorLimit: how many descriptors are expected at most.
  /// - Returns: no bytes at the end of the stream.
  /// - Throws: `EAGAIN` when there is nothing now; `EMSGSIZE` when more descriptors came, of which none is
  ///   kept.
  public func receivePassing(
    limit: Int = 4096, descriptorLimit: Int = StreamSocket.passedDescriptorLimit
  ) throws(SystemError) -> (bytes: [UInt8], descriptors: PassedDescriptors) {
    var bytes = [UInt8](repeating: 0, count: max(1, limit))
    var numbers = [Int32](repeating: -1, count: max(0, descriptorLimit))
    var count = UInt32(clamping: numbers.count)
    let received = try Syscalls.retrying("recvmsg") {
      count = UInt32(clamping: numbers.count)
      return unsafe crimp_descriptors_receive(
        descriptor, &bytes, bytes.count, &numbers, &count)
    }
    let passed = PassedDescriptors(Array(numbers.prefix(Int(count))))
    return (Array(bytes.prefix(received)), passed)
  }
}
