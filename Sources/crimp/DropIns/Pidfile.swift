internal import EventLoop
internal import Glibc

/// The file by which a cluster agent finds the process to end; gone when the process is.
struct Pidfile {
  private let path: String?

  /// Describes the file at `path`; without a path, nothing is ever done.
  init(_ path: String?) {
    self.path = path
  }

  /// Ends the process that the file names, if that is called `name` and so announces the same
  /// address still. Returns its number.
  func endFormer(named name: String) -> pid_t? {
    guard let path, let text = Self.read(path) else { return nil }
    guard let process = pid_t(text.prefix { $0.isNumber }), process > 1 else { return nil }
    let program = Self.read("/proc/\(process)/cmdline")?.prefix { $0 != "\0" }
    guard program?.split(separator: "/").last == name[...], kill(process, SIGTERM) == 0 else {
      return nil
    }
    return process
  }

  /// Writes the file, and makes its directory as the original does: after a boot nobody else may
  /// have. Returns what to tell when it cannot, which keeps nobody from announcing.
  func write() -> String? {
    guard let path else { return nil }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      let directory = String(path[..<slash])
      if unsafe mkdir(directory, 0o750) != 0, errno != EEXIST {
        return "Could not create pid-file directory [\(directory)]: \(Self.reason)"
      }
    }
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { return "Could not open pid-file [\(path)]: \(Self.reason)" }
    defer { close(file) }
    let text = Array("\(getpid())\n".utf8)
    _ = unsafe text.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
    return nil
  }

  /// The system's words for the last error.
  private static var reason: String { SystemError(errno: errno, operation: "pidfile").reason }

  /// Removes the file, unless a later process has taken it over.
  func remove() {
    guard let path, Self.read(path) == "\(getpid())\n" else { return }
    unsafe unlink(path)
  }

  /// The beginning of a small file.
  private static func read(_ path: String) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = unsafe Glibc.read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
