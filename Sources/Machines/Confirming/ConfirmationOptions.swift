extension AnnouncementConfirmation {
  /// How patiently to ask.
  public struct Options: Hashable, Sendable {
    /// The time from the first try to the second.
    public var firstRetry: Duration = .milliseconds(50)
    /// The longest time between tries.
    public var longestRetry: Duration = .seconds(1)
    /// When to give up, from the start.
    public var timeLimit: Duration = .seconds(10)
    /// How long other owners are searched for, from a try that the host answers at once: they are
    /// asked with it, after three and after six tenths of this. Nil to take their silence for granted.
    public var ownerCheckWait: Duration? = .milliseconds(100)
    /// How long another owner must be silent after it has spoken.
    public var quietAfterClaim: Duration = .seconds(1)
    /// How long after its answer a host that answers no echo may still begin to, before its answer
    /// alone is taken for the proof; half of `timeLimit` at most. Nil to ask for no echo.
    public var echoWait: Duration? = .seconds(1)
    /// To whom the questions go.
    public var delivery = DirectedDelivery.group
    /// How fast frames may follow one another.
    public var pace = FramePace.unlimited

    /// Creates the default options.
    public init() {}

    var effectiveEchoWait: Duration? { echoWait.map { min($0, timeLimit / 2) } }
  }
}
