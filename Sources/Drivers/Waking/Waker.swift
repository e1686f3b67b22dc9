public import EventLoop
public import LinkLayer
public import Links
public import Machines
public import Sockets

/// Runs a `Waking` on the loop: its frames and questions on a link, magic packets as datagrams, and
/// questions by TCP, whichever of these it is given.
public final class Waker {
  /// The ways, beside a link, by which a waker reaches its stations.
  public struct Ways {
    /// What sends magic packets as datagrams; nil when the machine's frames do it.
    public var sender: MagicPacketSender?
    /// Each station's packet, for `sender`.
    public var packets: [MagicPacket] = []
    /// Where a station is asked by TCP, by its place in the machine's list.
    public var connections: [Int: InternetAddress] = [:]

    /// No way beside the link.
    public init() {}
  }

  private let loop: EventLoop
  private let ways: Ways
  private let conversation: Conversation
  /// What the conversation is held on when no link is needed: a cable that leads nowhere.
  private let cable: MemoryLink?
  private var running: RunningMachine<Waking>?
  private var attempts: [Int: ConnectionAttempt] = [:]
  /// Whose attempts are under way, the oldest first.
  private var asked: [Int] = []
  /// How many attempts are under way at most: who is there answers within a round trip, and a process
  /// has only so many descriptors.
  private static let attemptLimit = 512
  private var failure: SystemError?

  /// Creates a waker on `loop`.
  ///
  /// - Parameter conversation: the link on which stations are woken by frames and asked by ARP or
  ///   Neighbor Discovery; nil when neither is done.
  public init(on loop: EventLoop, conversation: Conversation?, ways: Ways = Ways())
    throws(LinkError)
  {
    self.loop = loop
    self.ways = ways
    if let conversation {
      (self.conversation, cable) = (conversation, nil)
    } else {
      let cable = MemoryLink.pair().left
      self.cable = cable
      self.conversation = try Conversation(link: cable, loop: loop, hears: false)
    }
  }

  /// Runs `machine` to its end.
  ///
  /// - Throws: `.link` when the link fails, or when a first packet could not be sent as a datagram;
  ///   `.cancelled` when the task is cancelled.
  public func run(
    _ machine: Waking, onReport: @escaping (WakingReport) -> Void = { _ in }
  ) async throws(ConversationFailure) -> WakingOutcome {
    // Reports that need something done come while the machine begins, so all of it is done later.
    var early: [WakingReport] = []
    let running = conversation.begin(machine) { [weak self] report in
      guard let self, self.running != nil else { return early.append(report) }
      carryOut(report)
      onReport(report)
    }
    self.running = running
    for report in early {
      carryOut(report)
      onReport(report)
    }
    defer { attempts = [:] }
    let outcome = try await running.outcome()
    if let failure { throw .link(.system(failure)) }
    return outcome
  }

  /// Ends the run now; its outcome tells who had proved to be awake.
  public func stop() {
    running?.perform { $0.stop(at: $1) }
  }

  private func carryOut(_ report: WakingReport) {
    switch report {
    case .packet(let station, let attempt): send(station, isFirst: attempt == 1)
    case .asked(let station): ask(station)
    case .awake(let awakening): attempts[awakening.station] = nil
    case .impostor: break
    }
  }

  /// A packet that cannot be sent ends the run at first; later ones are sent again in their time.
  private func send(_ station: Int, isFirst: Bool) {
    guard let sender = ways.sender, ways.packets.indices.contains(station) else { return }
    do throws(SystemError) {
      try sender.send(ways.packets[station])
    } catch {
      guard isFirst, failure == nil else { return }
      failure = error
      loop.execute { [weak self] in self?.stop() }
    }
  }

  /// Asks anew: an attempt that is under way since the last question is given up.
  private func ask(_ station: Int) {
    guard let address = ways.connections[station] else { return }
    asked.removeAll { $0 == station }
    asked.append(station)
    if asked.count > Self.attemptLimit { attempts[asked.removeFirst()] = nil }
    attempts[station] = try? ConnectionAttempt(to: address, on: loop) { [weak self] answer in
      guard let self else { return }
      switch answer {
      case .accepted, .refused:
        loop.execute { self.running?.perform { $0.hear(from: station, at: $1) } }
      case .failed: break
      }
    }
  }
}
