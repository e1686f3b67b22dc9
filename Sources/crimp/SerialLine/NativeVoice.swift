import IPMI
import Machines

/// What `crimp console` says: on standard error, each line led by the host.
struct NativeVoice: SerialLineVoice {
  let host: String
  /// The escape character's name; nil when there is none.
  let escape: String?
  let isQuiet: Bool

  var stream: StandardStream { .error }

  func words(_ event: SerialLineEvent) -> String? {
    switch event {
    case .report(let report): isQuiet && !report.isLoss ? nil : "\(host): \(words(report))"
    case .command(.help): help
    case .command: nil
    case .status(let shown, let pending):
      "\(host): \(shown) characters shown, \(pending) typed ones not taken yet"
    case .carrier(let isDropped):
      "\(host): the machine sees \(isDropped ? "no carrier" : "the carrier again")"
    case .leftOver(let count): "\(host): \(count) typed characters were not taken"
    }
  }

  private func words(_ report: SerialOverLANSession.Report) -> String {
    switch report {
    case .attached:
      "console attached" + (escape.map { "; \($0). ends it, \($0)? tells more" } ?? "")
    case .detached(let outcome, let wait, let unconfirmed):
      "console lost: \(outcome.words); next try in \(wait.inSeconds) s"
        + (unconfirmed > 0 ? "; \(unconfirmed) typed characters may be lost" : "")
    case .isAvailable(true): "the line takes characters again"
    case .isAvailable(false): "the line takes no characters at present"
    case .overrun: "the machine's characters came too fast: some are lost"
    case .breakDetected: "the line had a break"
    }
  }

  private var help: String {
    let escape = escape ?? ""
    return """
      At the beginning of a line:
        \(escape).   end the console
        \(escape)B   send a break
        \(escape)R   ring: may wake the machine
        \(escape)C   drop the carrier (DCD, DSR), or raise it again
        \(escape)F   throw away what waits in the controller, both ways
        \(escape)S   how the console is
        \(escape)^Z  suspend crimp
        \(escape)?   this text
        \(escape)\(escape)   the escape character itself
      """
  }
}

extension SerialOverLANSession.Report {
  /// Whether it tells that something was lost: said even when little is to be said.
  fileprivate var isLoss: Bool {
    switch self {
    case .detached, .overrun: true
    case .attached, .isAvailable, .breakDetected: false
    }
  }
}

extension SerialOverLANSession.Outcome {
  /// Why the console ended, or the line was lost.
  var words: String {
    switch self {
    case .closed: "closed"
    case .inUse: "another console has the line"
    case .takenOver: "another console took the line"
    case .deactivated: "the controller gave the line away"
    case .failed(.completion(let code, _, _)) where code.rawValue == 0x81:
      "serial over LAN is disabled: `sol set enabled true` enables it"
    case .failed(.completion(.insufficientPrivilege, _, _)):
      "the user, or the level that was asked for, may not have the line: --privilege asks for another"
    case .failed(.noAnswer(.command)): "the controller fell silent"
    case .failed(.sessionLost): "the session was lost"
    case .failed(let failure): failure.description
    }
  }

  /// What the caller is told by the exit status.
  var status: ExitStatus {
    switch self {
    case .closed: .success
    case .inUse, .takenOver, .deactivated: .negative
    case .failed(let failure): failure.status
    }
  }
}

extension Duration {
  /// The whole seconds, rounded up.
  fileprivate var inSeconds: Int64 {
    components.seconds + (components.attoseconds > 0 ? 1 : 0)
  }
}
