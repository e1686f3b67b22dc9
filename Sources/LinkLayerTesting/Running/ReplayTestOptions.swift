/// How an exchange is played, and what may differ.
public struct ReplayTestOptions: Hashable, Sendable {
  /// When the host under test is told what others said.
  public enum Pace: Hashable, Sendable {
    /// As an answer: when the host has said all that it had said before, and as much time has passed since
    /// the last of that as then.
    case answers
    /// At its time from the beginning, whatever the host has said.
    case times
  }

  /// When the host is told what others said.
  public var pace = Pace.answers
  /// Which fields may differ.
  public var mask: FieldMask
  /// By how much a frame may be said later or sooner after the one before it than it was then.
  public var tolerance: Duration
  /// How long beyond its time a frame is waited for, until others are told without it.
  public var patience: Duration
  /// How long the host is listened to after the last frame, at least.
  public var closing: Duration

  /// Answers, in memory: every byte as it was, 100 ms.
  public init(
    mask: FieldMask = .nothing, tolerance: Duration = .milliseconds(100),
    patience: Duration = .seconds(2), closing: Duration = .milliseconds(100)
  ) {
    self.mask = mask
    self.tolerance = tolerance
    self.patience = patience
    self.closing = closing
  }

  /// Answers, for a stack or program behind an interface: what it draws anew may differ, and it may be
  /// slow.
  public static let live = ReplayTestOptions(
    mask: .liveStack, tolerance: .milliseconds(500), patience: .seconds(2),
    closing: .milliseconds(300))
}
