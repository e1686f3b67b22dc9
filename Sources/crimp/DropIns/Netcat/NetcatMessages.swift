import EventLoop
import Glibc

/// What `nc` says on standard error, with its own name before it.
struct NetcatMessages {
  /// The last component of what it was called by.
  let program: String
  let console: Console

  init(_ program: String, _ console: Console) {
    self.program = program.split(separator: "/").last.map(String.init) ?? "nc"
    self.console = console
  }

  /// Complains, and goes on.
  func warn(_ text: String) {
    console.complain("\(program): \(text)\n")
  }

  /// Tells what happens.
  func tell(_ text: String) {
    console.complain(text + "\n")
  }

  /// Complains, and ends the program.
  func fail(_ text: String) -> Exit {
    warn(text)
    return Exit(status: 1)
  }

  /// The same, with the system's words for an error.
  func fail(_ text: String? = nil, _ error: SystemError) -> Exit {
    fail((text.map { "\($0): " } ?? "") + error.reason)
  }

  func usage() -> Exit {
    console.complain(NetcatUsage.usage)
    return Exit(status: 1)
  }
}
