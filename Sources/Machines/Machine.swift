public import LinkLayer
public import MonotonicTime

/// A protocol as a value: an event and an instant go in, actions come out.
///
/// A machine reads no clock, opens no socket and draws no randomness that was not passed in, so
/// that the same events at the same instants give the same actions: in a driver, in a replay of a
/// capture, in a test that counts from zero.
///
/// Whoever runs a machine calls `start` once, `receive` for every frame that the link brings, and
/// `fire` when `deadline` has come; it carries out the actions in their order. A `deadline` that is
/// not later than now means "fire again before waiting": so a large job comes in batches. After
/// `finish` the machine answers every event with nothing.
public protocol Machine: Sendable {
  /// What happened on the way.
  associatedtype Report: Sendable
  /// How it ended.
  associatedtype Outcome: Sendable
  /// What the machine asks for in answer to one event, in order.
  typealias Actions = [Action<Report, Outcome>]

  /// Begins. Called once; later calls do nothing.
  mutating func start(at now: Instant) -> Actions

  /// Takes a frame that the link brought, whatever it is: a machine passes over what is not its
  /// own, frames of this host included.
  mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions

  /// Does what was due. Before `deadline` nothing is due and nothing happens.
  mutating func fire(at now: Instant) -> Actions

  /// When to call `fire`; nil when only a frame can move the machine, or nothing can.
  var deadline: Instant? { get }

  /// The groups that the link must listen to for the machine to hear all that concerns it.
  var multicastGroups: [IPv6Address] { get }

  /// The address that every frame is about which can move the machine, as `addressesInQuestion` tells
  /// it; nil when others may. It stays the same. Whoever runs thousands of machines shows each frame to
  /// those alone that it concerns.
  var subject: IPAddress? { get }
}

extension Machine {
  /// None: what the machine waits for is sent to this host or to all.
  public var multicastGroups: [IPv6Address] { [] }

  /// None: any frame may move the machine.
  public var subject: IPAddress? { nil }
}

extension LinkFrame {
  /// The addresses that an ARP or Neighbor Discovery packet is about: whose it says where they are, and
  /// whose it asks for. None in other frames.
  public var addressesInQuestion: [IPAddress] {
    switch payload {
    case .arp(let packet):
      return [.v4(packet.senderProtocolAddress), .v4(packet.targetProtocolAddress)]
    case .ndp(let packet):
      let target = packet.advertisement?.targetAddress ?? packet.solicitation?.targetAddress
      return target.map { [.v6($0)] } ?? []
    default:
      return []
    }
  }
}

/// One thing that a machine asks of whoever runs it.
public enum Action<Report: Sendable, Outcome: Sendable>: Sendable {
  /// Put this frame on the link.
  case send(LinkFrame)
  /// Tell whoever watches.
  case report(Report)
  /// The machine is done. Nothing follows.
  case finish(Outcome)
}

extension Action: Equatable where Report: Equatable, Outcome: Equatable {}
