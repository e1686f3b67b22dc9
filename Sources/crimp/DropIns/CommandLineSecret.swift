internal import Glibc

/// Secrets on a command line, where a drop-in has to take them as its original does.
enum CommandLineSecret {
  /// Overwrites `secret` at the end of every argument of this process that ends with it, so that from
  /// now on nobody reads it in the list of processes.
  static func blank(_ secret: String) {
    let length = secret.utf8.count
    guard length > 0 else { return }
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = unsafe CommandLine.unsafeArgv[index] else { return }
      let count = unsafe strlen(argument)
      guard count >= length else { continue }
      let end = unsafe argument + (count - length)
      guard unsafe String(cString: end) == secret else { continue }
      unsafe memset(end, Int32(UInt8(ascii: "x")), length)
    }
  }
}
