import IPMI
import Machines

/// What is to be done to a system's power, and when it counts as done.
enum PowerAction: String, CaseIterable {
  case status, on, off, cycle, reset, soft, diag

  /// The operation of Chassis Control; nil when power is only looked at.
  var operation: ChassisControl.Operation? {
    switch self {
    case .status: nil
    case .on: .powerUp
    case .off: .powerDown
    case .cycle: .powerCycle
    case .reset: .hardReset
    case .soft: .softShutdown
    case .diag: .diagnosticInterrupt
    }
  }

  /// Whether power is on once it has changed; nil when it does not change, as in a reset.
  var changedPower: Bool? {
    switch self {
    case .on, .cycle: true
    case .off, .soft: false
    case .status, .reset, .diag: nil
    }
  }

  /// Whether it needs a system that is on.
  var restarts: Bool { self == .cycle || self == .reset }

  /// What the controller was told, in words.
  var order: String {
    switch self {
    case .status: "asked"
    case .on: "ordered on"
    case .off: "ordered off"
    case .cycle: "ordered to cycle"
    case .reset: "ordered to reset"
    case .soft: "ordered to shut down"
    case .diag: "diagnostic interrupt ordered"
    }
  }
}

/// A power action with its conditions.
struct PowerRequest {
  var action: PowerAction
  /// How long to wait for the state; nil when the controller's word is enough.
  var wait: Duration?
  /// Whether cycle and reset switch a system on that is off.
  var isOnIfOff = false
  /// How long to leave between two looks.
  var interval = Duration.milliseconds(500)
}

/// What came of a power action.
enum PowerResult: Hashable {
  /// How power is: it was looked at.
  case isOn(Bool)
  /// The controller has taken the order.
  case ordered(PowerAction)
  /// Power was off, and the system was switched on in place of being restarted.
  case orderedOn
  /// The state was not reached in time; it is this.
  case stillOn(Bool)
  /// A cycle was ordered, and power was never seen off.
  case neverOff
  /// Power is off, and the controller restarts nothing that is off.
  case nothingToRestart

  /// How power is, if it was looked at; never guessed.
  var power: String? {
    switch self {
    case .isOn(let isOn), .stillOn(let isOn): isOn ? "on" : "off"
    case .ordered, .orderedOn: nil
    case .neverOff: "on"
    case .nothingToRestart: "off"
    }
  }

  /// Whether what was wanted is not so.
  var isMissed: Bool {
    switch self {
    case .isOn, .ordered, .orderedOn: false
    case .stillOn, .neverOff, .nothingToRestart: true
    }
  }

  var words: String {
    switch self {
    case .isOn(let isOn): isOn ? "on" : "off"
    case .ordered(let action): action.order
    case .orderedOn: "was off: ordered on"
    case .stillOn(let isOn): isOn ? "still on" : "still off"
    case .neverOff: "on, and never seen off: not shown to have been cycled"
    case .nothingToRestart: "off: nothing to restart (--on-if-off switches it on)"
    }
  }
}
