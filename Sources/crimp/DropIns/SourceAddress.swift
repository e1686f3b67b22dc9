internal import EventLoop
internal import Glibc
internal import LinkLayer

/// Which address of this host speaks, asked the way iputils asks: by the kernel's own choice for a
/// datagram socket that is tied to the interface.
enum SourceAddress {
  /// The source of a datagram to `target`, which has to be on the link.
  static func towards(
    _ target: IPv4Address, over interface: String
  ) throws(SystemError) -> IPv4Address {
    let socket = try open(AF_INET, tiedTo: interface)
    let descriptor = socket.rawValue
    var on: Int32 = 1
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_DONTROUTE, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = internet(target, port: 1025)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = try Syscalls.retrying("connect") {
      unsafe withGenericAddress(&address) { unsafe connect(descriptor, $0, size) }
    }
    _ = try Syscalls.retrying("getsockname") {
      unsafe withGenericAddress(&address) { unsafe getsockname(descriptor, $0, &size) }
    }
    return IPv4Address(rawValue: UInt32(bigEndian: address.sin_addr.s_addr))
  }

  /// Fails, as `bind`, unless `address` is one of this host's.
  static func check(_ address: IPv4Address, over interface: String) throws(SystemError) {
    let socket = try open(AF_INET, tiedTo: interface)
    let descriptor = socket.rawValue
    var local = internet(address, port: 0)
    _ = try Syscalls.retrying("bind") {
      unsafe withGenericAddress(&local) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// Fails, as `bind()`, unless `address` is one of this host's and past its duplicate detection.
  static func check(_ address: IPv6Address, index: Int32) throws(SystemError) {
    let socket = try OwnedDescriptor("socket") {
      Glibc.socket(AF_INET6, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }
    let descriptor = socket.rawValue
    var local = sockaddr_in6()
    local.sin6_family = sa_family_t(AF_INET6)
    local.sin6_scope_id = address.isLinkLocal ? UInt32(bitPattern: index) : 0
    unsafe withUnsafeMutableBytes(of: &local.sin6_addr) { unsafe $0.copyBytes(from: address.bytes) }
    _ = try Syscalls.retrying("bind()") {
      unsafe withGenericAddress(&local) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
      }
    }
  }

  private static func open(
    _ family: Int32, tiedTo interface: String
  ) throws(SystemError) -> OwnedDescriptor {
    let socket = try OwnedDescriptor("socket") {
      Glibc.socket(family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }
    let descriptor = socket.rawValue
    // Without the privilege the route decides, as the original goes on with a warning.
    let size = socklen_t(interface.utf8.count + 1)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, interface, size)
    return socket
  }

  private static func internet(_ address: IPv4Address, port: UInt16) -> sockaddr_in {
    var result = sockaddr_in()
    result.sin_family = sa_family_t(AF_INET)
    result.sin_port = port.bigEndian
    result.sin_addr.s_addr = address.rawValue.bigEndian
    return result
  }

  private static func withGenericAddress<Address, Result>(
    _ address: inout Address, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
  ) -> Result {
    unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
    }
  }
}
