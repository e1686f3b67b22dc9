internal import CaptureFile
public import EventLoop
public import LinkLayer
public import Links
public import Machines
public import MonotonicTime

/// One link on the loop, shared by the machines that speak on it.
///
/// Frames that arrive are parsed once and shown to every running machine that they may concern; what the machines say
/// leaves in batches, tagged and padded as the link needs. All of it happens on the loop's thread.
public final class Conversation {
  /// The link that carries the frames.
  public let link: any Link
  /// The loop that turns it.
  public let loop: EventLoop
  /// The 802.1Q tag of every frame sent. A frame heard under another tag, or under any when this
  /// is nil, belongs to another network and is not shown to the machines.
  public let tag: VLANTag?

  /// Whether an interface that is down or has lost its carrier is waited out: frames are lost then,
  /// as on any wire that is cut, and the machines go on. Otherwise it ends them.
  public var outlastsOutages = false

  /// Frames that were heard and could not be parsed; hostile or foreign, they move no machine.
  public private(set) var malformedFrames = 0

  /// How many frames wait for a transmit queue that is full.
  public var waitingFrames: Int { outgoing.count }

  /// Whether so many wait that whoever would say more is to wait too.
  var isCongested: Bool { outgoing.count >= Self.congestion }

  private let hears: Bool
  private var audience = Audience()
  private var outgoing = FrameBatch()
  private var retry: Alarm?
  /// Since when the transmit queue takes nothing; nil while it does.
  private var refusedSince: Instant?
  private var afterSending: [() -> Void] = []

  /// A few batches: enough for machines to go on at their times, too few to fill memory.
  private static let congestion = 1024

  /// How long a transmit queue may take nothing before the link counts as failed.
  private static let patience = Duration.seconds(1)

  /// Takes `link` into use on `loop`.
  ///
  /// - Parameter hears: whether frames are received; a link opened for sending only hears nothing.
  /// - Throws: `LinkError` when the link cannot be watched.
  public init(
    link: any Link, loop: EventLoop, tag: VLANTag? = nil, hears: Bool = true
  ) throws(LinkError) {
    self.link = link
    self.loop = loop
    self.tag = tag
    self.hears = hears
    guard hears else { return }
    try link.start(on: loop) { [weak self] in self?.hear() }
  }

  /// Runs `machine` on the link until it finishes, and returns how it ended.
  ///
  /// - Throws: `.link` when the link fails, `.cancelled` when the task is cancelled.
  public func run<Protocol: Machine>(
    _ machine: Protocol, onReport: @escaping (Protocol.Report) -> Void = { _ in }
  ) async throws(ConversationFailure) -> Protocol.Outcome {
    try await begin(machine, onReport: onReport).outcome()
  }

  /// Puts `machine` to work on the link, which takes frames to the machine's groups from now on.
  /// When it cannot, the machine ends at once with `.link`.
  ///
  /// - Parameters:
  ///   - machine: what to run.
  ///   - isStarted: whether its `start` was carried out elsewhere and it goes on where it is.
  ///   - onReport: is told what happens on the way.
  ///   - onOutage: what the machine is told when its frames are lost because the link is out of use and
  ///     the conversation outlasts that. What it did to send them has not happened then. Without it
  ///     they are lost as on a wire that is cut.
  public func begin<Protocol: Machine>(
    _ machine: Protocol, isStarted: Bool = false,
    onReport: @escaping (Protocol.Report) -> Void = { _ in },
    onOutage: ((inout Protocol, Instant) -> Protocol.Actions)? = nil
  ) -> RunningMachine<Protocol> {
    let running = RunningMachine(machine, in: self, onOutage, onReport)
    audience.add(running)
    do throws(LinkError) {
      try join(machine.multicastGroups)
    } catch {
      running.fail(error)
      return running
    }
    if isStarted { running.resume() } else { running.start() }
    return running
  }

  /// Asks for frames to `groups`, which an interface drops otherwise.
  private func join(_ groups: [IPv6Address]) throws(LinkError) {
    guard hears else { return }
    let properties = link.properties
    let identity = LinkIdentity(
      hardwareType: properties.hardwareType, hardwareAddress: properties.hardwareAddress,
      broadcastAddress: properties.broadcastAddress)
    for group in groups { try link.join(identity.multicastAddress(for: group)) }
  }

  /// Calls `body` when all that was to be sent has left: at once, unless a full queue holds it up.
  func whenSent(_ body: @escaping () -> Void) {
    guard !outgoing.isEmpty else { return body() }
    afterSending.append(body)
  }

  /// Ends every machine: there is no link to speak on, nor to listen to.
  func fail(_ error: LinkError) {
    outgoing.removeAll()
    retry = nil
    refusedSince = nil
    afterSending = []
    for participant in audience.all { participant.fail(error) }
  }

  /// Notes that one of the machines has ended: nothing is shown to it any more.
  func noteEnd(of participant: any Participant) {
    audience.remove(participant)
  }

  /// Sends `frames` in as few batches as the link takes; what a full transmit queue refuses is
  /// tried again a millisecond later, before anything else. A queue that takes nothing for a
  /// second is a link that has failed.
  ///
  /// - Returns: whether they have left or stand in the queue; false when an outage took them.
  @discardableResult
  public func send(_ frames: [LinkFrame]) throws(LinkError) -> Bool {
    let framing = link.properties.framing
    for frame in frames {
      outgoing.append(frame.bytes(framing: framing, tag: tag, padding: .ethernetMinimum))
    }
    return try flush()
  }

  @discardableResult
  private func flush() throws(LinkError) -> Bool {
    var isWhole = true
    while !outgoing.isEmpty {
      do throws(LinkError) {
        outgoing.removeFirst(try link.send(outgoing))
        refusedSince = nil
      } catch .transmitQueueFull(let name) {
        let since = refusedSince ?? loop.now
        refusedSince = since
        guard loop.now - since < Self.patience else { throw .transmitQueueFull(name) }
        retryLater()
        return isWhole
      } catch {
        outgoing.removeAll()
        guard isOutage(error) else { throw error }
        isWhole = false
      }
    }
    let waiting = afterSending
    afterSending = []
    for body in waiting { body() }
    return isWhole
  }

  private func isOutage(_ error: LinkError) -> Bool {
    guard outlastsOutages else { return false }
    switch error {
    case .interfaceDown, .noCarrier: return true
    default: return false
    }
  }

  private func retryLater() {
    let alarm = retry ?? Alarm(on: loop) { [weak self] in self?.flushAgain() }
    retry = alarm
    alarm.deadline = loop.now + .milliseconds(1)
  }

  private func flushAgain() {
    do throws(LinkError) {
      try flush()
    } catch {
      fail(error)
    }
  }

  private func hear() {
    var heard: [(frame: LinkFrame, at: Instant)] = []
    do throws(LinkError) {
      let framing = link.properties.framing
      _ = try link.receive(limit: 64) { bytes, information in
        guard information.direction != .outbound, belongs(information.tag) else { return }
        do throws(WireError) {
          heard.append((try LinkFrame(parsing: bytes, framing: framing), instant(of: information)))
        } catch {
          malformedFrames += 1
        }
      }
    } catch {
      if !isOutage(error) { fail(error) }
    }
    for (frame, instant) in heard {
      for participant in audience.listeners(for: frame) {
        participant.receive(frame, at: instant)
      }
    }
  }

  private func belongs(_ heard: VLANTag?) -> Bool {
    // VID 0 carries a priority and names no network (IEEE 802.1Q, 9.6).
    let (heard, own) = (heard.flatMap(Self.named), tag.flatMap(Self.named))
    return heard?.identifier == own?.identifier && heard?.tpid == own?.tpid
  }

  private static func named(_ tag: VLANTag) -> VLANTag? {
    tag.identifier == 0 ? nil : tag
  }

  /// The kernel stamped the frame before the loop saw it: its age is taken off the time. The stamp is
  /// the time of day; an age that cannot be true says that somebody has set the clock meanwhile.
  private func instant(of information: FrameInformation) -> Instant {
    let age = link.timestamp.duration(since: information.timestamp)
    return age >= .zero && age < .seconds(1) ? loop.readClock() - age : loop.now
  }
}

/// Why a machine's run ended without its outcome.
public enum ConversationFailure: Error, Hashable, Sendable {
  /// The link failed.
  case link(LinkError)
  /// The task was cancelled.
  case cancelled
}
