import CLinux
public import EventLoop
import Glibc

/// A network namespace, held open.
///
/// Which namespace a thread is in is a property of the thread, and the kernel asks for it when a
/// socket is made; sockets stay where they were made. So one process can work in many namespaces:
/// make the sockets inside of `run(_:)`, use them anywhere. Entering needs `CAP_SYS_ADMIN`.
///
/// Names are those of `ip netns`: mount points in `/run/netns`, visible to it and made by it.
/// `/sys/class/net` goes on showing the namespace in which it was mounted; `/proc/sys/net` follows
/// the thread.
public struct NetworkNamespace: ~Copyable, Sendable {
  private let owned: OwnedDescriptor

  /// The descriptor of the namespace, lent for calls.
  public var descriptor: Int32 { owned.rawValue }

  /// Where the named namespaces are.
  public static let directory = "/run/netns"

  /// Opens the namespace `name` of `/run/netns`, or the one at the path `name` when it has a
  /// slash, as `/proc/PID/ns/net`.
  ///
  /// - Throws: `ENOENT` when there is none.
  public init(_ name: String) throws(SystemError) {
    try self.init(path: name.contains("/") ? name : Self.path(of: name))
  }

  /// The namespace of the calling thread.
  public static func current() throws(SystemError) -> NetworkNamespace {
    try NetworkNamespace(path: currentPath)
  }

  private static let currentPath = "/proc/thread-self/ns/net"

  private init(path: String) throws(SystemError) {
    owned = try OwnedDescriptor("open namespace") { unsafe open(path, O_RDONLY | O_CLOEXEC) }
  }

  /// Moves the calling thread into the namespace `name`, for good: for a program that will work
  /// there from its start to its end, and has one thread.
  public static func enter(_ name: String) throws(SystemError) {
    try NetworkNamespace(name).enter()
  }

  /// Moves the calling thread into this namespace, for good.
  public func enter() throws(SystemError) {
    try Syscalls.enterNetworkNamespace(descriptor)
  }

  /// Runs `body` in this namespace, on the calling thread, and brings the thread back.
  ///
  /// `body` cannot suspend, so no other task sees the thread while it is away. Threads that `body`
  /// starts stay in this namespace.
  ///
  /// - Throws: what `body` throws, or the `SystemError` that kept the thread from going or
  ///   returning. A thread that could not return is in this namespace.
  public func run<Value>(_ body: () throws -> Value) throws -> Value {
    let home = try NetworkNamespace.current()
    try enter()
    let result = Result { try body() }
    try home.enter()
    return try result.get()
  }

  /// The names in `/run/netns`, sorted.
  public static func names() throws(SystemError) -> [String] {
    guard let stream = unsafe opendir(directory) else {
      if errno == ENOENT { return [] }
      throw SystemError(errno: errno, operation: "opendir")
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Creates the namespace `name` as `ip netns add` does: a new namespace, kept by a mount on
  /// `/run/netns/NAME`. Its loopback interface is down.
  ///
  /// The calling thread is in the new namespace for the moment of its making; other threads never
  /// are. Needs `CAP_SYS_ADMIN`.
  ///
  /// - Throws: `EEXIST` when there is such a name, `EINVAL` when `name` cannot be a file's name.
  @discardableResult
  public static func create(_ name: String) throws(SystemError) -> NetworkNamespace {
    try validate(name)
    try prepareDirectory()
    let path = path(of: name)
    // Only a mount point is needed.
    _ = try OwnedDescriptor("create namespace") {
      unsafe open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0)
    }
    do throws(SystemError) {
      try mountNewNamespace(on: path)
      return try NetworkNamespace(path: path)
    } catch {
      unsafe unlink(path)
      throw error
    }
  }

  /// Deletes the name, as `ip netns delete` does. The namespace itself goes when nothing uses it.
  ///
  /// - Throws: `ENOENT` when there is no such name.
  public static func delete(_ name: String) throws(SystemError) {
    try validate(name)
    let path = path(of: name)
    // EINVAL: a file on which nothing is mounted, left by a creation that was cut short.
    if unsafe crimp_detach_mount(path) != 0, errno != EINVAL {
      throw SystemError(errno: errno, operation: "umount namespace")
    }
    _ = try Syscalls.retrying("unlink namespace") { unsafe unlink(path) }
  }

  private static func path(of name: String) -> String {
    "\(directory)/\(name)"
  }

  private static func validate(_ name: String) throws(SystemError) {
    let isFileName =
      !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/"))
      && !name.utf8.contains(0)
    guard isFileName else { throw SystemError(errno: EINVAL, operation: "namespace name") }
  }

  /// Makes `/run/netns` a shared mount. Two processes that do so at once would stack mounts, so
  /// the directory is locked meanwhile, as `ip netns` does it.
  private static func prepareDirectory() throws(SystemError) {
    if unsafe mkdir(directory, 0o755) != 0, errno != EEXIST {
      throw SystemError(errno: errno, operation: "mkdir")
    }
    let lock = try OwnedDescriptor("open") {
      unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    let descriptor = lock.rawValue
    _ = try Syscalls.retrying("flock") { flock(descriptor, LOCK_EX) }
    _ = try Syscalls.retrying("mount") { unsafe crimp_share_mount(directory) }
  }

  private static func mountNewNamespace(on path: String) throws(SystemError) {
    let home = try current()
    _ = try Syscalls.retrying("unshare") { crimp_unshare_network_namespace() }
    let mounted: SystemError?
    do throws(SystemError) {
      _ = try Syscalls.retrying("mount") { unsafe crimp_bind_mount(currentPath, path) }
      mounted = nil
    } catch {
      mounted = error
    }
    try home.enter()
    if let mounted { throw mounted }
  }
}
