internal import CLinux
internal import Glibc

/// A program that runs as a child of this process, watched by a loop.
///
/// The loop reaps the child when it ends, whether anybody waits for its status or not. Signals go
/// through a pidfd, so that none hits a stranger to whom the process identifier has passed.
public final class ChildProcess {
  /// How a process ended.
  public enum ExitStatus: Hashable, Sendable {
    /// It exited with this code, 0...255.
    case exited(Int32)

    /// This signal killed it.
    case killed(signal: Int32)
  }

  /// What one of the child's standard streams is.
  public enum Stream: Hashable, Sendable {
    /// The parent's own.
    case inherited

    /// `/dev/null`.
    case null

    /// The file at this path, opened by the child to read and to write. Of a terminal that makes it the
    /// controlling one when the child leads a session that has none (`startsSession`).
    case file(String)

    /// A copy of this descriptor. Input is set first, then output, then error, as a shell does it:
    /// `.descriptor(1)` as the error stream is wherever the output went.
    case descriptor(Int32)
  }

  /// A program with its arguments, and where its streams lead.
  public struct Command: Sendable {
    /// The program's path, or its name to be looked for in `PATH`.
    public var program: String

    /// The arguments that follow the program's name.
    public var arguments: [String]

    /// The child's environment as `NAME=value`; nil for the parent's.
    public var environment: [String]?

    /// What the child reads.
    public var input = Stream.null

    /// Where the child writes.
    public var output = Stream.inherited

    /// Where the child complains.
    public var error = Stream.inherited

    /// What the program is told that it was called by (`argv[0]`); nil for `program`.
    public var calledBy: String?

    /// Copies of descriptors beside the streams: the child's number, and of which.
    public var copies: [(number: Int32, of: Int32)] = []

    /// Whether the child leads a session of its own (`setsid(2)`).
    public var startsSession = false

    /// The process group that the child joins, 0 for one of its own (`setpgid(2)`); nil for the parent's.
    public var processGroup: Int32?

    /// Creates a command with the parent's environment and streams, but no input.
    public init(_ program: String, _ arguments: [String] = []) {
      self.program = program
      self.arguments = arguments
    }
  }

  /// The child's process identifier. It may pass to a stranger once the child was reaped.
  public let identifier: Int32

  private let descriptor: OwnedDescriptor
  private let completion: Completion<ExitStatus>

  /// Starts a program (`posix_spawn(3)`): with every signal unblocked and at its default action,
  /// and no descriptor but its three streams and those that were opened without `O_CLOEXEC`.
  ///
  /// - Throws: `ENOENT` or `EACCES` when there is no such program, `EINVAL` for a NUL in a string.
  public init(_ command: Command, on loop: EventLoop) throws(SystemError) {
    identifier = try command.spawn()
    completion = Completion(on: loop)
    descriptor = try Self.open(identifier)
    var registration: Registration?
    registration = try loop.watch(descriptor.rawValue, .readable) { _ in
      guard self.reap() else { return }
      registration?.cancel()
      registration = nil
    }
  }

  /// Sends a signal to the child.
  ///
  /// - Throws: `ESRCH` when it has ended.
  public func send(signal: Int32) throws(SystemError) {
    _ = try Syscalls.retrying("pidfd_send_signal") {
      pidfd_send_signal(descriptor.rawValue, signal, nil, 0)
    }
  }

  /// How the child ended, once it has.
  ///
  /// - Throws: `CancellationError` when the waiting task is cancelled first; the child runs on.
  public var exitStatus: ExitStatus {
    get async throws(CancellationError) { try await completion.value }
  }

  /// How the child ended, once it has, waited for even by a cancelled task.
  var exitStatusThroughCancellation: ExitStatus {
    get async { await completion.valueThroughCancellation }
  }

  /// The child's pidfd. Until it is reaped its identifier cannot pass to another process.
  private static func open(_ identifier: Int32) throws(SystemError) -> OwnedDescriptor {
    do throws(SystemError) {
      return try OwnedDescriptor("pidfd_open") { pidfd_open(identifier, 0) }
    } catch {
      // Nobody could watch it: better no child than one that nobody reaps.
      kill(identifier, SIGKILL)
      waitpid(identifier, nil, 0)
      throw error
    }
  }

  /// Takes the status of the ended child; returns whether it had ended.
  private func reap() -> Bool {
    var status: Int32 = 0
    guard unsafe waitpid(identifier, &status, WNOHANG) == identifier else { return false }
    let signal = status & 0x7f
    completion.fulfil(signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal))
    return true
  }
}

extension ChildProcess.Command {
  /// Starts the program, and returns its process identifier.
  fileprivate func spawn() throws(SystemError) -> Int32 {
    let words = [calledBy ?? program] + arguments
    guard !(words + [program] + (environment ?? [])).contains(where: { $0.utf8.contains(0) }) else {
      throw SystemError(errno: EINVAL, operation: "posix_spawn")
    }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (stream, number) in [(input, Int32(0)), (output, 1), (error, 2)] {
      unsafe stream.redirect(number, &actions)
    }
    for copy in copies { unsafe posix_spawn_file_actions_adddup2(&actions, copy.of, copy.number) }
    var attributes = spawnAttributes()
    defer { unsafe posix_spawnattr_destroy(&attributes) }

    var identifier: Int32 = -1
    let status = unsafe withCStrings(words) { words in
      guard let environment else {
        return unsafe posix_spawnp(
          &identifier, program, &actions, &attributes, words, crimp_environment())
      }
      return unsafe withCStrings(environment) { environment in
        unsafe posix_spawnp(&identifier, program, &actions, &attributes, words, environment)
      }
    }
    guard status == 0 else { throw SystemError(errno: status, operation: "posix_spawn") }
    return identifier
  }

  /// The loop blocks signals that it reads from a signalfd; a child must not inherit that.
  private func spawnAttributes() -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    var (none, all) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    if startsSession { flags |= Int32(POSIX_SPAWN_SETSID) }
    if let processGroup {
      flags |= Int32(POSIX_SPAWN_SETPGROUP)
      unsafe posix_spawnattr_setpgroup(&attributes, processGroup)
    }
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    return attributes
  }
}

extension ChildProcess.Stream {
  @unsafe fileprivate func redirect(_ number: Int32, _ actions: inout posix_spawn_file_actions_t) {
    switch self {
    case .inherited:
      break
    case .null:
      unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
    case .file(let path):
      unsafe posix_spawn_file_actions_addopen(&actions, number, path, O_RDWR, 0)
    case .descriptor(let descriptor):
      unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number)
    }
  }
}

/// Behind `_GNU_SOURCE` (`spawn.h`).
private let POSIX_SPAWN_SETSID: Int32 = 0x80

/// Lends `strings` as C has them: an array of pointers that ends with a null one.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = unsafe strings.map { unsafe strdup($0) }
  unsafe pointers.append(nil)
  defer { unsafe pointers.forEach { unsafe free($0) } }
  return unsafe pointers.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { preconditionFailure("the array is not empty") }
    return unsafe body(start)
  }
}
