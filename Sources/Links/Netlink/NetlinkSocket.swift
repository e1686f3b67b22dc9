import CLinux
import EventLoop
import Glibc

/// A `NETLINK_ROUTE` socket of the network namespace in which the calling thread is.
struct NetlinkSocket: ~Copyable {
  private let owned: OwnedDescriptor

  var descriptor: Int32 { owned.rawValue }

  init() throws(SystemError) {
    let owned = try OwnedDescriptor("socket") {
      socket(
        AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), NETLINK_ROUTE)
    }
    let descriptor = owned.rawValue
    // Older kernels lack the options: errors come without words, dumps without filters.
    for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
      var on: Int32 = 1
      _ = unsafe setsockopt(
        descriptor, SOL_NETLINK, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }
    _ = try Syscalls.retrying("bind") { crimp_netlink_bind(descriptor) }
    self.owned = owned
  }

  /// Subscribes to a multicast group (`RTNLGRP_*`).
  func join(_ group: Int32) throws(SystemError) {
    let descriptor = descriptor
    var group = group
    _ = try Syscalls.retrying("setsockopt") {
      unsafe setsockopt(
        descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
        socklen_t(MemoryLayout<Int32>.size))
    }
  }

  /// Asks for room for `byteCount` bytes of unread notifications. Beyond `net.core.rmem_max` the
  /// kernel obeys the privileged only; it then gives what it may.
  func reserveReceiveBuffer(_ byteCount: Int32) {
    var byteCount = byteCount
    let size = socklen_t(MemoryLayout<Int32>.size)
    if unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &byteCount, size) != 0 {
      _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &byteCount, size)
    }
  }

  /// Sends one datagram to the kernel.
  func send(_ bytes: [UInt8]) throws(SystemError) {
    let descriptor = descriptor
    _ = try Syscalls.retrying("send") {
      unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, 0)
      }
    }
  }

  /// What one read of the socket found.
  enum Reading {
    /// This many bytes from the kernel.
    case datagram(Int)
    /// Nothing yet.
    case empty
    /// The kernel dropped notifications, or one was longer than the buffer.
    case lost
  }

  /// Reads one datagram into `buffer`; what other processes send is passed over.
  func receive(into buffer: inout [UInt8], waits: Bool) throws(SystemError) -> Reading {
    while true {
      var sender: UInt32 = 0
      var flags: Int32 = 0
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe crimp_netlink_receive(
          descriptor, bytes.baseAddress, bytes.count, waits ? 0 : Int32(MSG_DONTWAIT),
          &sender, &flags)
      }
      if count >= 0 {
        guard sender == 0 else { continue }
        return flags & Int32(MSG_TRUNC) == 0 ? .datagram(count) : .lost
      }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .empty
      case ENOBUFS: return .lost
      default: throw SystemError(errno: errno, operation: "recvmsg")
      }
    }
  }
}
