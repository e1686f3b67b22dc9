public import EventLoop
internal import Glibc
public import HostFiles

/// A host file on disk, which several processes read and change at once.
///
/// Whoever changes it holds its lock meanwhile (`flock(2)`), and puts a whole new file in its place. So a
/// reader needs no lock and sees the file before or after; and a process that is killed on the way leaves
/// the file as it was, its lock released by the kernel. The new file has the permissions of the old one, and
/// its owner where the process may give files away.
public struct HostFileStore: Hashable, Sendable {
  /// The file's path; a symbolic link is followed.
  public let path: String

  /// The host file at `path`, which is not looked at yet.
  public init(at path: String) {
    self.path = path
  }

  /// The file as it is now.
  public func read() throws(HostFileFailure) -> HostFile {
    try parse(system { () throws(SystemError) in try LockedFile.bytes(at: path) })
  }

  /// Changes the file; nobody else changes it meanwhile.
  ///
  /// - Parameter patience: how long others are waited for, who need some milliseconds each.
  /// - Returns: the file with the change.
  /// - Throws: `EWOULDBLOCK` when patience is over.
  @discardableResult
  public func update(
    waitingAtMost patience: Duration = .seconds(20), _ change: (inout HostFile) -> Void
  ) throws(HostFileFailure) -> HostFile {
    let locked = try system { () throws(SystemError) in
      try LockedFile(at: path, waitingAtMost: patience)
    }
    var file = try parse(system { () throws(SystemError) in try locked.bytes() })
    let before = file
    change(&file)
    guard file != before else { return file }
    try system { () throws(SystemError) in try locked.replace(by: file.bytes) }
    return file
  }

  private func parse(_ bytes: [UInt8]) throws(HostFileFailure) -> HostFile {
    do throws(HostFileError) {
      return try HostFile(parsing: bytes)
    } catch {
      throw HostFileFailure(path: path, cause: .malformed(error))
    }
  }

  private func system<Value>(
    _ body: () throws(SystemError) -> Value
  ) throws(HostFileFailure) -> Value {
    do throws(SystemError) {
      return try body()
    } catch {
      throw HostFileFailure(path: path, cause: .system(error))
    }
  }
}

/// Why a host file could not be read or changed.
public struct HostFileFailure: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Cause: Hashable, Sendable {
    /// The kernel refused.
    case system(SystemError)
    /// The file is none.
    case malformed(HostFileError)
  }

  /// The file.
  public let path: String
  /// What went wrong.
  public let cause: Cause
}

extension HostFileFailure: CustomStringConvertible {
  /// One line: the file, and what is wrong with it.
  public var description: String {
    switch cause {
    case .malformed(let error): "\(path): \(error)"
    case .system(let error) where error.errno == EWOULDBLOCK:
      "\(path): another process holds its lock"
    case .system(let error): "\(path): \(error.reason)"
    }
  }
}
