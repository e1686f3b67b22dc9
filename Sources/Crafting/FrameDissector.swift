import LinkLayer

extension CraftedFrame {
  /// The frame of Ethernet that these bytes are, with as little said as an assembler without a place needs
  /// to make the same bytes again. What no layer knows is data.
  public init(dissecting bytes: [UInt8]) {
    var dissector = FrameDissector(bytes)
    dissector.read()
    let full = dissector.layers
    var frame = CraftedFrame(sayingOf: full)
    // Lengths and types first: a checksum follows from them, and from all that is said.
    frame.say(of: full) { $0 != "sum" }
    frame.say(of: full) { $0 == "sum" }
    guard (try? FrameAssembler().bytes(of: frame)) == bytes else {
      var whole = CraftedLayer(.data)
      whole.bytes = bytes
      self.init(layers: [whole])
      return
    }
    self = frame
  }

  /// A frame of these layers with those fields said that nothing works out: addresses, and what is not as
  /// it stands without being said.
  private init(sayingOf full: [CraftedLayer]) {
    layers = full.map { layer in
      var layer = layer
      for field in layer.format?.fields ?? [] {
        let isSaid =
          switch field.initial {
          case .value(let number): layer.values[field.name] != .number(number)
          case .computed: field.isAddress
          }
        if !isSaid { layer.values[field.name] = nil }
      }
      return layer
    }
  }

  /// Says those computed fields that an assembler would fill in otherwise than they are in `full`.
  private mutating func say(of full: [CraftedLayer], _ isMeant: (String) -> Bool) {
    guard let made = try? FrameAssembler().parts(of: self) else { return }
    for index in full.indices {
      for field in full[index].format?.fields ?? [] where isMeant(field.name) {
        let wanted = full[index].values[field.name]
        guard wanted != FrameDissector.value(field, in: made[index]) else { continue }
        layers[index].values[field.name] = wanted
      }
    }
  }
}

extension FieldFormat {
  /// Whether it is an address: these are always told, also where they could be worked out, for they are
  /// what a frame is about.
  fileprivate var isAddress: Bool {
    switch form {
    case .mac, .ipv4, .ipv6: true
    default: false
    }
  }
}

/// Takes a frame apart into layers of which every field is said.
struct FrameDissector {
  private(set) var layers: [CraftedLayer] = []
  private let bytes: [UInt8]
  private var offset = 0
  /// Where the packet around ends; what is behind it is padding.
  private var end: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    end = bytes.count
  }

  static func value(_ field: FieldFormat, in bytes: [UInt8]) -> CraftedValue? {
    guard (field.bit + field.width + 7) / 8 <= bytes.count else { return nil }
    let first = field.bit / 8
    if case .ipv6 = field.form {
      return IPv6Address(bytes: Array(bytes[first..<first + 16])).map { .ipv6($0) }
    }
    var number: UInt64 = 0
    for bit in field.bit..<field.bit + field.width {
      number = number << 1 | UInt64(bytes[bit / 8] >> UInt8(7 - bit % 8) & 1)
    }
    return .number(number)
  }

  mutating func read() {
    if let ethernet = take(.eth) { readPayload(ethernet) }
    takeRest()
    guard offset < bytes.count else { return }
    var pad = CraftedLayer(.pad)
    pad.bytes = Array(bytes[offset...])
    layers.append(pad)
  }

  /// What is left of the packet.
  private mutating func takeRest() {
    guard offset < end else { return }
    var data = CraftedLayer(.data)
    data.bytes = Array(bytes[offset..<end])
    layers.append(data)
    offset = end
  }

  /// The layer of this format, if it is there as a whole.
  private mutating func take(_ format: LayerFormat, optionCount: Int = 0) -> CraftedLayer? {
    guard offset + format.byteCount + optionCount <= end else { return nil }
    let own = Array(bytes[offset..<offset + format.byteCount])
    var layer = CraftedLayer(.header(format.name))
    for field in format.fields { layer.values[field.name] = Self.value(field, in: own) }
    offset += format.byteCount
    if optionCount > 0 {
      layer.bytes = Array(bytes[offset..<offset + optionCount])
      layer.saysOptions = true
      offset += optionCount
    }
    layers.append(layer)
    return layer
  }

  private func byte(_ place: Int) -> UInt8? {
    offset + place < end ? bytes[offset + place] : nil
  }

  private func number16(_ place: Int) -> Int? {
    guard let high = byte(place), let low = byte(place + 1) else { return nil }
    return Int(high) << 8 | Int(low)
  }

  private mutating func readPayload(_ before: CraftedLayer) {
    guard case .number(let type)? = before.values["type"] else { return }
    switch UInt16(truncatingIfNeeded: type) {
    case EtherType.vlan.rawValue, EtherType.serviceVLAN.rawValue:
      if let tag = take(.vlan) { readPayload(tag) }
    case EtherType.ipv4.rawValue: readIPv4()
    case EtherType.ipv6.rawValue: readIPv6()
    case EtherType.arp.rawValue:
      if number16(4) == 0x0604, number16(2) == 0x0800, take(.arp) != nil { end = offset }
    case 0...1500 where before.name != "snap": readLogicalLink(Int(type))
    default: break
    }
  }

  private mutating func readLogicalLink(_ length: Int) {
    guard offset + length <= end, length >= 3 else { return }
    end = offset + length
    guard let llc = take(.llc), llc.values["dsap"] == .number(0xaa) else { return }
    if let snap = take(.snap) { readPayload(snap) }
  }

  private mutating func readIPv4() {
    guard let first = byte(0), first >> 4 == 4, let total = number16(2),
      let kind = byte(9), let fragment = number16(6)
    else { return }
    let start = offset
    let headerCount = Int(first & 0xf) * 4
    guard headerCount >= 20, total >= headerCount, offset + total <= end,
      take(.ip, optionCount: headerCount - 20) != nil
    else { return }
    end = start + total
    // A part of a message has no header of its own, and the checksum of the first is of the whole.
    if fragment & 0x3fff == 0 { readMessage(IPProtocol(rawValue: kind)) }
  }

  private mutating func readIPv6() {
    guard let first = byte(0), first >> 4 == 6, let length = number16(4), let kind = byte(6),
      offset + 40 + length <= end, take(.ip6) != nil
    else { return }
    end = offset + length
    readMessage(IPProtocol(rawValue: kind))
  }

  private mutating func readMessage(_ kind: IPProtocol) {
    switch kind {
    case .udp: _ = take(.udp)
    case .tcp:
      let headerCount = Int((byte(12) ?? 0) >> 4) * 4
      if headerCount >= 20 { _ = take(.tcp, optionCount: headerCount - 20) }
    case .icmp: _ = take(.icmp)
    case .icmpv6: readICMPv6()
    default: break
    }
  }

  private mutating func readICMPv6() {
    let message: LayerFormat? =
      switch byte(0) {
      case 133: .rs
      case 134: .ra
      case 135: .ns
      case 136: .na
      default: nil
      }
    guard let message else {
      _ = take(.icmp6)
      return
    }
    guard take(message) != nil else { return }
    while let option = discoveryOption, take(option) != nil {}
  }

  /// The option that begins here, if it is one with fields and has the length that it should have.
  private var discoveryOption: LayerFormat? {
    let format: LayerFormat? =
      switch byte(0) {
      case 1: .sll
      case 2: .tll
      case 3: .prefix
      case 5: .mtu
      default: nil
      }
    guard let format, byte(1) == UInt8(format.byteCount / 8) else { return nil }
    return format
  }
}
