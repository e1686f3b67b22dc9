import Glibc
import Support

/// Sockets of 127.0.0.1 that listen and answer nothing, for as long as this lives.
final class ListeningSockets {
  private(set) var ports: [UInt16] = []
  private var descriptors: [Int32] = []

  /// Opens `count` listeners of TCP at ports that are free.
  init(_ count: Int) throws {
    for _ in 0..<count {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
      guard descriptor >= 0 else { throw ToolError.system(operation: "socket", errno: errno) }
      descriptors.append(descriptor)
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let status = withUnsafeMutablePointer(to: &name) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
          bind(descriptor, name, size) == 0 && listen(descriptor, 16) == 0
            && getsockname(descriptor, name, &size) == 0
        }
      }
      guard status else { throw ToolError.system(operation: "listen", errno: errno) }
      ports.append(UInt16(bigEndian: name.sin_port))
    }
  }

  deinit {
    for descriptor in descriptors { close(descriptor) }
  }
}
