import Glibc

/// Questions to the person at the terminal, whatever standard input and output are.
enum TerminalPrompt {
  /// Asks for a secret, which is not shown while it is typed.
  ///
  /// - Parameter argument: what made it necessary, for the words when there is no terminal.
  static func secret(
    _ prompt: String, for argument: String
  ) throws(CommandFailure) -> String {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else {
      throw CommandFailure(.usage, "\(argument): there is no terminal to ask on")
    }
    defer { close(terminal) }
    var settings = termios()
    guard unsafe tcgetattr(terminal, &settings) == 0 else {
      throw CommandFailure(.systemError, "\(argument): the terminal cannot be kept from showing it")
    }
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    unsafe tcsetattr(terminal, TCSAFLUSH, &silent)
    defer { unsafe tcsetattr(terminal, TCSAFLUSH, &settings) }
    let stream = StandardStream(descriptor: terminal)
    stream.write(prompt)
    defer { stream.write("\n") }
    return line(from: terminal)
  }

  private static func line(from terminal: Int32) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while bytes.count < 4096 {
      let count = unsafe read(terminal, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1, byte != 0x0a else { break }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
