import AddressSpecifications
import CLinux
import EventLoop
import Glibc
import Sockets

extension SocatOpener {
  /// `STDIO`, `STDIN`, `STDOUT`, `STDERR`, `FD`: what is open already.
  func openDescriptor(
    _ address: SingleAddress, _ kind: SocatAddressKind, _ access: SocatAccess
  ) async throws(SocatFailure) -> SocatEndpoint {
    let (reading, writing, words) = try numbers(address, access)
    log.notice(words)
    let options = address.options
    for number in Set([reading, writing]) {
      guard fcntl(number, F_GETFD) >= 0 else {
        throw SocatFailure("fcntl(\(number), F_GETFD): \(SocatWords.reason(errno))")
      }
      try await apply(options, toFile: number)
      try applyTerminal(options, to: number)
    }
    return try endpoint(try stream(reading, writing), address, access)
  }

  private func numbers(
    _ address: SingleAddress, _ access: SocatAccess
  ) throws(SocatFailure) -> (Int32, Int32, String) {
    switch address.type.name {
    case "stdin": return (0, 0, "using stdin \(access.words)")
    case "stdout": return (1, 1, "using stdout \(access.words)")
    case "stderr": return (2, 2, "using stderr \(access.words)")
    case "stdio":
      switch access {
      case .both: return (0, 1, "reading from and writing to stdio")
      case .reading: return (0, 0, "using stdin for reading")
      case .writing: return (1, 1, "using stdout for writing")
      }
    default:
      let text = address.parameters.first ?? ""
      guard let number = Int32(text), number >= 0 else {
        throw SocatFailure("error in FD number \"\(text)\"")
      }
      return (number, number, "using file descriptor \(number) \(access.words)")
    }
  }

  private func stream(
    _ reading: Int32, _ writing: Int32
  ) throws(SocatFailure) -> DescriptorStream {
    do throws(SystemError) {
      if reading == writing { return try DescriptorStream(owning: run.take(reading)) }
      return try DescriptorStream(reading: run.take(reading), writing: run.take(writing))
    } catch {
      throw SocatFailure("fcntl(\(reading))", error)
    }
  }

  // MARK: Files

  /// `OPEN`, `CREATE`, `GOPEN`.
  func openFile(
    _ address: SingleAddress, _ kind: SocatAddressKind, _ access: SocatAccess
  ) async throws(SocatFailure) -> SocatEndpoint {
    let path = address.parameters.first ?? ""
    let options = address.options
    let fileKind = SocatFileKind(path)
    if kind == .anyFile, fileKind == .socket {
      return try await connectUnix(path, address, access)
    }
    let verb = kind == .create ? "creating" : "opening"
    let shown = kind == .create ? SocatFileKind.regular : fileKind
    log.notice("\(verb) \(shown.rawValue) \"\(path)\" \(access.words)")
    try prepare(path, options)
    let mode = options.number("perm") ?? 0o666
    let descriptor: OwnedDescriptor
    let call: String
    if kind == .create {
      call = "creat(\"\(path)\", \(SocatWords.mode(mode)))"
      descriptor = try await opened(path, O_CREAT | O_WRONLY | O_TRUNC, mode, call)
    } else {
      var flags = SocatFileFlags.flags(options, access)
      if kind == .anyFile {
        if fileKind == .missing { flags |= O_CREAT }
        if fileKind == .regular || fileKind == .directory, access != .reading { flags |= O_APPEND }
      }
      call = "open(\"\(path)\", \(SocatWords.octal(flags)), \(SocatWords.mode(mode)))"
      descriptor = try await opened(path, flags, mode, call)
    }
    try await apply(options, toFile: descriptor.rawValue, path: path, isOpened: true)
    try applyTerminal(options, to: descriptor.rawValue)
    let stream: DescriptorStream
    do throws(SystemError) {
      stream = try DescriptorStream(owning: descriptor)
    } catch {
      throw SocatFailure(call, error)
    }
    let endpoint = try endpoint(stream, address, access)
    try arrangeRemoval(path, options, byDefault: false, endpoint)
    return endpoint
  }

  /// Opens a file. What may wait, as a named pipe does for its other end, waits on another thread.
  func opened(
    _ path: String, _ flags: Int32, _ mode: Int64, _ call: String
  ) async throws(SocatFailure) -> OwnedDescriptor {
    let bits = mode_t(truncatingIfNeeded: mode)
    do throws(SystemError) {
      let number = try await loop.elsewhere {
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC | O_NOCTTY, bits)
        return number >= 0 ? number : -errno
      }
      guard number >= 0 else { throw SystemError(errno: -number, operation: "open") }
      return OwnedDescriptor(owning: number)
    } catch {
      throw SocatFailure(call, error)
    }
  }

  // MARK: Pipes

  /// `PIPE`: what is written comes back.
  func openPipe(
    _ address: SingleAddress, _ access: SocatAccess
  ) async throws(SocatFailure) -> SocatEndpoint {
    let options = address.options
    guard let path = address.parameters.first else {
      log.notice("writing to and reading from unnamed pipe")
      let (stream, reader) = try Self.unnamedPipe()
      try await apply(options, toFile: reader)
      return try endpoint(stream, address, access)
    }
    try prepare(path, options)
    let kind = SocatFileKind(path)
    let mode = options.number("perm") ?? 0o666
    if kind == .missing {
      guard unsafe mkfifo(path, mode_t(truncatingIfNeeded: mode)) == 0 else {
        throw SocatFailure("mkfifo(\(path), \(mode)): \(SocatWords.reason(errno))")
      }
      log.notice("created named pipe \"\(path)\" \(access.words)")
    } else {
      log.notice("opening \(kind.rawValue) \"\(path)\" \(access.words)")
    }
    let flags = SocatFileFlags.flags(options, access)
    let call = "open(\"\(path)\", \(SocatWords.octal(flags)), \(SocatWords.mode(mode)))"
    let descriptor = try await opened(path, flags, mode, call)
    try await apply(options, toFile: descriptor.rawValue, path: path, isOpened: true)
    let stream: DescriptorStream
    do throws(SystemError) {
      stream = try DescriptorStream(owning: descriptor)
    } catch {
      throw SocatFailure(call, error)
    }
    let endpoint = try endpoint(stream, address, access)
    try arrangeRemoval(path, options, byDefault: kind == .missing, endpoint)
    return endpoint
  }

  private static func unnamedPipe() throws(SocatFailure) -> (DescriptorStream, Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe crimp_pipe(&ends) == 0 else {
      throw SocatFailure("pipe()", SystemError(errno: errno, operation: "pipe2"))
    }
    do throws(SystemError) {
      let reader = OwnedDescriptor(owning: ends[0])
      let writer = OwnedDescriptor(owning: ends[1])
      return (try DescriptorStream(reading: reader, writing: writer), ends[0])
    } catch {
      throw SocatFailure("pipe()", error)
    }
  }
}

/// What a path names, in the original's words.
enum SocatFileKind: String {
  case missing = "undef"
  case regular = "regular file"
  case pipe = "named pipe"
  case character = "character device"
  case block = "block device"
  case socket = "socket"
  case directory = "directory"

  init(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      self = .missing
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFIFO: self = .pipe
    case S_IFCHR: self = .character
    case S_IFBLK: self = .block
    case S_IFSOCK: self = .socket
    case S_IFDIR: self = .directory
    default: self = .regular
    }
  }
}
