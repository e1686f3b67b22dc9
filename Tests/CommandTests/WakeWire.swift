import CaptureFile
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What arrives of magic packets at a host of the laboratory.
final class WakeWire {
  private let link: PacketSocketLink
  private(set) var seen: [MagicPacketSighting] = []

  init(at host: LaboratoryHost, on interface: String = Place.interface) throws {
    let properties = LinkProperties(try host.interface(interface))
    link = try host.run { try PacketSocketLink(properties, .sendAndReceive(.everything)) }
  }

  /// What has come so far.
  @discardableResult
  func collect() throws -> [MagicPacketSighting] {
    _ = try link.receive(limit: .max) { bytes, information in
      guard information.direction == .inbound,
        let sighting = MagicPacketSighting(in: bytes, framing: .ethernet)
      else { return }
      seen.append(sighting)
    }
    return seen
  }

  func awaits(_ count: Int) throws -> Bool {
    try eventually { try collect().count >= count }
  }
}

extension MagicPacketSighting {
  var datagram: UDPPacket? {
    if case .udp(let datagram) = carrier { datagram } else { nil }
  }
}

/// A laboratory in which frames reach the client: the ports of a switch that was just built may not
/// pass them yet, and nobody sends a lost magic packet again.
func withSettledNetwork(
  usesIPv6: Bool = false, _ body: (LaboratoryNetwork) throws -> Void
) throws {
  try withNetwork(usesIPv6: usesIPv6) { network in
    for host in [network.ownerA, network.ownerB] {
      let passes = try eventually {
        try host.crimp("ping", "-q", "-c", "1", "--timeout", "0.2", "\(Place.client)").status == 0
      }
      #expect(passes)
    }
    try body(network)
  }
}
