import CLinux
import Glibc

/// The process's own command line, where `ps` sees it.
enum CommandLineArguments {
  /// Overwrites `secret` wherever an argument is or ends with it: `-P secret`, `-Psecret`.
  static func blank(_ secret: String) {
    guard !secret.isEmpty, var argument = unsafe crimp_process_arguments() else { return }
    while let text = unsafe argument.pointee {
      let count = unsafe strlen(text)
      let offset = count - secret.utf8.count
      let isOption = unsafe text.pointee == CChar(bitPattern: UInt8(ascii: "-"))
      if offset == 0 || offset > 0 && isOption, unsafe strcmp(text + offset, secret) == 0 {
        unsafe memset(text + offset, Int32(UInt8(ascii: "X")), count - offset)
      }
      unsafe argument += 1
    }
  }
}
