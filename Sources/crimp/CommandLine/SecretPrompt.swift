import Glibc
import IPMI

/// Asks the person at the terminal for a secret, which is not shown while it is typed; whatever standard
/// input and output are.
enum SecretPrompt {
  /// More than any secret has.
  private static let limit = 4096

  /// What the person types. Without a terminal, standard input's next line.
  ///
  /// - Returns: nil when there is neither.
  static func ask(_ prompt: String) -> Secret? {
    let terminal = open()
    defer { if terminal >= 0 { close(terminal) } }
    guard terminal >= 0 else { return line(from: 0) }
    return line(from: terminal, prompt)
  }

  /// What the person types.
  ///
  /// - Parameter argument: what made it necessary, for the words when there is no terminal.
  static func ask(_ prompt: String, for argument: String) throws(CommandFailure) -> Secret {
    let terminal = open()
    guard terminal >= 0 else {
      throw CommandFailure(.usage, "\(argument): there is no terminal to ask on")
    }
    defer { close(terminal) }
    guard let secret = line(from: terminal, prompt) else {
      throw CommandFailure(.usage, "\(argument): nothing was typed")
    }
    return secret
  }

  private static func open() -> Int32 {
    unsafe Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC)
  }

  /// Asks on a terminal whose echo is off meanwhile.
  private static func line(from terminal: Int32, _ prompt: String) -> Secret? {
    var settings = termios()
    guard unsafe tcgetattr(terminal, &settings) == 0 else { return nil }
    var silent = settings
    // Signals are off too, or Ctrl-C would leave the terminal without its echo: here it ends the line.
    silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
    unsafe withUnsafeMutableBytes(of: &silent.c_cc) { keys in
      unsafe keys[Int(VEOL)] = interruptKey
    }
    unsafe tcsetattr(terminal, TCSAFLUSH, &silent)
    let stream = StandardStream(descriptor: terminal)
    stream.write(prompt)
    var isInterrupted = false
    let secret = line(from: terminal, isInterrupted: &isInterrupted)
    stream.write("\n")
    unsafe tcsetattr(terminal, TCSAFLUSH, &settings)
    if isInterrupted { raise(SIGINT) }
    return secret
  }

  /// What Ctrl-C types.
  private static let interruptKey: UInt8 = 0x03

  private static func line(from descriptor: Int32) -> Secret? {
    var isInterrupted = false
    return line(from: descriptor, isInterrupted: &isInterrupted)
  }

  /// Reads up to the end of a line; nil when there is nothing, or it was given up.
  private static func line(from descriptor: Int32, isInterrupted: inout Bool) -> Secret? {
    // Room for all of it at once: growing would leave copies behind.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(limit)
    defer { bytes.wipe() }
    var byte: UInt8 = 0
    var isAtEnd = false
    while bytes.count < limit {
      let count = unsafe read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else {
        isAtEnd = true
        break
      }
      guard byte != 0x0a else { break }
      if byte == interruptKey {
        isInterrupted = true
        return nil
      }
      bytes.append(byte)
    }
    byte = 0
    if bytes.last == 0x0d { bytes.removeLast() }
    guard !(isAtEnd && bytes.isEmpty) else { return nil }
    return Secret(copying: bytes.messageBytes)
  }
}
