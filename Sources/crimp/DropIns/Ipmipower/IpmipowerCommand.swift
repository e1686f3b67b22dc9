/// What `ipmipower` can do to a machine, by the names that its prompt has for it.
enum IpmipowerCommand: String, CaseIterable {
  case on, off, cycle, reset, stat, pulse, soft
  case identifyOn = "identify-on"
  case identifyOff = "identify-off"
  case identifyStatus = "identify-status"

  /// The power action; nil for what concerns the light.
  var action: PowerAction? {
    switch self {
    case .on: .on
    case .off: .off
    case .cycle: .cycle
    case .reset: .reset
    case .stat: .status
    case .pulse: .diag
    case .soft: .soft
    case .identifyOn, .identifyOff, .identifyStatus: nil
    }
  }

  /// Whether a user of the lowest level may do it.
  var onlyLooks: Bool { self == .stat || self == .identifyStatus }
}
