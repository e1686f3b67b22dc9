import Crafting
import LinkLayer
import Support

/// Frames of every kind that `crimp craft` makes, with whatever a field can hold in each field.
enum MixedFrame {
  /// The next frame.
  static func next(_ generator: inout SeededGenerator) throws -> [UInt8] {
    var text = MixedText(generator)
    text.frame()
    generator = text.generator
    return try FrameAssembler().bytes(
      of: CraftedFrame(parsing: text.layers.joined(separator: " / ")))
  }
}

/// The text of a frame, as it grows.
private struct MixedText {
  var generator: SeededGenerator
  private(set) var layers: [String] = []

  init(_ generator: SeededGenerator) {
    self.generator = generator
  }

  mutating func frame() {
    let tags = max(0, number(0...5) - 3)
    // A provider's tag around the others; what is no EtherType means nothing to it.
    let isProvided = tags > 0 && number(0...1) == 0
    layers.append("eth dst=\(station) src=\(station)" + (isProvided ? " type=0x88a8" : ""))
    for _ in 0..<tags { layers.append(tag) }
    switch isProvided ? number(4...9) : number(0...9) {
    case 0...1: arp()
    case 2: layers += ["llc", "snap"]; version4()
    case 3: layers += ["llc dsap=0x\(hex(1)) ssap=0xfe control=3", data(1...40)]
    case 4...6: version6()
    default: version4()
    }
    if number(0...3) == 0 { layers.append("pad zeros=\(number(1...20))") }
  }

  // MARK: Layers

  private var tag: String {
    mutating get {
      "vlan id=\(number(0...4095)) pcp=\(number(0...7))" + (number(0...1) == 0 ? " dei" : "")
    }
  }

  private mutating func arp() {
    layers.append(
      "arp op=\(number(1...9)) sha=\(station) spa=\(address4) tha=\(station) tpa=\(address4)")
  }

  private mutating func version4() {
    layers.append(header4() + (number(0...9) == 0 ? " mf frag=\(number(0...2000))" : ""))
    switch number(0...3) {
    case 0: udp()
    case 1: tcp()
    case 2: echo("icmp", types: [0, 8])
    default: quotation4()
    }
  }

  private mutating func header4() -> String {
    var text = "ip src=\(address4) dst=\(address4) tos=0x\(hex(1)) id=0x\(hex(2))"
    text += " ttl=\(number(0...255))"
    if number(0...1) == 0 { text += " df" }
    if number(0...7) == 0 { text += " sum=0x\(hex(2))" }
    // A router alert, RFC 2113.
    if number(0...7) == 0 { text += " options=94040000" }
    return text
  }

  private mutating func version6() {
    let header = header6()
    switch number(0...7) {
    case 0...1:
      layers.append(header)
      udp()
    case 2:
      layers.append(header)
      tcp()
    case 3:
      layers.append(header)
      echo("icmp6", types: [128, 129])
    case 4:
      layers += [header, "icmp6 type=\(number(1...3)) code=0 id=0 seq=\(number(0...0xffff))"]
      layers.append(header6())
      udp()
    default: discovery()
    }
  }

  private mutating func header6() -> String {
    "ip6 src=\(address6) dst=\(address6) class=0x\(hex(1)) flow=0x\(hex(2)) hop=\(number(0...255))"
  }

  private mutating func discovery() {
    layers.append("ip6 src=\(address6) dst=\(address6)")
    switch number(0...3) {
    case 0: layers += ["ns target=\(address6)", "sll mac=\(station)"]
    case 1:
      let flags = ["router", "solicited", "override"].filter { _ in number(0...1) == 0 }
      layers += ["na \(flags.joined(separator: " ")) target=\(address6)", "tll mac=\(station)"]
    case 2: layers += ["rs", "sll mac=\(station)"]
    default:
      layers += [
        "ra hop=\(number(0...255)) lifetime=\(number(0...65535)) reachable=\(number(0...99999))"
          + " retrans=\(number(0...99999)) " + (number(0...1) == 0 ? "managed" : "other"),
        "mtu bytes=\(number(0...65535))",
        "prefix length=\(number(0...128)) onlink address=\(address6) valid=\(number(0...99999))"
          + " preferred=\(number(0...99999))",
      ]
    }
  }

  private mutating func udp() {
    let sum = number(0...7) == 0 ? " sum=0x\(hex(2))" : ""
    layers += ["udp sport=\(port) dport=\(port)\(sum)", data(0...40)]
  }

  private mutating func tcp() {
    let all = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"]
    let flags = ["ack"] + all.filter { _ in number(0...3) == 0 }
    var text = "tcp sport=\(port) dport=\(port) seq=\(number(0...0xffff_ffff))"
    text += " ackno=\(number(0...0xffff_ffff)) win=\(number(0...0xffff))"
    text += " urgent=\(number(0...0xffff)) flags=\(Set(flags).sorted().joined(separator: ","))"
    switch number(0...3) {
    case 0: text += " options=0204\(hex(2))"
    case 1: text += " options=0101080a\(hex(4))\(hex(4))"
    case 2: text += " options=0204\(hex(2))0402080a\(hex(4))\(hex(4))01030307"
    default: break
    }
    layers += [text, data(0...30)]
  }

  private mutating func echo(_ layer: String, types: [Int]) {
    let type = types[number(0...types.count - 1)]
    layers += [
      "\(layer) type=\(type) id=\(number(0...0xffff)) seq=\(number(0...0xffff))", data(0...60),
    ]
  }

  private mutating func quotation4() {
    let type = [3, 5, 11][number(0...2)]
    layers.append("icmp type=\(type) code=\(number(0...1)) id=0 seq=0")
    layers.append(header4())
    udp()
  }

  private mutating func data(_ counts: ClosedRange<Int>) -> String {
    "data hex=\(hex(max(1, number(counts))))"
  }

  // MARK: Values

  private mutating func number(_ range: ClosedRange<Int>) -> Int {
    .random(in: range, using: &generator)
  }

  private mutating func hex(_ count: Int) -> String {
    (0..<count).map { _ in
      let byte = String(number(0...255), radix: 16)
      return byte.utf8.count == 1 ? "0\(byte)" : byte
    }.joined()
  }

  private var station: String {
    mutating get { "02:" + (0..<5).map { _ in hex(1) }.joined(separator: ":") }
  }

  private var address4: String {
    mutating get { (0..<4).map { _ in "\(number(1...223))" }.joined(separator: ".") }
  }

  private var address6: String {
    mutating get { "2001:db8:" + (0..<6).map { _ in hex(2) }.joined(separator: ":") }
  }

  /// One of the ports that nobody has registered with anything that is dissected here.
  private var port: Int {
    mutating get { number(50000...59999) }
  }
}
