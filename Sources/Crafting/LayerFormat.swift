/// How a field of a layer is written as text.
enum FieldForm: Sendable {
  /// A decimal number; hexadecimal is read too.
  case decimal
  /// A hexadecimal number; decimal is read too.
  case hexadecimal
  /// A hardware address of 6 bytes.
  case mac
  /// An IPv4 address.
  case ipv4
  /// An IPv6 address, 128 bits.
  case ipv6
  /// A bit: its name alone sets it.
  case flag
  /// A number whose values have names, which may stand alone.
  case names([(name: String, value: UInt64)])
  /// A number of which each bit has a name: `syn,ack`.
  case bits([(name: String, value: UInt64)])
}

/// What a field holds when nobody says it.
enum FieldInitial: Sendable {
  /// This.
  case value(UInt64)
  /// What follows from the other layers, or from where the frame is sent.
  case computed
}

/// A field of a layer.
struct FieldFormat: Sendable {
  let name: String
  /// Its first bit in the layer, the highest of the first byte being 0.
  let bit: Int
  /// How many bits it has: 64 at most, and 128 for an IPv6 address.
  let width: Int
  let form: FieldForm
  let initial: FieldInitial

  init(
    _ name: String, _ bit: Int, _ width: Int, _ form: FieldForm,
    _ initial: FieldInitial = .value(0)
  ) {
    self.name = name
    self.bit = bit
    self.width = width
    self.form = form
    self.initial = initial
  }
}

/// A layer of a frame: a header of fixed fields, and perhaps options behind them.
struct LayerFormat: Sendable {
  /// The name by which text calls it.
  let name: String
  /// How many bytes the fixed fields take.
  let byteCount: Int
  let fields: [FieldFormat]
  /// Whether options, filled up to words of four bytes, follow the fixed fields.
  let hasOptions: Bool
  /// How many bytes options may have.
  static let optionLimit = 40

  init(_ name: String, _ byteCount: Int, hasOptions: Bool = false, _ fields: [FieldFormat]) {
    self.name = name
    self.byteCount = byteCount
    self.hasOptions = hasOptions
    self.fields = fields
  }

  func field(_ name: String) -> FieldFormat? {
    fields.first { $0.name == name }
  }

  /// Every layer with fields, outermost first.
  static let all: [LayerFormat] =
    [.eth, .vlan, .llc, .snap, .arp, .ip, .ip6, .udp, .tcp, .icmp, .icmp6]
    + [.ns, .na, .rs, .ra, .sll, .tll, .mtu, .prefix]

  static func named(_ name: String) -> LayerFormat? {
    all.first { $0.name == name }
  }
}
