public import IPMI
public import MonotonicTime

/// The watchdog timer of a controller: what it was told, and whether it runs. IPMI 2.0, section 27.
public struct Watchdog: Hashable, Sendable {
  private var settings = WatchdogTimer(use: WatchdogTimer.Use(rawValue: 0), countdown: 0)
  private var end: Instant?
  private var hasBeenSet = false

  /// A watchdog that nobody has set.
  public init() {}

  /// When it expires; nil when it does not run.
  public var deadline: Instant? { end }

  /// What it was told, and whether it runs.
  public var timer: WatchdogTimer {
    var timer = settings
    timer.isRunning = end != nil
    return timer
  }

  /// How much is left, in units of 100 ms.
  public func countdown(at now: Instant) -> UInt16 {
    guard let end else { return settings.countdown }
    return UInt16(clamping: max(0, (end - now).wholeNanoseconds) / 100_000_000)
  }

  /// Sets the timer. It stops, unless `timer` says that it goes on: then from the new count.
  public mutating func set(_ timer: WatchdogTimer, at now: Instant) {
    let expired = settings.expiredUses & ~timer.expiredUses
    let goesOn = timer.isRunning && end != nil
    settings = timer
    settings.expiredUses = expired
    hasBeenSet = true
    end = nil
    if goesOn { start(at: now) }
  }

  /// Starts the timer from its initial count.
  ///
  /// Throws `CompletionCode` 80h for a timer that was never set.
  public mutating func restart(at now: Instant) throws(CompletionCode) {
    guard hasBeenSet else { throw CompletionCode(rawValue: 0x80) }
    start(at: now)
  }

  /// What is to be done when the time is over at `now`; nil when it is not, or nothing runs.
  public mutating func advance(to now: Instant) -> WatchdogTimer.Action? {
    guard let end, end <= now else { return nil }
    self.end = nil
    settings.expiredUses |= 1 << settings.use.rawValue
    return settings.action
  }

  private mutating func start(at now: Instant) {
    end = now + .milliseconds(100 * Int(settings.countdown))
  }
}
