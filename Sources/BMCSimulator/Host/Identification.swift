public import IPMI
public import MonotonicTime

/// The light that tells one machine of a rack from the others. IPMI 2.0, section 28.5.
public struct Identification: Hashable, Sendable {
  private enum Until: Hashable {
    case instant(Instant)
    case told
  }

  /// How long the light is on when nobody says: 15 seconds.
  static let standardSeconds: UInt8 = 15

  private var until: Until?

  /// A light that is off.
  public init() {}

  /// Switches the light on for so long, or off for 0 seconds; nil for until it is told.
  public mutating func set(seconds: UInt8?, at now: Instant) {
    guard let seconds else {
      until = .told
      return
    }
    until = seconds == 0 ? nil : .instant(now + .seconds(Int(seconds)))
  }

  /// What the light does.
  public func state(at now: Instant) -> IdentifyState {
    switch until {
    case nil: .off
    case .told: .indefinite
    case .instant(let end): now < end ? .temporary : .off
    }
  }
}
