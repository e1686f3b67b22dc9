/// What a command tells its caller by its exit status, after sysexits.h.
///
/// A hook acts on these, so each means one thing. The drop-in names keep their originals' codes.
enum ExitStatus: Int32, Sendable {
  /// The answer is yes, or the work is done.
  case success = 0
  /// The answer is no: no reply, address in use, not confirmed.
  case negative = 1
  /// A wrong argument (EX_USAGE).
  case usage = 64
  /// An input file that is not there or not readable as what it should be (EX_NOINPUT).
  case noInput = 66
  /// No such interface, no carrier, an address that is not ours (EX_UNAVAILABLE).
  case unavailable = 69
  /// The system refused (EX_OSERR).
  case systemError = 71
  /// A file could not be written (EX_IOERR).
  case inputOutput = 74
  /// The permission is missing (EX_NOPERM).
  case noPermission = 77
}

/// Why a command ends without its result: one line for the person, one status for the caller.
struct CommandFailure: Error {
  var status: ExitStatus
  /// What is wrong and what would help, in one line.
  var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}
