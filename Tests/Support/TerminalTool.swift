import CLinux
import Glibc

/// A program at a terminal of its own, which is its controlling one: what it shows, what is typed, and
/// how it leaves the terminal.
///
/// It is killed when the value goes away.
public final class TerminalTool {
  /// The program's process id.
  public let process: pid_t
  /// All that the terminal has shown so far.
  public private(set) var shown = ""

  private let keyboard: Int32
  private let screen: Int32
  private var hasEnded = false

  /// Starts a program; the parameters are those of ``runTool(_:_:argumentZero:input:environment:seconds:)``.
  public init(
    _ name: String, _ arguments: [String] = [], argumentZero: String? = nil,
    environment: [String: String] = [:]
  ) throws(ToolError) {
    let path = try locate(name)
    var buffer = [CChar](repeating: 0, count: 128)
    keyboard = crimp_open_terminal(&buffer, buffer.count)
    guard keyboard >= 0 else { throw .system(operation: "posix_openpt", errno: errno) }
    let terminal = String(
      decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    // Held open, so that the settings outlive the program.
    screen = open(terminal, O_RDWR | O_NOCTTY | O_CLOEXEC)
    process = try spawnAtTerminal(
      path, [argumentZero ?? name] + arguments,
      environment: inheritedEnvironment(with: environment), terminal: terminal)
  }

  deinit {
    if !hasEnded {
      kill(process, SIGKILL)
      var ignored: Int32 = 0
      waitpid(process, &ignored, 0)
    }
    close(keyboard)
    close(screen)
  }

  /// Types `text`.
  ///
  /// - Returns: whether the terminal took it all.
  @discardableResult
  public func type(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return write(keyboard, bytes, bytes.count) == bytes.count
  }

  /// Waits until the terminal has shown `text`, `count` times, since the program was started.
  public func shows(_ text: String, times count: Int = 1) -> Bool {
    eventually {
      read()
      return shown.split(separator: text, omittingEmptySubsequences: false).count > count
    }
  }

  /// Whether keys pass one by one and as they are.
  public var isRaw: Bool {
    var settings = termios()
    tcgetattr(screen, &settings)
    return settings.c_lflag & tcflag_t(ICANON | ISIG | ECHO) == 0
  }

  /// Sends the program a signal.
  public func send(signal: Int32) {
    kill(process, signal)
  }

  /// Waits for the program's end, and returns its status: 128 + the signal's number when one ended it.
  ///
  /// - Throws: `timedOut` when it still runs after `seconds`.
  public func end(seconds: Int = 120) throws(ToolError) -> Int32 {
    let deadline = monotonicMilliseconds() + seconds * 1000
    while monotonicMilliseconds() < deadline {
      // A terminal that nobody reads holds up who writes to it.
      read()
      guard let status = try wait(for: process, seconds: 0) else {
        usleep(2000)
        continue
      }
      read()
      hasEnded = true
      return status
    }
    throw .timedOut(command: "process \(process)", seconds: seconds)
  }

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(keyboard, &buffer, buffer.count)
      guard count > 0 else { return }
      shown += String(decoding: buffer[..<count], as: UTF8.self)
    }
  }
}
