public import LinkLayer

/// What goes wrong on a ``FaultyLink``, with which frames, and how often.
public struct FaultRule: Hashable, Sendable {
  /// Which way the frames go.
  public enum Course: Hashable, Sendable {
    /// Frames that are sent.
    case sent
    /// Frames that are received.
    case received
    /// Both.
    case both
  }

  /// What happens to a frame.
  public enum Fault: Hashable, Sendable {
    /// It is lost.
    case drop
    /// It comes twice.
    case duplicate
    /// It comes later. Frames behind it overtake it.
    case delay(Duration)
    /// It comes after the next `count` frames, or after 10 ms when fewer follow.
    case reorder(past: Int)
    /// One bit behind the link-layer addresses is wrong.
    case corrupt
  }

  /// Which way the frames go.
  public var course: Course
  /// What happens.
  public var fault: Fault
  /// Which frames it can happen to.
  public var filter: SocketFilter
  /// How likely it happens to each of them, from 0 to 1.
  public var probability: Double
  /// How many of them are spared before it begins.
  public var skip: Int
  /// How often it happens at most.
  public var limit: Int

  /// Creates a rule. Without further arguments the fault befalls every frame of the course.
  public init(
    _ course: Course, _ fault: Fault, filter: SocketFilter = .everything,
    probability: Double = 1, skip: Int = 0, limit: Int = .max
  ) {
    self.course = course
    self.fault = fault
    self.filter = filter
    self.probability = probability
    self.skip = skip
    self.limit = limit
  }

  /// Nothing that is sent arrives.
  public static let dropAllSent = FaultRule(.sent, .drop)
  /// Nothing is received.
  public static let dropAllReceived = FaultRule(.received, .drop)

  /// No ARP reply passes, in either direction.
  public static func dropARPReplies(framing: LinkFraming = .ethernet) -> FaultRule {
    FaultRule(
      .both, .drop,
      filter: .accepting(.arpOperation(.reply), tag: .any, framing: framing))
  }

  /// Each frame is lost with this probability.
  public static func loss(_ probability: Double, _ course: Course = .both) -> FaultRule {
    FaultRule(course, .drop, probability: probability)
  }
}

/// How often each fault happened.
public struct FaultCounts: Hashable, Sendable {
  /// Frames lost.
  public var dropped = 0
  /// Frames that came twice.
  public var duplicated = 0
  /// Frames that came late.
  public var delayed = 0
  /// Frames that others overtook by rule.
  public var reordered = 0
  /// Frames with a wrong bit.
  public var corrupted = 0

  /// No fault yet.
  public init() {}
}
