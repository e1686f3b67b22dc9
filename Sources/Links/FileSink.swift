public import EventLoop
internal import Glibc

/// Writes a recording to a file, whole or not at all.
///
/// The bytes go to a file beside it whose name ends in ".partial", which takes the name when it is
/// finished and is removed when it is not. What is no regular file, such as a pipe or a terminal,
/// is written to as it is.
public final class FileSink: CaptureSink {
  private let path: String
  /// The name until it is finished; nil when written in place.
  private let partialPath: String?
  private var descriptor: OwnedDescriptor?
  private var buffer: [UInt8] = []

  /// How many bytes are collected before they are written.
  private static let bufferLimit = 1 << 16

  /// Opens the file for writing.
  ///
  /// - Parameters:
  ///   - path: the file's name.
  ///   - isPrivate: whether nobody else may read it.
  /// - Throws: what `open(2)` meets, such as a missing directory.
  public init(path: String, isPrivate: Bool = false) throws(SystemError) {
    self.path = path
    let isInPlace = Self.isSpecialFile(path)
    // A name that nobody can have prepared, and no link followed: recordings are made by root.
    let number = String(UInt32.random(in: .min ... .max), radix: 36)
    let name = isInPlace ? path : "\(path).\(number).partial"
    let flags = O_WRONLY | O_CLOEXEC | (isInPlace ? 0 : O_CREAT | O_EXCL | O_NOFOLLOW)
    partialPath = isInPlace ? nil : name
    descriptor = try OwnedDescriptor("open") { unsafe open(name, flags, isPrivate ? 0o600 : 0o644) }
  }

  deinit {
    discard()
  }

  private static func isSpecialFile(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
  }

  /// Takes the next bytes; they reach the file some at a time.
  public func write(_ bytes: [UInt8]) throws(SystemError) {
    buffer += bytes
    guard buffer.count >= Self.bufferLimit else { return }
    try flush()
  }

  /// Writes what is left, makes sure that the disk has it, and gives the file its name.
  public func finish() throws(SystemError) {
    do throws(SystemError) {
      try flush()
      try synchronize()
      descriptor = nil
      if let partialPath {
        _ = try Syscalls.retrying("rename") { unsafe rename(partialPath, path) }
      }
    } catch {
      discard()
      throw error
    }
    isFinished = true
  }

  private var isFinished = false

  /// Removes the partial file. What went to a pipe is gone.
  public func discard() {
    buffer = []
    descriptor = nil
    guard !isFinished, let partialPath else { return }
    isFinished = true
    unsafe unlink(partialPath)
  }

  private func flush() throws(SystemError) {
    guard let number = descriptor?.rawValue else {
      throw SystemError(errno: EBADF, operation: "write")
    }
    var written = 0
    while written < buffer.count {
      written += try Syscalls.retrying("write") {
        unsafe buffer.withUnsafeBytes { bytes in
          unsafe Glibc.write(
            number, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        }
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// A full disk may be told only now. Pipes and devices have nothing to synchronise.
  private func synchronize() throws(SystemError) {
    guard partialPath != nil, let number = descriptor?.rawValue else { return }
    _ = try Syscalls.retrying("fdatasync") { fdatasync(number) }
  }
}
