import EventLoop
import Glibc

/// Two connected stream sockets, neither of which waits.
struct SocketPair: ~Copyable {
  let near: OwnedDescriptor
  let far: OwnedDescriptor

  init() throws {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    _ = try Syscalls.retrying("socketpair") { socketpair(AF_UNIX, type, 0, &ends) }
    near = OwnedDescriptor(owning: ends[0])
    far = OwnedDescriptor(owning: ends[1])
  }
}

/// Writes one byte.
func poke(_ descriptor: Int32) {
  var byte: UInt8 = 1
  _ = write(descriptor, &byte, 1)
}

/// Reads up to 64 bytes; returns what read(2) returned.
@discardableResult
func drain(_ descriptor: Int32) -> Int {
  var bytes = [UInt8](repeating: 0, count: 64)
  return read(descriptor, &bytes, bytes.count)
}
