public import LinkLayer

/// What a frame takes from where it is sent, when its text does not say it.
public struct CraftSurroundings: Hashable, Sendable {
  /// The address of the sender's station.
  public var source = MACAddress(rawValue: 0x0200_0000_0001)
  /// The station that frames go to which are neither for a group nor for all; nil when only an address in
  /// the frame can tell.
  public var destination: MACAddress? = MACAddress(rawValue: 0x0200_0000_0002)
  /// The sender's IPv4 address.
  public var ipv4: IPv4Address?
  /// The sender's IPv6 address.
  public var ipv6: IPv6Address?

  /// No place in particular: locally administered addresses for the stations, none for the hosts.
  public init() {}
}

/// Makes bytes of a frame: lengths, checksums, types and addresses that were not said are worked out.
public struct FrameAssembler: Sendable {
  /// The longest frame that is made.
  public static let limit = 262_144

  private let surroundings: CraftSurroundings

  /// An assembler for this place.
  public init(_ surroundings: CraftSurroundings = CraftSurroundings()) {
    self.surroundings = surroundings
  }

  /// The bytes of a frame.
  ///
  /// - Throws: ``CraftError`` when a field is missing that nothing tells, or the frame is too long.
  public func bytes(of frame: CraftedFrame) throws(CraftError) -> [UInt8] {
    try parts(of: frame).flatMap { $0 }
  }

  /// The station that a frame needs to know the address of: that of its IPv4 or IPv6 destination, when its
  /// text names no station and the destination is neither a group nor all.
  public func unresolvedDestination(of frame: CraftedFrame) -> IPAddress? {
    guard frame.layers.first?.name == "eth", frame.layers[0].values["dst"] == nil else {
      return nil
    }
    for layer in frame.layers where layer.name != "vlan" && layer.name != "eth" {
      guard let destination = layer.destination,
        FrameAssembler.groupStation(destination) == nil
      else { return nil }
      return destination
    }
    return nil
  }

  /// The bytes of each layer.
  func parts(of frame: CraftedFrame) throws(CraftError) -> [[UInt8]] {
    guard !frame.layers.isEmpty else { throw .empty }
    var parts: [[UInt8]] = []
    for layer in frame.layers { parts.append(layer.plainBytes) }
    let count = parts.reduce(0) { $0 + $1.count }
    guard count <= FrameAssembler.limit else { throw .tooLong(byteCount: count) }
    for index in frame.layers.indices { try address(index, frame.layers, &parts) }
    for index in frame.layers.indices.reversed() { complete(index, frame.layers, &parts) }
    return parts
  }

  // MARK: Addresses

  private func address(
    _ index: Int, _ layers: [CraftedLayer], _ parts: inout [[UInt8]]
  ) throws(CraftError) {
    let layer = layers[index]
    func fill(_ field: String, _ value: CraftedValue?) throws(CraftError) {
      guard layer.values[field] == nil else { return }
      guard let value else { throw .missing(layer: layer.name, field: field) }
      layer.store(value, field, in: &parts[index])
    }
    switch layer.name {
    case "eth":
      try fill("src", .number(surroundings.source.rawValue))
      try fill("dst", station(for: layers).map { .number($0.rawValue) })
    case "arp":
      try fill("sha", .number(senderStation(layers).rawValue))
      try fill("spa", surroundings.ipv4.map { .number(UInt64($0.rawValue)) })
      try fill("tpa", nil)
    case "ip":
      try fill("src", surroundings.ipv4.map { .number(UInt64($0.rawValue)) })
      try fill("dst", nil)
    case "ip6":
      try fill("src", surroundings.ipv6.map { .ipv6($0) })
      try fill("dst", nil)
    case "ns", "na": try fill("target", nil)
    case "sll", "tll": try fill("mac", .number(senderStation(layers).rawValue))
    case "prefix": try fill("address", nil)
    default: break
    }
  }

  private func senderStation(_ layers: [CraftedLayer]) -> MACAddress {
    guard let first = layers.first, first.name == "eth",
      case .number(let address)? = first.values["src"]
    else { return surroundings.source }
    return MACAddress(rawValue: address)
  }

  /// Whom the frame is for, by the first layer that says so.
  private func station(for layers: [CraftedLayer]) -> MACAddress? {
    for layer in layers {
      switch layer.name {
      case "eth", "vlan": continue
      case "arp":
        guard case .number(2)? = layer.values["op"], case .number(let asked)? = layer.values["tha"]
        else { return .broadcast }
        return MACAddress(rawValue: asked)
      case "llc":
        // The bridges' group: spanning tree.
        return MACAddress(rawValue: 0x0180_c200_0000)
      default:
        guard let destination = layer.destination else { return surroundings.destination }
        return FrameAssembler.groupStation(destination) ?? surroundings.destination
      }
    }
    return surroundings.destination
  }

  private static func groupStation(_ address: IPAddress) -> MACAddress? {
    switch address {
    case .v4(let address):
      if address.rawValue == .max { return .broadcast }
      return address.isMulticast ? .multicast(for: address) : nil
    case .v6(let address): return address.isMulticast ? .multicast(for: address) : nil
    }
  }

  // MARK: Lengths, types and checksums

  /// Works out what depends on the layers behind, which are complete.
  private func complete(_ index: Int, _ layers: [CraftedLayer], _ parts: inout [[UInt8]]) {
    let layer = layers[index]
    let next = index + 1 < layers.count ? layers[index + 1] : nil
    func fill(_ field: String, _ value: Int) {
      guard layer.values[field] == nil else { return }
      layer.store(.number(UInt64(clamping: value)), field, in: &parts[index])
    }
    let following = FrameAssembler.following(index, layers, parts)
    switch layer.name {
    case "eth", "vlan", "snap":
      fill("type", next?.name == "llc" ? following : Int(next?.etherType ?? 0x88b5))
    case "llc":
      let access = next?.name == "snap" ? 0xaa : 0x42
      fill("dsap", access)
      fill("ssap", access)
    case "ip":
      fill("ihl", parts[index].count / 4)
      fill("len", min(parts[index].count + following, 0xffff))
      fill("proto", Int(next?.protocolNumber ?? 253))
      let header = parts[index]
      fill("sum", Int(InternetChecksum(header.rawBytes).value))
    case "ip6":
      fill("len", min(following, 0xffff))
      fill("next", Int(next?.protocolNumber ?? 59))
      fill("hop", next?.isDiscovery == true ? 255 : 64)
    case "udp":
      fill("len", min(8 + following, 0xffff))
      let sum = checksum(index, layers, parts, .udp)
      // 0 would say that there is no checksum.
      fill("sum", Int(sum == 0 ? 0xffff : sum))
    case "tcp":
      fill("off", parts[index].count / 4)
      fill("sum", Int(checksum(index, layers, parts, .tcp)))
    case "icmp": fill("sum", Int(checksum(index, layers, parts, nil)))
    case "icmp6", "ns", "na", "rs", "ra":
      fill("sum", Int(checksum(index, layers, parts, .icmpv6)))
    default: break
    }
  }

  /// How many bytes follow the layer, padding not counted.
  private static func following(
    _ index: Int, _ layers: [CraftedLayer], _ parts: [[UInt8]]
  ) -> Int {
    var count = 0
    for later in layers.indices where later > index && layers[later].kind != .pad {
      count += parts[later].count
    }
    return count
  }

  /// The checksum of a layer and all behind it, and of the pseudo-header of the packet around it.
  private func checksum(
    _ index: Int, _ layers: [CraftedLayer], _ parts: [[UInt8]], _ kind: IPProtocol?
  ) -> UInt16 {
    var bytes = parts[index]
    // A checksum that was said does not enter its own sum.
    if let format = layers[index].format, let field = format.field("sum") {
      CraftedLayer.store(0, field, in: &bytes)
    }
    for later in layers.indices where later > index && layers[later].kind != .pad {
      bytes += parts[later]
    }
    var sum = InternetChecksum(bytes.rawBytes)
    guard let kind else { return sum.value }
    let around = layers.indices.last { $0 < index && ["ip", "ip6"].contains(layers[$0].name) }
    guard let around else { return sum.value }
    let packet = parts[around]
    let header = packet.rawBytes
    if layers[around].name == "ip" {
      sum.addPseudoHeader(
        source: IPv4Address(rawValue: header.u32(12)),
        destination: IPv4Address(rawValue: header.u32(16)), protocol: kind, length: bytes.count)
    } else {
      sum.addPseudoHeader(
        source: IPv6Address(high: header.u64(8), low: header.u64(16)),
        destination: IPv6Address(high: header.u64(24), low: header.u64(32)), protocol: kind,
        length: bytes.count)
    }
    return sum.value
  }
}

extension CraftedLayer {
  /// The layer's bytes with what was said and what stands without being said; computed fields are zero.
  fileprivate var plainBytes: [UInt8] {
    guard let format else { return bytes }
    var plain = [UInt8](repeating: 0, count: format.byteCount)
    for field in format.fields {
      if let value = values[field.name] {
        store(value, field.name, in: &plain)
      } else if case .value(let number) = field.initial {
        CraftedLayer.store(number, field, in: &plain)
      }
    }
    plain += bytes
    return plain + [UInt8](repeating: 0, count: -bytes.count & 3)
  }

  /// Puts a value into the field's place in the layer's bytes.
  func store(_ value: CraftedValue, _ name: String, in bytes: inout [UInt8]) {
    guard let field = format?.field(name) else { return }
    switch value {
    case .number(let number): CraftedLayer.store(number, field, in: &bytes)
    case .ipv6(let address):
      bytes.replaceSubrange(field.bit / 8..<field.bit / 8 + 16, with: address.bytes)
    }
  }

  static func store(_ number: UInt64, _ field: FieldFormat, in bytes: inout [UInt8]) {
    for bit in 0..<field.width {
      let place = field.bit + bit
      let mask = UInt8(0x80) >> UInt8(place % 8)
      let isSet = number >> UInt64(field.width - 1 - bit) & 1 == 1
      if isSet { bytes[place / 8] |= mask } else { bytes[place / 8] &= ~mask }
    }
  }

  /// Whom the layer's packet is for, if it is IP and says so.
  fileprivate var destination: IPAddress? {
    switch values["dst"] {
    case .number(let number)? where name == "ip":
      .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: number)))
    case .ipv6(let address)?: .v6(address)
    default: nil
    }
  }

  /// The type by which Ethernet announces the layer.
  fileprivate var etherType: UInt16? {
    switch name {
    case "vlan": EtherType.vlan.rawValue
    case "arp": EtherType.arp.rawValue
    case "ip": EtherType.ipv4.rawValue
    case "ip6": EtherType.ipv6.rawValue
    default: nil
    }
  }

  /// The number by which IP announces the layer.
  fileprivate var protocolNumber: UInt8? {
    switch name {
    case "icmp": IPProtocol.icmp.rawValue
    case "tcp": IPProtocol.tcp.rawValue
    case "udp": IPProtocol.udp.rawValue
    case "icmp6", "ns", "na", "rs", "ra": IPProtocol.icmpv6.rawValue
    case "ip": 4
    case "ip6": 41
    default: nil
    }
  }

  fileprivate var isDiscovery: Bool { ["ns", "na", "rs", "ra"].contains(name) }
}
