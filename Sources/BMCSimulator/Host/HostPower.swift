public import IPMI
public import MonotonicTime

/// The power of the machine that a controller manages: on or off, and what is under way.
///
/// A command is accepted at once and takes effect later, as relays and power supplies have it. Time
/// is passed in: `advance` brings the state to an instant, and tells what happened on the way.
public struct HostPower: Hashable, Sendable {
  /// How long the machine takes for each change.
  public struct Delays: Hashable, Sendable {
    /// From the command to power on.
    public var on: Duration
    /// From the command to power off, and from a reset's command to the reset.
    public var off: Duration
    /// From the request that the operating system shut down to power off.
    public var soft: Duration
    /// How long a power cycle leaves the machine off.
    public var cycle: Duration

    /// Delays; without one the change is there when the command has been answered.
    public init(
      on: Duration = .zero, off: Duration = .zero, soft: Duration = .zero, cycle: Duration = .zero
    ) {
      self.on = on
      self.off = off
      self.soft = soft
      self.cycle = cycle
    }
  }

  /// A change of the machine's state.
  public enum Change: Hashable, Sendable {
    /// Power came on.
    case on
    /// Power went off.
    case off
    /// The machine was reset.
    case reset
    /// The diagnostic interrupt was pulsed.
    case diagnosticInterrupt
  }

  /// A change, and when it happened.
  public struct Event: Hashable, Sendable {
    /// What happened.
    public var change: Change
    /// When.
    public var instant: Instant
  }

  /// Whether the machine is on, as of the last `advance`.
  public private(set) var isOn: Bool

  /// Whether the last power on was made by a command. IPMI 2.0, table 28-3, byte 3, bit 4.
  public private(set) var wasSwitchedOnByCommand = false

  /// What is done when mains power returns.
  public var restorePolicy = PowerRestorePolicy.previous

  /// Why the machine started last.
  public private(set) var restartCause = SystemRestartCause.unknown

  private let delays: Delays
  private var planned: [Event] = []
  private var switchedOn: Instant?
  private var timeOn = Duration.zero
  private var cause = SystemRestartCause.chassisControl

  /// Creates a machine that is on or off, with nothing under way.
  public init(isOn: Bool, delays: Delays, at now: Instant = .origin) {
    self.isOn = isOn
    self.delays = delays
    switchedOn = isOn ? now : nil
  }

  /// When the next change is due; nil when none is under way.
  public var deadline: Instant? { planned.first?.instant }

  /// How long the machine has been on in all, at `now`.
  public func timeOn(at now: Instant) -> Duration {
    timeOn + (switchedOn.map { now - $0 } ?? .zero)
  }

  /// Plans power on. What was under way before is dropped.
  public mutating func switchOn(
    at now: Instant, because cause: SystemRestartCause = .chassisControl
  ) {
    self.cause = cause
    planned = isOn ? [] : [Event(change: .on, instant: now + delays.on)]
  }

  /// Plans power off at once. What was under way before is dropped.
  public mutating func switchOff(at now: Instant) {
    planned = isOn ? [Event(change: .off, instant: now + delays.off)] : []
  }

  /// Plans that the operating system shuts down.
  public mutating func shutDown(at now: Instant) {
    planned = isOn ? [Event(change: .off, instant: now + delays.soft)] : []
  }

  /// Plans power off and on again; nothing on a machine that is off.
  public mutating func cycle(
    at now: Instant, because cause: SystemRestartCause = .chassisControl
  ) {
    self.cause = cause
    guard isOn else { return }
    let off = now + delays.off
    planned = [
      Event(change: .off, instant: off), Event(change: .on, instant: off + delays.cycle),
    ]
  }

  /// Plans a reset; nothing on a machine that is off.
  public mutating func reset(
    at now: Instant, because cause: SystemRestartCause = .chassisControl
  ) {
    self.cause = cause
    planned = isOn ? [Event(change: .reset, instant: now + delays.off)] : []
  }

  /// Plans a diagnostic interrupt; nothing on a machine that is off.
  public mutating func interrupt(at now: Instant) {
    planned = isOn ? [Event(change: .diagnosticInterrupt, instant: now)] : []
  }

  /// Does what is due at `now`, and returns it in order.
  public mutating func advance(to now: Instant) -> [Event] {
    guard let first = planned.first, first.instant <= now else { return [] }
    let due = planned.prefix { $0.instant <= now }
    planned.removeFirst(due.count)
    for event in due { apply(event) }
    return Array(due)
  }

  private mutating func apply(_ event: Event) {
    switch event.change {
    case .on:
      isOn = true
      wasSwitchedOnByCommand = true
      restartCause = cause
      switchedOn = event.instant
    case .off:
      isOn = false
      timeOn = timeOn(at: event.instant)
      switchedOn = nil
    case .reset: restartCause = cause
    case .diagnosticInterrupt: break
    }
  }
}
