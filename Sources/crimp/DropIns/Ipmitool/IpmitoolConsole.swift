import Drivers
import EventLoop
import IPMI
import Machines

/// `ipmitool sol activate`: the console below in the original's words.
struct IpmitoolConsole {
  private let options: IpmitoolOptions
  private let activation: ActivateSOL

  init(_ options: IpmitoolOptions, _ activation: ActivateSOL) {
    self.options = options
    self.activation = activation
  }

  /// Speaks on the line of `client` until the end.
  func run(
    _ client: BMCClient
  ) async throws(OperationFailure) -> any IPMIReport {
    let outcome: SerialOverLANSession.Outcome
    do throws(CommandFailure) {
      outcome = try await SerialLineConsole(on: client.loop, settings, nil).run(client)
    } catch {
      throw OperationFailure(.socket(error.message), error.message)
    }
    switch outcome {
    case .closed: return DoneReport(nil)
    case .inUse:
      let taken = CompletionCode(rawValue: 0x80)
      throw Self.refusal(.completion(taken, command: ActivatePayload.name, meaning: nil))
    case .takenOver, .deactivated: throw Self.end(nil)
    case .failed(.noAnswer(.command)): throw Self.end("Error sending SOL data: FAIL")
    case .failed(.sessionLost):
      throw Self.end("Error: No response to keepalive - Terminating session")
    case .failed(let failure): throw Self.refusal(failure)
    }
  }

  private static func refusal(_ failure: BMCFailure) -> OperationFailure {
    OperationFailure(failure, failure.isOfSession ? "" : failure.activationComplaint)
  }

  private static func end(_ line: String?) -> OperationFailure {
    OperationFailure(
      .completion(.notPresent, command: ActivatePayload.name, meaning: nil),
      (line.map { $0 + "\n" } ?? "") + "SOL session closed by BMC")
  }

  private var settings: SerialLineSettings {
    let escape = options.escapeCharacter
    var settings = SerialLineSettings(voice: IpmitoolVoice(escape: EscapeReader.name(of: escape)))
    settings.escape = escape
    settings.commands = EscapeReader.ofIpmitool
    settings.linger = .milliseconds(200)
    settings.line.reattaches = false
    settings.line.keepAlive = activation.keepAlive
    settings.line.instance = activation.instance
    switch options.oem {
    case "intelplus": settings.line.activation.insert(.holdsHandshake)
    case "i82571spt": settings.line.activation = []
    default: break
    }
    return settings
  }
}

/// What ipmitool says of its console, on standard output.
private struct IpmitoolVoice: SerialLineVoice {
  let escape: String

  var stream: StandardStream { .output }

  func words(_ event: SerialLineEvent) -> String? {
    switch event {
    case .report(.attached): "[SOL Session operational.  Use \(escape)? for help]"
    case .command(.help): help
    case .command(.end): "\(escape). [terminated ipmitool]"
    case .command(.suspend): "\(escape)^Z [suspend ipmitool]"
    case .command(.sendBreak): "\(escape)B [send break]"
    case .report, .command, .status, .carrier, .leftOver: nil
    }
  }

  private var help: String {
    """
    \(escape)?
    \tSupported escape sequences:
    \t\(escape).  - terminate connection
    \t\(escape)^Z - suspend ipmitool
    \t\(escape)^X - suspend ipmitool, but don't restore tty on restart
    \t\(escape)B  - send break
    \t\(escape)?  - this message
    \t\(escape)\(escape)  - send the escape character by typing it twice
    \t(Note that escapes are only recognized immediately after newline.)
    """
  }
}
