public import IPMI
public import MonotonicTime

/// Finds out where controllers are: a presence ping to each address, and what the channel offers, which
/// also those answer that know no ping. Nothing that a session would need is asked for.
///
/// A value: hosts are numbers, and whoever runs it knows their addresses.
public struct PresenceSweep: Sendable {
  /// What is to be done in answer to an event, in this order.
  public enum Action: Hashable, Sendable {
    /// Send this datagram to the host of this number.
    case send([UInt8], to: Int)
    /// The host has answered, or its time is over; each host is told once.
    case result(Int, Presence)
    /// All hosts are told.
    case finish
  }

  /// What was found out about a host.
  public struct Presence: Hashable, Sendable {
    /// What it answered to the ping.
    public var pong: PresencePong?
    /// What its channel offers.
    public var capabilities: GetChannelAuthenticationCapabilities.Response?
    /// Why the network says that it is not there.
    public var failure: BMCFailure?

    /// Whether it answered at all.
    public var isPresent: Bool { pong != nil || capabilities != nil }

    /// Nothing yet.
    public init() {}
  }

  /// How a sweep is done.
  public struct Options: Hashable, Sendable {
    /// How often a host is asked.
    public var attempts = 3
    /// How long each question is waited for.
    public var wait = Duration.milliseconds(500)
    /// How many hosts are asked at once.
    public var window = 256
    /// Whether hosts are pinged; some controllers drop a serial console when they are.
    public var pings = true
    /// Whether a host that has told what its channel offers is given its time to answer the ping as well.
    /// Without, a result does not say that a host answers no pings.
    public var awaitsPong = false

    /// The defaults.
    public init() {}
  }

  private struct Host: Sendable {
    var presence = Presence()
    var attempts = 0
    var due = Instant.origin
  }

  private let count: Int
  private let options: Options
  /// The tag of the pings, and the number of the messages: who has not seen them cannot answer.
  private let tag: UInt8
  private let messageNumber: UInt8
  private var hosts: [Int: Host] = [:]
  /// Hosts in the order of their deadlines: each waits as long as the others.
  private var waiting: [Int] = []
  private var next = 0
  private var remaining: Int

  /// A sweep over the hosts 0 to `count` - 1.
  public init(
    count: Int, options: Options = Options(), random: inout some RandomNumberGenerator
  ) {
    self.count = max(0, count)
    self.options = options
    remaining = self.count
    tag = UInt8.random(in: 0...254, using: &random)
    messageNumber = UInt8.random(in: 0...63, using: &random)
  }

  /// When to call `fire`; nil when all hosts are told.
  public var deadline: Instant? { waiting.first.flatMap { hosts[$0]?.due } }

  // MARK: Events

  /// Begins.
  public mutating func start(at now: Instant) -> [Action] {
    guard remaining > 0 else { return [.finish] }
    var actions: [Action] = []
    fill(at: now, &actions)
    return actions
  }

  /// Takes a datagram that came from the address and port of the host of this number.
  public mutating func receive(_ datagram: RawSpan, from index: Int, at now: Instant) -> [Action] {
    guard var host = hosts[index] else { return [] }
    do throws(IPMIError) {
      let message = try RMCPMessage(datagram)
      switch message.kind {
      case .asf: try take(ASFMessage(parsing: message.body), &host)
      case .session: try take(SessionPacketView(message.body), &host)
      default: return []
      }
    } catch {
      return []
    }
    hosts[index] = host
    guard host.presence.capabilities != nil, !isAwaitingPong(host) else { return [] }
    var actions: [Action] = []
    tell(index, &actions)
    fill(at: now, &actions)
    return actions
  }

  /// Takes the network's word that the host cannot be reached. A pong or an answer outweighs it.
  public mutating func suspect(_ failure: BMCFailure, of index: Int) {
    hosts[index]?.presence.failure = failure
  }

  /// Does what is due.
  public mutating func fire(at now: Instant) -> [Action] {
    var actions: [Action] = []
    while let index = waiting.first, let host = hosts[index], host.due <= now {
      waiting.removeFirst()
      if host.attempts < options.attempts {
        ask(index, host, at: now, &actions)
      } else {
        tell(index, &actions)
      }
    }
    fill(at: now, &actions)
    return actions
  }

  // MARK: Asking

  private mutating func fill(at now: Instant, _ actions: inout [Action]) {
    while hosts.count < max(1, options.window), next < count {
      ask(next, Host(), at: now, &actions)
      next += 1
    }
  }

  /// Pings first; then, and when the host has answered, asks what its channel offers.
  private mutating func ask(
    _ index: Int, _ asked: Host, at now: Instant, _ actions: inout [Action]
  ) {
    var host = asked
    host.attempts += 1
    host.due = now + options.wait
    hosts[index] = host
    waiting.append(index)
    if options.pings, host.presence.pong == nil {
      actions.append(.send(PresencePing(tag: tag).datagram, to: index))
    }
    guard host.presence.capabilities == nil else { return }
    // The last question of all is put as old controllers understand it.
    let isExtended = host.attempts == 1 || host.attempts < options.attempts
    let question = GetChannelAuthenticationCapabilities(
      privilege: PrivilegeLimit(.administrator), asksForExtendedData: isExtended)
    let message = BMCCall(question).message(numbered: messageNumber)
    actions.append(.send(SessionPacket(message: message.bytes).datagram, to: index))
  }

  private func isAwaitingPong(_ host: Host) -> Bool {
    options.pings && options.awaitsPong && host.presence.pong == nil
  }

  private func take(_ message: ASFMessage, _ host: inout Host) throws(IPMIError) {
    guard let pong = try PresencePong(message), pong.tag == tag else { return }
    host.presence.pong = pong
  }

  private func take(_ packet: SessionPacketView, _ host: inout Host) throws(IPMIError) {
    guard packet.sessionID == 0, packet.authenticationType == .none else { return }
    let response = try IPMIMessage(parsing: packet.message)
    let identity = GetChannelAuthenticationCapabilities.identity
    guard response.isResponse, response.networkFunction == identity.networkFunction.response,
      response.command == identity.command, response.sequenceNumber == messageNumber,
      response.completionCode == .completed
    else { return }
    let body = Array(response.body)
    host.presence.capabilities = try .init(parsing: body.messageBytes)
  }

  private mutating func tell(_ index: Int, _ actions: inout [Action]) {
    guard var host = hosts.removeValue(forKey: index) else { return }
    if let position = waiting.firstIndex(of: index) { waiting.remove(at: position) }
    if host.presence.isPresent { host.presence.failure = nil }
    actions.append(.result(index, host.presence))
    remaining -= 1
    if remaining == 0 { actions.append(.finish) }
  }
}
