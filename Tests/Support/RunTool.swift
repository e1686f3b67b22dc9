import Glibc

/// What a program left behind: how it ended, and what it wrote.
public struct ToolRun: Sendable {
  /// The exit status, or 128 + the signal's number when a signal ended it, as a shell tells it.
  public var status: Int32
  /// Standard output, whole.
  public var output: [UInt8]
  /// Standard error, whole.
  public var errorOutput: [UInt8]

  /// Standard output as text; bytes that are not UTF-8 are repaired.
  public var outputText: String { String(decoding: output, as: UTF8.self) }
  /// Standard error as text; bytes that are not UTF-8 are repaired.
  public var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
  /// The lines of standard output, without empty ones.
  public var outputLines: [String] {
    outputText.split(whereSeparator: \.isNewline).map(String.init)
  }
}

/// Why a program could not be run to its end.
public enum ToolError: Error, CustomStringConvertible {
  /// It is in no directory of `PATH`, nor in the system's `sbin` directories.
  case notInstalled(String)
  /// It still ran when its time was over; it and its process group were killed.
  case timedOut(command: String, seconds: Int)
  /// A system call failed.
  case system(operation: StaticString, errno: Int32)

  /// One line, with the words what to install when something is missing.
  public var description: String {
    switch self {
    case .notInstalled(let name):
      "\(name) is not installed: run `apt-get install \(debianPackage(of: name))` (make test does)"
    case .timedOut(let command, let seconds):
      "still running after \(seconds) s, killed: \(command)"
    case .system(let operation, let number):
      "\(operation): \(String(cString: strerror(number)))"
    }
  }
}

/// Runs a program to its end and collects what it wrote.
///
///     let run = try runTool("tcpdump", ["-nr", path])
///     #expect(run.status == 0, "\(run.errorText)")
///
/// Output goes to unlinked temporary files, not to pipes: however much a program writes, nothing
/// waits for a reader, and a grandchild that lives on in the background holds nothing open. The
/// child starts in a process group of its own, with no signal blocked.
///
/// - Parameters:
///   - name: a program's name, looked up in `PATH` and the `sbin` directories; or a path, if it has
///     a slash.
///   - arguments: its arguments, without `argv[0]`.
///   - argumentZero: `argv[0]`, for programs that look at it; `name` if not given.
///   - input: what it reads on standard input; nothing (`/dev/null`) if empty.
///   - environment: variables to set on top of the inherited ones.
///   - seconds: how long it may run before its process group is killed.
/// - Throws: ``ToolError``. A status other than 0 is no error here: the test looks at it.
public func runTool(
  _ name: String, _ arguments: [String] = [], argumentZero: String? = nil, input: [UInt8] = [],
  environment: [String: String] = [:], seconds: Int = 120
) throws(ToolError) -> ToolRun {
  let path = try locate(name)
  let output = try ScratchFile()
  defer { close(output.descriptor) }
  let errorOutput = try ScratchFile()
  defer { close(errorOutput.descriptor) }
  let standardInput = try ScratchFile(containing: input)
  defer { close(standardInput.descriptor) }

  let child = try spawn(
    path, [argumentZero ?? name] + arguments, environment: inheritedEnvironment(with: environment),
    descriptors: [standardInput.descriptor, output.descriptor, errorOutput.descriptor])
  guard let status = try wait(for: child, seconds: seconds) else {
    kill(-child, SIGKILL)
    var ignored: Int32 = 0
    while waitpid(child, &ignored, 0) == -1, errno == EINTR {}
    let command = ([name] + arguments).joined(separator: " ")
    throw .timedOut(command: command, seconds: seconds)
  }
  return ToolRun(
    status: status, output: try output.contents(), errorOutput: try errorOutput.contents())
}

/// The Debian package that has the program.
private func debianPackage(of tool: String) -> String {
  switch tool {
  case "capinfos", "dumpcap", "editcap", "mergecap", "text2pcap": "wireshark-common"
  case "ip", "bridge", "tc", "ss": "iproute2"
  case "ipmi_sim": "openipmi"
  case "trafgen", "mausezahn": "netsniff-ng"
  case "send_arp", "send_ua": "resource-agents"
  default: String(tool.split(separator: "/").last ?? "")
  }
}

func locate(_ name: String) throws(ToolError) -> String {
  guard !name.contains("/") else {
    guard access(name, X_OK) == 0 else { throw .notInstalled(name) }
    return name
  }
  let inherited = getenv("PATH").map { String(cString: $0) } ?? ""
  let directories = inherited.split(separator: ":").map(String.init)
  for directory in directories + ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"] {
    let path = "\(directory)/\(name)"
    if access(path, X_OK) == 0 { return path }
  }
  throw .notInstalled(name)
}

func inheritedEnvironment(with changes: [String: String]) -> [String] {
  var result: [String] = []
  var entry = environ
  while let variable = entry.pointee {
    let text = String(cString: variable)
    let name = text.prefix { $0 != "=" }
    if changes[String(name)] == nil { result.append(text) }
    entry += 1
  }
  return result + changes.map { "\($0.key)=\($0.value)" }
}

/// A file with no name, closed on exec, that a child may write to as its descriptor 0, 1 or 2.
struct ScratchFile {
  let descriptor: Int32

  init(containing bytes: [UInt8] = []) throws(ToolError) {
    let path = "/tmp/crimp-test-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(operation: "open", errno: errno) }
    unlink(path)
    guard bytes.isEmpty || write(descriptor, bytes, bytes.count) == bytes.count,
      lseek(descriptor, 0, SEEK_SET) == 0
    else {
      let number = errno
      close(descriptor)
      throw .system(operation: "write", errno: number)
    }
  }

  /// The whole file, whatever the offset that parent and child share.
  func contents() throws(ToolError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = pread(descriptor, &chunk, chunk.count, bytes.count)
      if count == -1, errno == EINTR { continue }
      guard count >= 0 else { throw .system(operation: "pread", errno: errno) }
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }
}

func spawn(
  _ path: String, _ arguments: [String], environment: [String], descriptors: [Int32]
) throws(ToolError) -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for (number, descriptor) in descriptors.enumerated() {
    posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
  }

  // Tests of the event loop block signals in their threads; a child would inherit that.
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  sigaddset(&signals, SIGPIPE)
  sigaddset(&signals, SIGINT)
  sigaddset(&signals, SIGTERM)
  posix_spawnattr_setsigdefault(&attributes, &signals)
  posix_spawnattr_setflags(
    &attributes,
    Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

  var child: pid_t = 0
  let failure = withCStrings(arguments) { argv in
    withCStrings(environment) { envp in
      posix_spawn(&child, path, &actions, &attributes, argv, envp)
    }
  }
  guard failure == 0 else { throw .system(operation: "posix_spawn", errno: failure) }
  return child
}

/// Starts a program as the leader of a session whose controlling terminal is `terminal`.
func spawnAtTerminal(
  _ path: String, _ arguments: [String], environment: [String], terminal: String
) throws(ToolError) -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  // The first terminal that a session's leader opens is the session's.
  posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
  posix_spawn_file_actions_adddup2(&actions, 0, 1)
  posix_spawn_file_actions_adddup2(&actions, 0, 2)
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  sigaddset(&signals, SIGPIPE)
  sigaddset(&signals, SIGINT)
  sigaddset(&signals, SIGTERM)
  posix_spawnattr_setsigdefault(&attributes, &signals)
  // POSIX_SPAWN_SETSID, which Swift's Glibc module hides.
  posix_spawnattr_setflags(
    &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | 0x80)
  var child: pid_t = 0
  let failure = withCStrings(arguments) { argv in
    withCStrings(environment) { envp in
      posix_spawn(&child, path, &actions, &attributes, argv, envp)
    }
  }
  guard failure == 0 else { throw .system(operation: "posix_spawn", errno: failure) }
  return child
}

private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let pointers = strings.map { strdup($0) }
  defer { for pointer in pointers { free(pointer) } }
  return body(pointers + [nil])
}

/// The status of the ended child, or nil when its time is over.
func wait(for child: pid_t, seconds: Int) throws(ToolError) -> Int32? {
  let deadline = monotonicMilliseconds() + seconds * 1000
  while true {
    var status: Int32 = 0
    let ended = waitpid(child, &status, WNOHANG)
    if ended == child {
      let signal = status & 0x7f
      return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
    guard ended == 0 || errno == EINTR else { throw .system(operation: "waitpid", errno: errno) }
    guard monotonicMilliseconds() < deadline else { return nil }
    usleep(1000)
  }
}

func monotonicMilliseconds() -> Int {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Int(now.tv_sec) * 1000 + now.tv_nsec / 1_000_000
}
