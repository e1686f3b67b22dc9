// Layers of the internet. `IPv4View`, `IPv6View`, `TCPView`, `UDPView` and `ICMPView` in LinkLayer have
// the diagrams.

extension LayerFormat {
  /// IPv4, RFC 791.
  static let ip = LayerFormat(
    "ip", 20, hasOptions: true,
    [
      FieldFormat("version", 0, 4, .decimal, .value(4)),
      FieldFormat("ihl", 4, 4, .decimal, .computed),
      FieldFormat("tos", 8, 8, .hexadecimal),
      FieldFormat("len", 16, 16, .decimal, .computed),
      FieldFormat("id", 32, 16, .hexadecimal),
      FieldFormat("rb", 48, 1, .flag),
      FieldFormat("df", 49, 1, .flag),
      FieldFormat("mf", 50, 1, .flag),
      FieldFormat("frag", 51, 13, .decimal),
      FieldFormat("ttl", 64, 8, .decimal, .value(64)),
      FieldFormat("proto", 72, 8, .decimal, .computed),
      FieldFormat("sum", 80, 16, .hexadecimal, .computed),
      FieldFormat("src", 96, 32, .ipv4, .computed),
      FieldFormat("dst", 128, 32, .ipv4, .computed),
    ])

  /// IPv6, RFC 8200.
  static let ip6 = LayerFormat(
    "ip6", 40,
    [
      FieldFormat("version", 0, 4, .decimal, .value(6)),
      FieldFormat("class", 4, 8, .hexadecimal),
      FieldFormat("flow", 12, 20, .hexadecimal),
      FieldFormat("len", 32, 16, .decimal, .computed),
      FieldFormat("next", 48, 8, .decimal, .computed),
      FieldFormat("hop", 56, 8, .decimal, .computed),
      FieldFormat("src", 64, 128, .ipv6, .computed),
      FieldFormat("dst", 192, 128, .ipv6, .computed),
    ])

  /// UDP, RFC 768.
  static let udp = LayerFormat(
    "udp", 8,
    [
      FieldFormat("sport", 0, 16, .decimal, .value(49152)),
      FieldFormat("dport", 16, 16, .decimal, .value(9)),
      FieldFormat("len", 32, 16, .decimal, .computed),
      FieldFormat("sum", 48, 16, .hexadecimal, .computed),
    ])

  private static let tcpFlags: [(name: String, value: UInt64)] = [
    ("fin", 1), ("syn", 2), ("rst", 4), ("psh", 8), ("ack", 16), ("urg", 32), ("ece", 64),
    ("cwr", 128), ("ae", 256),
  ]

  /// TCP, RFC 9293.
  static let tcp = LayerFormat(
    "tcp", 20, hasOptions: true,
    [
      FieldFormat("sport", 0, 16, .decimal, .value(49152)),
      FieldFormat("dport", 16, 16, .decimal, .value(9)),
      FieldFormat("seq", 32, 32, .decimal),
      FieldFormat("ackno", 64, 32, .decimal),
      FieldFormat("off", 96, 4, .decimal, .computed),
      FieldFormat("flags", 100, 12, .bits(tcpFlags), .value(2)),
      FieldFormat("win", 112, 16, .decimal, .value(64240)),
      FieldFormat("sum", 128, 16, .hexadecimal, .computed),
      FieldFormat("urgent", 144, 16, .decimal),
    ])

  /// ICMP, RFC 792; of messages other than echo, `id` and `seq` are the two halves of the second word.
  static let icmp = LayerFormat(
    "icmp", 8,
    [
      FieldFormat(
        "type", 0, 8,
        .names([
          ("echo-reply", 0), ("unreachable", 3), ("redirect", 5), ("echo-request", 8),
          ("time-exceeded", 11),
        ]), .value(8)),
      FieldFormat("code", 8, 8, .decimal),
      FieldFormat("sum", 16, 16, .hexadecimal, .computed),
      FieldFormat("id", 32, 16, .decimal),
      FieldFormat("seq", 48, 16, .decimal),
    ])

  /// ICMPv6, RFC 4443; `id` and `seq` as of ICMP.
  static let icmp6 = LayerFormat(
    "icmp6", 8,
    [
      FieldFormat(
        "type", 0, 8,
        .names([
          ("unreachable", 1), ("too-big", 2), ("time-exceeded", 3), ("echo-request", 128),
          ("echo-reply", 129),
        ]), .value(128)),
      FieldFormat("code", 8, 8, .decimal),
      FieldFormat("sum", 16, 16, .hexadecimal, .computed),
      FieldFormat("id", 32, 16, .decimal),
      FieldFormat("seq", 48, 16, .decimal),
    ])
}
