import Glibc
import IPMI
import Machines

/// What a fence agent was asked to do, its parameters read.
struct FenceRequest {
  var action: FenceAction
  /// The hosts that it concerns: one, or those of the configuration file.
  var targets: [FleetTarget] = []
  /// The configuration file where it has no address for the plug.
  private(set) var fileWithoutAddress: String?
  /// Whether a reboot is a power cycle, which cannot be verified.
  var isCycle = false
  var delay = Duration.zero
  /// How long to wait after an order before power is looked at.
  var powerWait = Duration.zero
  /// In what time power must be as ordered.
  var powerTimeout = Duration.seconds(20)
  /// How long to leave between two looks.
  var interval = Duration.seconds(1)
  var separator = ","

  /// Reads `input`; secrets are fetched for actions that need a session.
  init(_ input: FenceInput) throws(FenceFailure) {
    let name = (input["action"] ?? "").lowercased()
    guard let action = FenceAction(rawValue: name == "meta-data" ? "metadata" : name) else {
      throw FenceFailure("action '\(name)': expected \(Self.actions)")
    }
    self.action = action
    guard action != .metadata else { return }
    isCycle = try Self.choice("method", input) == "cycle"
    delay = try Self.seconds("delay", input)
    powerWait = try Self.seconds("power_wait", input)
    powerTimeout = try Self.seconds("power_timeout", input)
    interval = max(try Self.seconds("stonith_status_sleep", input), .milliseconds(100))
    separator = input["separator"] ?? ","
    if input.isSet("disable_timeout")
      || !input.isCleared("disable_timeout") && Self.isCalledByPacemaker
    {
      powerTimeout = .seconds(86400)
    }
    let controllers = try FenceTargets(input)
    targets = try controllers.targets(for: action)
    fileWithoutAddress = controllers.fileWithoutAddress
  }

  private static let actions = FenceAction.allCases.map(\.rawValue).joined(separator: ", ")

  /// Pacemaker's fencer says so, and ends an agent that takes too long.
  private static var isCalledByPacemaker: Bool {
    guard let service = unsafe getenv("PCMK_service") else { return false }
    return unsafe String(cString: service) == "pacemaker-fenced"
  }

  static func seconds(_ name: String, _ input: FenceInput) throws(FenceFailure) -> Duration {
    guard let text = input[name], let value = Double(text), (0..<1e6).contains(value) else {
      throw FenceFailure("\(name) '\(input[name] ?? "")': expected seconds")
    }
    return Duration(seconds: value)
  }

  /// The value of a parameter that has choices, if it was given.
  static func choice(_ name: String, _ input: FenceInput) throws(FenceFailure) -> String? {
    guard let text = input[name], case .select(let choices) = FenceParameter.named(name)?.kind
    else { return nil }
    guard choices.contains(text.lowercased()) else {
      throw FenceFailure("\(name) '\(text)': expected \(choices.joined(separator: ", "))")
    }
    return text.lowercased()
  }
}
