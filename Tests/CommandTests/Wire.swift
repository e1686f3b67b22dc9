import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What arrives at a host of the laboratory, heard by a socket of its own.
final class Wire {
  /// A frame as it came.
  struct Seen {
    var bytes: [UInt8]
    var frame: LinkFrame
    var tag: VLANTag?

    var arp: ARPPacket? {
      if case .arp(let packet) = frame.payload { packet } else { nil }
    }

    var ndp: NDPPacket? {
      if case .ndp(let packet) = frame.payload { packet } else { nil }
    }
  }

  private let link: PacketSocketLink
  private(set) var seen: [Seen] = []

  init(at host: LaboratoryHost) throws {
    let properties = LinkProperties(try host.interface())
    var options = PacketSocketLink.Options()
    options.receiveBufferSize = 8 << 20
    let ready = options
    link = try host.run {
      try PacketSocketLink(properties, .sendAndReceive(.everything), options: ready)
    }
  }

  /// What has come so far.
  @discardableResult
  func collect() throws -> [Seen] {
    _ = try link.receive(limit: .max) { bytes, information in
      guard let frame = try? LinkFrame.parse(bytes, framing: .ethernet) else { return }
      // Switches and kernels say more than this, of their own accord.
      switch frame.frame.payload {
      case .arp, .ndp: break
      default: return
      }
      let copy = bytes.withUnsafeBytes { Array($0) }
      seen.append(Seen(bytes: copy, frame: frame.frame, tag: frame.tag ?? information.tag))
    }
    return seen
  }

  /// Waits until `condition` holds of all that has come.
  func awaits(
    within seconds: Int = 15, _ condition: ([Seen]) -> Bool
  ) throws -> Bool {
    try eventually(within: seconds) { condition(try collect()) }
  }

  func send(_ frame: LinkFrame) throws {
    try link.send(frame.bytes(framing: .ethernet, tag: nil, padding: .ethernetMinimum))
  }
}

extension [Wire.Seen] {
  /// Gratuitous requests for `address`: one a round.
  func requests(for address: IPAddress) -> [Wire.Seen] {
    filter { seen in
      guard let packet = seen.arp, packet.operation == .request else { return false }
      return .v4(packet.senderProtocolAddress) == address
        && .v4(packet.targetProtocolAddress) == address
    }
  }

  /// Gratuitous replies for `address`.
  func replies(for address: IPAddress) -> [Wire.Seen] {
    filter { seen in
      guard let packet = seen.arp, packet.operation == .reply else { return false }
      return .v4(packet.senderProtocolAddress) == address
        && .v4(packet.targetProtocolAddress) == address
    }
  }

  /// "Who has `neighbor`, tell `address`."
  func directed(to neighbor: IPAddress, for address: IPAddress) -> [Wire.Seen] {
    filter { seen in
      guard let packet = seen.arp, packet.operation == .request else { return false }
      return .v4(packet.senderProtocolAddress) == address
        && .v4(packet.targetProtocolAddress) == neighbor
    }
  }

  /// Unsolicited advertisements of `address`.
  func advertisements(of address: IPAddress) -> [(NDPPacket, NeighborAdvertisement)] {
    compactMap { seen in
      guard let packet = seen.ndp, case .neighborAdvertisement(let message) = packet.message,
        !message.isSolicited, .v6(message.targetAddress) == address
      else { return nil }
      return (packet, message)
    }
  }
}

extension LaboratoryHost {
  /// Runs the built binary here.
  func crimp(_ arguments: String..., seconds: Int = 30) throws -> ToolRun {
    try run { try runCrimp(arguments, seconds: seconds) }
  }

  /// Starts the built binary here.
  func startCrimp(_ arguments: String...) throws -> RunningTool {
    try startCrimp(arguments)
  }

  /// Starts the built binary here.
  func startCrimp(_ arguments: [String]) throws -> RunningTool {
    try run { try RunningTool(crimpPath, arguments) }
  }

  /// Runs another program here, which must succeed.
  func tool(_ name: String, _ arguments: String...) throws {
    let result = try run { try runTool(name, arguments) }
    try #require(result.status == 0, "\(name): \(result.errorText)")
  }
}

/// The laboratory's addresses, by short names.
enum Place {
  static let service = LaboratoryNetwork.serviceAddress
  static let service6 = LaboratoryNetwork.serviceAddress6
  static let client = LaboratoryNetwork.clientAddress
  /// An address of the network that nobody has.
  static let free = IPAddress.v4(IPv4Address(rawValue: 0xC000_02C8))
  static let client6 = LaboratoryNetwork.clientAddress6
  static let interface = LaboratoryHost.interfaceName
}

/// Builds a laboratory, lends it, and takes it down.
func withNetwork(
  usesIPv6: Bool = false, _ body: (LaboratoryNetwork) throws -> Void
) throws {
  let network = try LaboratoryNetwork(usesIPv6: usesIPv6)
  defer { network.remove() }
  try body(network)
}
