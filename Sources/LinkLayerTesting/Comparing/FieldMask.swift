/// Which fields of a frame may be other than they were recorded, by their names in Wireshark's filters.
///
/// `eth.padding` stands for what follows the packet in its frame, and `icmp.data` for what an echo
/// carries; `icmp.data_time` for the first 16 bytes of that, where senders put the time.
public struct FieldMask: Hashable, Sendable {
  /// Fields that may hold anything. A name that ends with `.*` stands for all that begin with it.
  public var free: Set<String>
  /// Fields in which the host under test names something by a number of its own choice: the number may be
  /// another than then, but the same wherever it was the same then. It is put in place of the recorded
  /// one in what the host is told. See ``BoundField``.
  public var bound: Set<String>

  /// These fields.
  public init(free: Set<String> = [], bound: Set<String> = []) {
    self.free = free
    self.bound = bound
  }

  /// Every byte is to be as it was: right for a machine whose random numbers follow from a seed.
  public static let nothing = FieldMask()

  /// What another program may pad or count otherwise.
  public static let anotherProgram = FieldMask(
    free: ["eth.padding", "ip.id", "icmp.data_time"], bound: [])

  /// What a kernel's stack, or a program on it, draws anew each time.
  public static let liveStack = FieldMask(
    free: [
      "eth.padding", "ip.id", "ipv6.flow", "tcp.options.timestamp.tsval", "icmpv6.opt.nonce",
    ],
    bound: Set(BoundField.all.map(\.name)))

  /// Whether a field of this name may hold anything.
  public func frees(_ name: String) -> Bool {
    guard !free.isEmpty else { return false }
    if free.contains(name) { return true }
    return free.contains { $0.hasSuffix(".*") && name.hasPrefix($0.dropLast()) }
  }

  /// Adds a field that may hold anything.
  public mutating func add(_ name: String) {
    free.insert(name)
  }
}

/// A number by which the host under test names something, and where its peers name it back.
public struct BoundField: Hashable, Sendable {
  /// The field in what the host under test says.
  public let name: String
  /// The field in what it is told.
  public let answered: String
  /// Whether numbers go on from the first one, as sequence numbers do: their distance is the same then.
  public let counts: Bool

  /// The fields that can be bound.
  public static let all: [BoundField] = [
    BoundField(name: "tcp.seq_raw", answered: "tcp.ack_raw", counts: true),
    BoundField(name: "tcp.srcport", answered: "tcp.dstport", counts: false),
    BoundField(name: "udp.srcport", answered: "udp.dstport", counts: false),
    BoundField(name: "icmp.ident", answered: "icmp.ident", counts: false),
    BoundField(
      name: "icmpv6.echo.identifier", answered: "icmpv6.echo.identifier", counts: false),
    BoundField(name: "icmp.data", answered: "icmp.data", counts: false),
    BoundField(name: "dns.id", answered: "dns.id", counts: false),
    BoundField(name: "dhcp.id", answered: "dhcp.id", counts: false),
  ]

  static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  static let byAnswer = Dictionary(uniqueKeysWithValues: all.map { ($0.answered, $0) })
}
