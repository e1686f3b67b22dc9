import Glibc
import LinkLayer
import Machines
import MonotonicTime
import Support
import Testing

/// A machine's session as text: `t=+1.000 > frame sent`, `< frame heard`, `! what it reported`.
struct Transcript {
  private(set) var text = ""
  private(set) var frames: [(at: Instant, frame: LinkFrame)] = []
  private var start = Instant.origin

  /// Runs `machine` in virtual time until it finishes or `limit` has passed.
  ///
  /// - Parameters:
  ///   - heard: frames that arrive at a time from the start, in rising order.
  ///   - responder: answers a frame that is sent with frames that arrive after a delay.
  init<M: Machine>(
    of machine: inout M, limit: Duration = .seconds(60),
    hearing heard: [(Duration, LinkFrame)] = [],
    responder: (LinkFrame) -> [(Duration, LinkFrame)] = { _ in [] }
  ) {
    var arrivals = heard.map { (at: start + $0.0, frame: $0.1) }
    var now = start
    var isDone = write(machine.start(at: now), at: now, responder, &arrivals)
    while !isDone {
      let arrival = arrivals.first?.at ?? .distantFuture
      let deadline = machine.deadline ?? .distantFuture
      now = max(now, min(arrival, deadline))
      guard now <= start + limit, now < .distantFuture else { return }
      if arrival <= deadline {
        let frame = arrivals.removeFirst().frame
        line(now, "< " + describe(frame))
        isDone = write(machine.receive(frame, at: now), at: now, responder, &arrivals)
      } else {
        isDone = write(machine.fire(at: now), at: now, responder, &arrivals)
      }
    }
  }

  private mutating func write<Report, Outcome>(
    _ actions: [Action<Report, Outcome>], at now: Instant,
    _ responder: (LinkFrame) -> [(Duration, LinkFrame)],
    _ arrivals: inout [(at: Instant, frame: LinkFrame)]
  ) -> Bool {
    for action in actions {
      switch action {
      case .send(let frame):
        line(now, "> " + describe(frame))
        frames.append((now, frame))
        for (delay, answer) in responder(frame) {
          let at = now + delay
          let index = arrivals.firstIndex { $0.at > at } ?? arrivals.count
          arrivals.insert((at, answer), at: index)
        }
      case .report(let report):
        line(now, "! " + plain(report))
      case .finish(let outcome):
        line(now, "# " + plain(outcome))
        return true
      }
    }
    return false
  }

  private mutating func line(_ now: Instant, _ words: String) {
    let microseconds = (now - start).wholeNanoseconds / 1000
    let fraction = String(1_000_000 + microseconds % 1_000_000).dropFirst()
    text += "t=+\(microseconds / 1_000_000).\(fraction) \(words)\n"
  }

  private func plain(_ value: some Any) -> String {
    var words = String(describing: value)
    for module in ["Machines.", "LinkLayer.", "MonotonicTime.", "Swift."] {
      words = words.replacing(module, with: "")
    }
    return words
  }

  private func describe(_ frame: LinkFrame) -> String {
    "\(frame.source) > \(frame.destination) \(describe(frame.payload))"
  }

  private func describe(_ payload: LinkPayload) -> String {
    switch payload {
    case .arp(let packet) where packet.operation == .request:
      "arp who-has \(packet.targetProtocolAddress) (\(packet.targetHardwareAddress))"
        + " tell \(packet.senderProtocolAddress) (\(packet.senderHardwareAddress))"
    case .arp(let packet):
      "arp reply \(packet.senderProtocolAddress) is-at \(packet.senderHardwareAddress)"
        + " to \(packet.targetProtocolAddress) (\(packet.targetHardwareAddress))"
    case .ndp(let packet):
      "ndp \(packet.source) > \(packet.destination) \(describe(packet.message))"
    case .icmp(let packet):
      "icmp \(packet.source) > \(packet.destination) \(plain(packet.message))"
    case .icmpv6(let packet):
      "icmpv6 \(packet.source) > \(packet.destination) \(plain(packet.message))"
    case .multicastListenerReport(let source, let report):
      "mld \(source) report \(report.records.map { $0.multicastAddress.description })"
    case .magicPacket(let packet):
      "magic packet for \(packet.target)"
    case .other(let type, let bytes):
      "ethertype \(type.rawValue), \(bytes.count) bytes"
    }
  }

  private func describe(_ message: NDPMessage) -> String {
    switch message {
    case .neighborSolicitation(let solicitation):
      "solicitation \(solicitation.targetAddress) \(plain(solicitation.options))"
    case .neighborAdvertisement(let advertisement):
      "advertisement \(advertisement.targetAddress)"
        + (advertisement.isRouter ? " R" : "") + (advertisement.isSolicited ? " S" : "")
        + (advertisement.overrides ? " O" : "") + " \(plain(advertisement.options))"
    case .routerSolicitation, .routerAdvertisement:
      plain(message)
    }
  }

  /// Compares the text with `Fixtures/sessions/NAME.txt`; with `CRIMP_RECORD_SESSIONS` set, writes
  /// it there instead, for a person to read over.
  func expectGolden(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = "/\(root)/Fixtures/sessions/\(name).txt"
    if getenv("CRIMP_RECORD_SESSIONS") != nil { try writeFile(path, Array(text.utf8)) }
    let golden = String(decoding: try readFile(path), as: UTF8.self)
    #expect(text == golden, "\(name):\n\(text)", sourceLocation: sourceLocation)
  }
}
