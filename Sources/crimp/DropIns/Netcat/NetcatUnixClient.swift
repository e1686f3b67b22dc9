import EventLoop
import Glibc
import Sockets

/// `nc -U`: speaks with a UNIX socket.
struct NetcatUnixClient {
  private let session: NetcatSession
  private let path: String
  private var options: NetcatOptions { session.options }

  init(_ session: NetcatSession) {
    self.session = session
    path = session.options.host ?? ""
  }

  /// Returns the exit status.
  func run() async throws(Exit) -> Int32 {
    guard options.usesDatagrams else { return try await speak(with: connected()) }
    let own = try DatagramPath(options.source, session.messages)
    defer { own.remove() }
    return try await speak(with: datagrams(from: own))
  }

  private func speak(with stream: any ByteStream) async throws(Exit) -> Int32 {
    session.dropPrivileges()
    guard !options.scans else {
      stream.close()
      return 0
    }
    let ending = try await NetcatConversation(session).hold(with: stream)
    _ = await NetcatLinger(session).lasts(after: ending)
    return 0
  }

  private func connected() async throws(Exit) -> any ByteStream {
    do throws(SystemError) {
      try UnixName.check(path)
    } catch {
      throw session.messages.fail(path, error)
    }
    do throws(ConnectionError) {
      return try await StreamSocket.connect(
        to: .unix(path: path), session.streamOptions, on: session.loop)
    } catch {
      throw session.messages.fail(path, error.cause)
    }
  }

  private func datagrams(from own: DatagramPath) throws(Exit) -> any ByteStream {
    let stream: DatagramStream
    do throws(SystemError) {
      try UnixName.check(path)
    } catch {
      throw session.messages.fail(path, error)
    }
    do throws(SystemError) {
      stream = try DatagramStream(
        .unix, session.streamOptions, writeLimit: NetcatSession.chunkByteCount)
      try UnixName.bind(stream, to: own.path)
    } catch {
      throw session.messages.fail(own.path, error)
    }
    if options.isVerbose { session.messages.tell("Bound on \(own.path)") }
    do throws(SystemError) {
      try stream.connect(to: .unix(path: path))
      return stream
    } catch {
      stream.close()
      throw session.messages.fail(path, error)
    }
  }
}

/// The path of a datagram client's own socket, at which it is answered.
private struct DatagramPath {
  let path: String
  /// The directory that was made for it; nil when the path was given.
  private let directory: String?

  /// - Parameter given: the path that is wanted; nil for one in a new directory that nobody else may
  ///   write to.
  init(_ given: String?, _ messages: NetcatMessages) throws(Exit) {
    if let given {
      (path, directory) = (given, nil)
      return
    }
    var template = Array("/tmp/nc-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw messages.fail("mkdtemp", SystemError(errno: errno, operation: "mkdtemp"))
    }
    let name = String(
      decoding: template.dropLast().lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    (path, directory) = (name + "/recv.sock", name)
  }

  /// Removes what was made.
  func remove() {
    guard let directory else { return }
    unsafe unlink(path)
    unsafe rmdir(directory)
  }
}

/// Paths and abstract names as `nc` takes them.
enum UnixName {
  /// A path keeps a byte for the null at its end; a name that begins with `@` has one in its place.
  private static let limit = 108

  /// Whether the path is abstract: it begins with `@`, and is nowhere in the file system.
  static func isAbstract(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "@") }

  /// Refuses what can be no socket's.
  static func check(_ path: String) throws(SystemError) {
    guard !path.isEmpty else { throw SystemError(errno: EINVAL, operation: "bind") }
    guard path.utf8.count < limit + (isAbstract(path) ? 1 : 0) else {
      throw SystemError(errno: ENAMETOOLONG, operation: "bind")
    }
  }

  /// Binds to a path, in place of whatever is there.
  static func bind(_ stream: DatagramStream, to path: String) throws(SystemError) {
    try check(path)
    removeSocket(at: path)
    try stream.bind(to: .unix(path: path))
  }

  /// Removes what is at the path, if it is one of the file system.
  static func removeSocket(at path: String) {
    if !isAbstract(path) { unsafe unlink(path) }
  }
}
