// Layers of the link. `EthernetFrameView` and `ARPView` in LinkLayer have the diagrams.

extension LayerFormat {
  /// Ethernet II; IEEE 802.3 when `llc` follows: the type is the length then.
  static let eth = LayerFormat(
    "eth", 14,
    [
      FieldFormat("dst", 0, 48, .mac, .computed),
      FieldFormat("src", 48, 48, .mac, .computed),
      FieldFormat("type", 96, 16, .hexadecimal, .computed),
    ])

  /// IEEE 802.1Q: the tag behind its type, and the type of what follows.
  static let vlan = LayerFormat(
    "vlan", 4,
    [
      FieldFormat("pcp", 0, 3, .decimal),
      FieldFormat("dei", 3, 1, .flag),
      FieldFormat("id", 4, 12, .decimal),
      FieldFormat("type", 16, 16, .hexadecimal, .computed),
    ])

  /// IEEE 802.2; spanning tree's by default.
  static let llc = LayerFormat(
    "llc", 3,
    [
      FieldFormat("dsap", 0, 8, .hexadecimal, .computed),
      FieldFormat("ssap", 8, 8, .hexadecimal, .computed),
      FieldFormat("control", 16, 8, .hexadecimal, .value(3)),
    ])

  /// SNAP, IEEE 802, section 9.2: behind `llc`.
  static let snap = LayerFormat(
    "snap", 5,
    [
      FieldFormat("oui", 0, 24, .hexadecimal),
      FieldFormat("type", 24, 16, .hexadecimal, .computed),
    ])

  /// Address resolution for IPv4 on Ethernet, RFC 826.
  static let arp = LayerFormat(
    "arp", 28,
    [
      FieldFormat("hw", 0, 16, .decimal, .value(1)),
      FieldFormat("proto", 16, 16, .hexadecimal, .value(0x0800)),
      FieldFormat("hlen", 32, 8, .decimal, .value(6)),
      FieldFormat("plen", 40, 8, .decimal, .value(4)),
      FieldFormat("op", 48, 16, .names([("request", 1), ("reply", 2)]), .value(1)),
      FieldFormat("sha", 64, 48, .mac, .computed),
      FieldFormat("spa", 112, 32, .ipv4, .computed),
      FieldFormat("tha", 144, 48, .mac),
      FieldFormat("tpa", 192, 32, .ipv4, .computed),
    ])
}
