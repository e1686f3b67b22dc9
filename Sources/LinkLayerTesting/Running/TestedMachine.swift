public import LinkLayer
internal import Links
public import Machines
public import MonotonicTime

/// One of Crimp's machines, or one of your own, put to a replay test: frames are parsed for it, and what it
/// says is made into bytes, tagged and padded as on a link.
public struct TestedMachine<Protocol: Machine>: TestedSystem {
  /// The machine as it is now.
  public private(set) var machine: Protocol
  private let framing: LinkFraming
  private let tag: VLANTag?

  /// What the machine has reported.
  public private(set) var reports: [Protocol.Report] = []
  /// How the machine ended; nil while it has not.
  public private(set) var outcome: Protocol.Outcome?

  /// Puts `machine` to the test, on a link of this framing, in the VLAN of `tag`.
  public init(_ machine: Protocol, framing: LinkFraming = .ethernet, tag: VLANTag? = nil) {
    self.machine = machine
    self.framing = framing
    self.tag = tag
  }

  /// When the machine has something to do; nil once it has ended.
  public var deadline: Instant? { outcome == nil ? machine.deadline : nil }

  /// Starts the machine.
  public mutating func start(at now: Instant) -> [[UInt8]] {
    frames(of: machine.start(at: now))
  }

  /// Shows it a frame of its VLAN; one that cannot be parsed moves no machine.
  public mutating func receive(_ frame: [UInt8], at now: Instant) -> [[UInt8]] {
    guard outcome == nil, let (frame, tag) = try? LinkFrame.parse(frame.rawBytes, framing: framing),
      tag?.identifier == self.tag?.identifier
    else { return [] }
    return frames(of: machine.receive(frame, at: now))
  }

  /// Has it do what is due.
  public mutating func fire(at now: Instant) -> [[UInt8]] {
    frames(of: machine.fire(at: now))
  }

  private mutating func frames(of actions: Protocol.Actions) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    for action in actions {
      switch action {
      case .send(let frame):
        frames.append(frame.bytes(framing: framing, tag: tag, padding: .ethernetMinimum))
      case .report(let report): reports.append(report)
      case .finish(let end): outcome = end
      }
    }
    return frames
  }
}
