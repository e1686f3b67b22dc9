import AddressSpecifications
import CLinux
import Glibc

extension SocatOpener {
  /// Does what options want of a file system entry before it is opened or made.
  func prepare(_ path: String, _ options: AddressOptions) throws(SocatFailure) {
    if let mask = options.number("umask") { _ = umask(mode_t(truncatingIfNeeded: mask)) }
    if options.isOn("unlink-early") { try remove(path) }
    try attempt { () throws(SocatFailure) in
      if let name = options.text("user-early") {
        try check(unsafe chown(path, try Self.user(name), .max), "chown(\"\(path)\")")
      }
      if let name = options.text("group-early") {
        try check(unsafe chown(path, .max, try Self.group(name)), "chown(\"\(path)\")")
      }
      if let mode = options.number("perm-early") {
        try check(
          unsafe chmod(path, mode_t(truncatingIfNeeded: mode)),
          "chmod(\"\(path)\", 0\(String(mode, radix: 8)))")
      }
    }
    if options.isOn("unlink") { try remove(path) }
  }

  /// Removes the entry now or when the session is over.
  ///
  /// - Parameter byDefault: whether it is removed at the end when no option says anything.
  func arrangeRemoval(
    _ path: String, _ options: AddressOptions, byDefault: Bool, _ endpoint: SocatEndpoint
  ) throws(SocatFailure) {
    if options.isOn("unlink-late") { return try remove(path) }
    guard options["unlink-close"].map({ $0 != .number(0) }) ?? byDefault else { return }
    let entry = FileSystemEntry(path)
    endpoint.onClose.append { entry?.remove() }
    run.atEnd { entry?.remove() }
  }

  private func remove(_ path: String) throws(SocatFailure) {
    guard unsafe unlink(path) != 0, errno != ENOENT else { return }
    throw SocatFailure("unlink(\"\(path)\"): \(SocatWords.reason(errno))")
  }
}

/// A name in the file system, and what it names now: what others put there later stays.
struct FileSystemEntry {
  private let path: String
  private let device: dev_t
  private let inode: ino_t

  init?(_ path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    self.path = path
    (device, inode) = (status.st_dev, status.st_ino)
  }

  func remove() {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else {
      return
    }
    unsafe unlink(path)
  }
}
