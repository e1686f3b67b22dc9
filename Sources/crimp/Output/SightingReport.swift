import LinkLayer
import Links
import Machines

/// What `crimp wake` says of magic packets that it hears and passes on, as text or as one JSON object
/// a line. Of a password it tells only the length.
final class SightingReport {
  private let settings: LinkSettings
  private var passed = 0
  private var dropped = 0

  init(_ settings: LinkSettings) {
    self.settings = settings
  }

  /// Tells of a packet that was heard on `interface`.
  func tell(_ sighting: MagicPacketSighting, on interface: String) {
    say(
      "\(sighting.packet.target) woken by \(sighting.senderText)"
        + " on \(interface)\(sighting.detailText)",
      SightingRecord(event: "magic-packet", sighting, interface))
  }

  /// Says between which interfaces packets are passed on.
  func begin(relayingFrom source: String, to destinations: [String]) {
    guard !settings.json, !settings.quiet else { return }
    StandardStream.output.writeLine(
      "relaying magic packets from \(source) to \(destinations.joined(separator: ", "))")
  }

  /// Tells what became of a packet. Of those that are not passed on only their number is told at the
  /// end: who sends too many must not fill a log as well.
  func tell(
    _ verdict: MagicPacketRelay.Verdict, _ sighting: MagicPacketSighting, on interface: String
  ) {
    switch verdict {
    case .passed:
      passed += 1
      say(
        "relayed \(sighting.packet.target) from \(sighting.senderText)\(sighting.detailText)",
        SightingRecord(event: "relayed", sighting, interface))
    case .own: break
    case .hopLimit, .repeated, .tooMany: dropped += 1
    }
  }

  /// Tells the sums of a relay.
  func tellRelayed() {
    guard !settings.quiet else { return }
    if settings.json {
      JSONLine.write(RelayRecord(relayed: passed, dropped: dropped))
    } else {
      StandardStream.output.writeLine("\(passed) relayed, \(dropped) not")
    }
  }

  /// Tells of a link on which nothing passes now.
  func tell(_ error: LinkError) {
    StandardStream.error.writeLine("crimp: \(CommandFailure(error).message)")
  }

  private func say(_ text: String, _ record: SightingRecord) {
    guard !settings.quiet else { return }
    if settings.json { JSONLine.write(record) } else { StandardStream.output.writeLine(text) }
  }
}

extension MagicPacketSighting {
  fileprivate var senderText: String {
    let station = source.count == 0 ? "" : " (\(source))"
    switch carrier {
    case .frame: return source.count == 0 ? "a station" : "\(source)"
    case .udp(let datagram): return "\(datagram.source)\(station)"
    }
  }

  fileprivate var detailText: String {
    var text: String
    switch carrier {
    case .frame(let etherType):
      text =
        ", EtherType \(etherType.digits) to \(destination)"
    case .udp(let datagram):
      text = ", UDP to \(datagram.destination) port \(datagram.destinationPort)"
    }
    if let tag { text += ", VLAN \(tag.identifier)" }
    if let password = packet.password { text += ", \(password)" }
    return text
  }
}

extension EtherType {
  /// The number as people write it: four hexadecimal digits.
  fileprivate var digits: String {
    let digits = String(rawValue, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}

private struct SightingRecord: Encodable {
  var event: String
  var mac: String
  var interface: String
  var sender_mac: String?
  var destination_mac: String
  var ether_type: Int?
  var sender: String?
  var sender_port: Int?
  var destination: String?
  var port: Int?
  var vlan: Int?
  var secureon_bytes: Int?

  init(event: String, _ sighting: MagicPacketSighting, _ interface: String) {
    self.event = event
    self.interface = interface
    mac = sighting.packet.target.description
    sender_mac = sighting.source.count == 0 ? nil : sighting.source.description
    destination_mac = sighting.destination.description
    vlan = sighting.tag.map { Int($0.identifier) }
    secureon_bytes = sighting.packet.password?.byteCount
    switch sighting.carrier {
    case .frame(let etherType): ether_type = Int(etherType.rawValue)
    case .udp(let datagram):
      sender = datagram.source.description
      sender_port = Int(datagram.sourcePort)
      destination = datagram.destination.description
      port = Int(datagram.destinationPort)
    }
  }
}

private struct RelayRecord: Encodable {
  var event = "relay-end"
  var relayed: Int
  var dropped: Int
}
