// Neighbor Discovery, RFC 4861, section 4: its messages, and its options as layers behind them.

extension LayerFormat {
  private static func message(
    _ name: String, _ byteCount: Int, type: UInt64, _ fields: [FieldFormat]
  ) -> LayerFormat {
    LayerFormat(
      name, byteCount,
      [
        FieldFormat("type", 0, 8, .decimal, .value(type)),
        FieldFormat("code", 8, 8, .decimal),
        FieldFormat("sum", 16, 16, .hexadecimal, .computed),
      ] + fields)
  }

  private static func option(
    _ name: String, _ byteCount: Int, type: UInt64, _ fields: [FieldFormat]
  ) -> LayerFormat {
    LayerFormat(
      name, byteCount,
      [
        FieldFormat("type", 0, 8, .decimal, .value(type)),
        FieldFormat("units", 8, 8, .decimal, .value(UInt64(byteCount / 8))),
      ] + fields)
  }

  /// A neighbour solicitation.
  static let ns = message(
    "ns", 24, type: 135,
    [
      FieldFormat("reserved", 32, 32, .hexadecimal),
      FieldFormat("target", 64, 128, .ipv6, .computed),
    ])

  /// A neighbour advertisement.
  static let na = message(
    "na", 24, type: 136,
    [
      FieldFormat("router", 32, 1, .flag),
      FieldFormat("solicited", 33, 1, .flag),
      FieldFormat("override", 34, 1, .flag),
      FieldFormat("reserved", 35, 29, .hexadecimal),
      FieldFormat("target", 64, 128, .ipv6, .computed),
    ])

  /// A router solicitation.
  static let rs = message(
    "rs", 8, type: 133, [FieldFormat("reserved", 32, 32, .hexadecimal)])

  /// A router advertisement.
  static let ra = message(
    "ra", 16, type: 134,
    [
      FieldFormat("hop", 32, 8, .decimal, .value(64)),
      FieldFormat("managed", 40, 1, .flag),
      FieldFormat("other", 41, 1, .flag),
      FieldFormat("more", 42, 6, .hexadecimal),
      FieldFormat("lifetime", 48, 16, .decimal, .value(1800)),
      FieldFormat("reachable", 64, 32, .decimal),
      FieldFormat("retrans", 96, 32, .decimal),
    ])

  /// The source's link-layer address.
  static let sll = option("sll", 8, type: 1, [FieldFormat("mac", 16, 48, .mac, .computed)])

  /// The target's link-layer address.
  static let tll = option("tll", 8, type: 2, [FieldFormat("mac", 16, 48, .mac, .computed)])

  /// The link's MTU.
  static let mtu = option(
    "mtu", 8, type: 5,
    [
      FieldFormat("reserved", 16, 16, .hexadecimal),
      FieldFormat("bytes", 32, 32, .decimal, .value(1500)),
    ])

  /// A prefix of the link.
  static let prefix = option(
    "prefix", 32, type: 3,
    [
      FieldFormat("length", 16, 8, .decimal, .value(64)),
      FieldFormat("onlink", 24, 1, .flag),
      FieldFormat("auto", 25, 1, .flag),
      FieldFormat("more", 26, 6, .hexadecimal),
      FieldFormat("valid", 32, 32, .decimal, .value(86400)),
      FieldFormat("preferred", 64, 32, .decimal, .value(14400)),
      FieldFormat("reserved", 96, 32, .hexadecimal),
      FieldFormat("address", 128, 128, .ipv6, .computed),
    ])
}
