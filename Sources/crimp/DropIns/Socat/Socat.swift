import AddressSpecifications
import EventLoop
import Glibc
import Relay
import Sockets

/// `socat`, as the program of version 1.7.4 answers: two addresses, and the bytes of each for the other.
///
/// With `fork` it takes no process for a connection: all sessions run on one loop. Processes are for
/// programs, `EXEC` and `SYSTEM`.
enum Socat {
  /// Runs the command line and returns the exit status: 0 done, 1 an error, 128 and the number of a signal
  /// that ended it.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let name = program.split(separator: "/").last.map(String.init) ?? "socat"
    let log = SocatLog(program: name)
    let line: SocatCommandLine
    do throws(SocatFailure) {
      line = try SocatCommandLine(arguments, log)
    } catch {
      if !error.message.isEmpty { log.error(error.message) }
      return error.status
    }
    if let text = line.information {
      StandardStream.output.write(text)
      return 0
    }
    return run(line, log)
  }

  private static func run(_ line: SocatCommandLine, _ log: SocatLog) -> Int32 {
    do throws(SystemError) {
      let loop = try EventLoop()
      let run = SocatRun(line, log, on: loop)
      let status = try run.status()
      run.cleanUp()
      return status
    } catch {
      log.error("\(error)")
      return 1
    }
  }
}

/// What ends a session, or all of it, before its time.
struct SocatFailure: Error {
  /// What is said of it, at the level of errors; nothing when it was said already.
  var message: String
  /// With what the program exits.
  var status: Int32 = 1
  /// The error number of the call that failed, if it was one.
  private var code: Int32?

  /// Whether there were too few descriptors, or too little memory: that may pass.
  var isExhaustion: Bool {
    code.map { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains($0) } ?? false
  }

  init(_ message: String) {
    self.message = message
  }

  init(_ error: AddressError) {
    message = error.description
  }

  /// A call's failure as the original logs it: `open("/n/a", 02, 0666): No such file or directory`.
  init(_ call: String, _ error: SystemError) {
    message = "\(call): \(error.reason)"
    code = error.errno
  }

  /// An end that needs no word.
  static func silent(status: Int32) -> SocatFailure {
    var failure = SocatFailure("")
    failure.status = status
    return failure
  }
}
