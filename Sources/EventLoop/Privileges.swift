internal import CLinux
internal import Glibc

/// What the kernel lets this process do, and how to give that up.
public enum Privileges {
  /// Whether the calling thread may open packet sockets: CAP_NET_RAW is in its effective set.
  public static var hasNetRaw: Bool {
    var capabilities: UInt64 = 0
    guard unsafe crimp_effective_capabilities(&capabilities) == 0 else { return false }
    return capabilities & netRaw != 0
  }

  /// CAP_NET_RAW among the capabilities: <linux/capability.h>.
  private static let netRaw: UInt64 = 1 << 13

  /// Gives up every capability of the calling thread for good, and keeps the user.
  ///
  /// Root stays the owner of root's files, but cannot override permissions, and a program that it
  /// executes gets nothing back. A set-user-ID program returns to the user who called it. Sockets
  /// that are open stay usable. Capabilities belong to threads: call this while there is only one.
  public static func dropAll() throws(SystemError) {
    try becomeCaller()
    _ = try Syscalls.retrying("capset") { crimp_drop_capabilities() }
  }

  /// Gives up all that `dropAll` gives up, but for CAP_NET_RAW, if the process has it: for who knows
  /// only later on which link it has to ask.
  public static func dropAllButNetRaw() throws(SystemError) {
    try becomeCaller()
    _ = try Syscalls.retrying("capset") { crimp_keep_capabilities(netRaw) }
  }

  private static func becomeCaller() throws(SystemError) {
    if getegid() != getgid() {
      _ = try Syscalls.retrying("setregid") { setregid(getgid(), getgid()) }
    }
    if geteuid() != getuid() {
      _ = try Syscalls.retrying("setreuid") { setreuid(getuid(), getuid()) }
    }
  }
}
