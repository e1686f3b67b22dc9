internal import CLinux
internal import EventLoop
internal import Glibc

/// The path of a UNIX listener in the file system: taken over when it is stale, removed at the end.
final class UnixPath {
  private let path: String
  private let device: UInt
  private let inode: UInt
  private var isKept = false

  private init?(_ path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    self.path = path
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }

  /// The path of a listener that exists already; nil when its address leaves nothing in the file system.
  convenience init?(of address: SocketAddress) {
    guard case .unix(let path) = address, path.utf8.first != UInt8(ascii: "@"), !path.isEmpty
    else { return nil }
    self.init(path)
  }

  /// Binds the socket; nil when its address leaves nothing in the file system.
  static func bind(
    _ descriptor: Int32, to address: SocketAddress, permissions: UInt32?
  ) throws(SystemError) -> UnixPath? {
    guard case .unix(let path) = address, path.utf8.first != UInt8(ascii: "@"), !path.isEmpty
    else {
      try address.bind(descriptor)
      return nil
    }
    do throws(SystemError) {
      try address.bind(descriptor)
    } catch {
      guard error.errno == EADDRINUSE, isStale(path) else { throw error }
      _ = try Syscalls.retrying("unlink") { unsafe unlink(path) }
      try address.bind(descriptor)
    }
    if let permissions {
      _ = try Syscalls.retrying("chmod") {
        unsafe chmod(path, mode_t(truncatingIfNeeded: permissions))
      }
    }
    return UnixPath(path)
  }

  /// Whether the path is a socket at which nobody listens.
  private static func isStale(_ path: String) -> Bool {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
      return false
    }
    guard let probe = try? OwnedDescriptor("socket", opening: { crimp_stream_socket(1) }) else {
      return false
    }
    return SocketAddress.unix(path: path).connect(probe.rawValue) == ECONNREFUSED
  }

  /// Leaves the path where it is: another process has the socket now.
  func keep() {
    isKept = true
  }

  /// Removes the path, unless it is somebody else's by now.
  func remove() {
    var status = stat()
    guard !isKept, unsafe lstat(path, &status) == 0, UInt(status.st_dev) == device,
      UInt(status.st_ino) == inode
    else { return }
    unsafe unlink(path)
  }
}
