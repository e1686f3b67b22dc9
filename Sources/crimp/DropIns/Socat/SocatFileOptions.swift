import AddressSpecifications
import CLinux
import EventLoop
import Glibc

/// Flags of open(2) that options set.
enum SocatFileFlags {
  /// By the option's name.
  static let numbers: [String: Int32] = [
    "append": O_APPEND, "async": O_ASYNC, "o-nonblock": O_NONBLOCK, "o-create": O_CREAT,
    "o-direct": 0o40000, "o-directory": O_DIRECTORY, "o-dsync": O_DSYNC, "o-excl": O_EXCL,
    "o-largefile": 0, "o-noatime": 0o1000000, "o-noctty": O_NOCTTY, "o-nofollow": O_NOFOLLOW,
    "o-rdonly": O_RDONLY, "o-rdwr": O_RDWR, "o-wronly": O_WRONLY, "o-rsync": O_RSYNC,
    "o-sync": O_SYNC, "o-trunc": O_TRUNC,
  ]

  /// The flags with which a file is opened.
  static func flags(_ options: AddressOptions, _ access: SocatAccess) -> Int32 {
    var flags: Int32
    switch access {
    case .reading: flags = O_RDONLY
    case .writing: flags = O_WRONLY
    case .both: flags = O_RDWR
    }
    for option in options.all {
      guard let number = numbers[option.name], case .number(let value) = option.value else {
        continue
      }
      switch option.name {
      case "o-rdonly", "o-rdwr", "o-wronly": flags = flags & ~O_ACCMODE | number
      default: flags = value == 0 ? flags & ~number : flags | number
      }
    }
    return flags
  }
}

extension SocatOpener {
  /// Does to an open file what its options want. Nothing here waits for it, whether `o-nonblock` is given
  /// or not.
  ///
  /// - Parameter path: where it stands in the file system; nil when it does not.
  func apply(
    _ options: AddressOptions, toFile descriptor: Int32, path: String? = nil, isOpened: Bool = false
  ) async throws(SocatFailure) {
    for option in options.all {
      if let (operation, waits) = Self.locks[option.name], options.isOn(option.name) {
        try await lock(descriptor, operation, waits, option.name)
        continue
      }
      try attempt { () throws(SocatFailure) in
        try apply(option, descriptor, path, isOpened)
      }
    }
  }

  private func apply(
    _ option: AddressOption, _ descriptor: Int32, _ path: String?, _ isOpened: Bool
  ) throws(SocatFailure) {
    switch (option.name, option.value) {
    case ("perm", .number(let mode)), ("perm-late", .number(let mode)):
      guard !isOpened || option.name == "perm-late" else { return }
      let bits = mode_t(truncatingIfNeeded: mode)
      if let path, option.name == "perm" {
        try check(unsafe chmod(path, bits), "chmod(\"\(path)\", 0\(String(mode, radix: 8)))")
      } else {
        try check(fchmod(descriptor, bits), "fchmod(\(descriptor), 0\(String(mode, radix: 8)))")
      }
    case ("user", .text(let name)): try own(descriptor, path, user: try Self.user(name))
    case ("user-late", .text(let name)): try own(descriptor, nil, user: try Self.user(name))
    case ("group", .text(let name)): try own(descriptor, path, group: try Self.group(name))
    case ("group-late", .text(let name)): try own(descriptor, nil, group: try Self.group(name))
    case ("append", .number(let value)) where !isOpened:
      try setFlag(descriptor, O_APPEND, value != 0)
    case ("async", .number(let value)) where !isOpened:
      try setFlag(descriptor, O_ASYNC, value != 0)
    case ("cloexec", .number(let value)):
      try check(
        fcntl(descriptor, F_SETFD, value != 0 ? FD_CLOEXEC : 0), "fcntl(\(descriptor), F_SETFD)")
    case ("lseek32-set", .number(let offset)), ("lseek64-set", .number(let offset)):
      try seek(descriptor, offset, SEEK_SET)
    case ("lseek32-cur", .number(let offset)), ("lseek64-cur", .number(let offset)):
      try seek(descriptor, offset, SEEK_CUR)
    case ("lseek32-end", .number(let offset)), ("lseek64-end", .number(let offset)):
      try seek(descriptor, offset, SEEK_END)
    case ("ftruncate32", .number(let size)), ("ftruncate64", .number(let size)):
      try check(ftruncate(descriptor, Int(size)), "ftruncate(\(descriptor), \(size))")
    case (let name, let value) where name.hasPrefix("ioctl-"):
      try SocatControl.call(descriptor, value, name)
    default: break
    }
  }

  private func setFlag(_ descriptor: Int32, _ flag: Int32, _ isOn: Bool) throws(SocatFailure) {
    let flags = fcntl(descriptor, F_GETFL)
    try check(
      fcntl(descriptor, F_SETFL, isOn ? flags | flag : flags & ~flag),
      "fcntl(\(descriptor), F_SETFL, \(flag))")
  }

  private func seek(_ descriptor: Int32, _ offset: Int64, _ origin: Int32) throws(SocatFailure) {
    guard lseek(descriptor, Int(offset), origin) >= 0 else {
      throw SocatFailure("lseek(\(descriptor), \(offset), \(origin)): \(SocatWords.reason(errno))")
    }
  }

  private func own(
    _ descriptor: Int32, _ path: String?, user: uid_t = .max, group: gid_t = .max
  ) throws(SocatFailure) {
    if let path {
      try check(unsafe chown(path, user, group), "chown(\"\(path)\")")
    } else {
      try check(fchown(descriptor, user, group), "fchown(\(descriptor))")
    }
  }

  /// What must return 0.
  func check(_ status: Int32, _ call: @autoclosure () -> String) throws(SocatFailure) {
    guard status < 0 else { return }
    let code = errno
    throw SocatFailure("\(call()): \(SocatWords.reason(code))")
  }

  // MARK: Locks

  private enum Lock {
    case range(isExclusive: Bool)
    case whole(operation: Int32)
  }

  private static let locks: [String: (Lock, waits: Bool)] = [
    "f-setlk-rd": (.range(isExclusive: false), false),
    "f-setlk-wr": (.range(isExclusive: true), false),
    "f-setlkw-rd": (.range(isExclusive: false), true),
    "f-setlkw-wr": (.range(isExclusive: true), true),
    "flock-ex": (.whole(operation: LOCK_EX), true), "flock-sh": (.whole(operation: LOCK_SH), true),
    "flock-ex-nb": (.whole(operation: LOCK_EX | LOCK_NB), false),
    "flock-sh-nb": (.whole(operation: LOCK_SH | LOCK_NB), false),
  ]

  private func lock(
    _ descriptor: Int32, _ lock: Lock, _ waits: Bool, _ name: String
  ) async throws(SocatFailure) {
    do throws(SystemError) {
      // One that waits does so on another thread: a signal must still end the program.
      let code =
        waits
        ? try await loop.elsewhere { Self.take(descriptor, lock, true) }
        : Self.take(descriptor, lock, false)
      guard code != 0 else { return }
      throw SystemError(errno: code, operation: "fcntl")
    } catch {
      throw SocatFailure("\(name) on \(descriptor)", error)
    }
  }

  private static func take(_ descriptor: Int32, _ lock: Lock, _ waits: Bool) -> Int32 {
    switch lock {
    case .whole(let operation): return crimp_flock(descriptor, operation) == 0 ? 0 : errno
    case .range(let isExclusive):
      return crimp_lock_file(descriptor, isExclusive ? 1 : 0, waits ? 1 : 0) >= 0 ? 0 : errno
    }
  }

  // MARK: Names

  static func user(_ name: String) throws(SocatFailure) -> uid_t {
    if let number = uid_t(name) { return number }
    guard let entry = unsafe getpwnam(name) else {
      throw SocatFailure("getpwnam(\"\(name)\"): no such user")
    }
    return unsafe entry.pointee.pw_uid
  }

  static func group(_ name: String) throws(SocatFailure) -> gid_t {
    if let number = gid_t(name) { return number }
    guard let entry = unsafe getgrnam(name) else {
      throw SocatFailure("getgrnam(\"\(name)\"): no such group")
    }
    return unsafe entry.pointee.gr_gid
  }
}
