import Glibc
import Laboratory
import LinkLayer
import Links
import Support

/// A bridge with three hosts of the kernel: `scanner`, and two that answer, one address of theirs in
/// common (192.0.2.9), and one of a maker that arp-scan's files name. Needs root.
final class ScanNetwork {
  private let prefix: String

  init() throws {
    prefix = "crimp-scan\(getpid())-\(UInt32.random(in: 0 ... .max))-"
    let run = try runTool("sh", ["-euc", Self.script, prefix])
    guard run.status == 0 else {
      Self.destroy(prefix)
      throw NetworkError(text: run.errorText)
    }
  }

  deinit {
    Self.destroy(prefix)
  }

  /// The namespace of the host of this name: scanner, one or two.
  func namespace(_ host: String) -> String { prefix + host }

  /// Runs a program on the host that scans.
  func run(_ words: String..., input: [UInt8] = [], seconds: Int = 60) throws -> ToolRun {
    try runTool(
      "ip", ["netns", "exec", namespace("scanner")] + words, input: input,
      environment: ["LC_ALL": "C"], seconds: seconds)
  }

  /// Runs `crimp scan` there.
  func scan(_ arguments: String..., input: [UInt8] = []) throws -> ToolRun {
    try runTool(
      "ip", ["netns", "exec", namespace("scanner"), crimpPath, "scan"] + arguments, input: input)
  }

  /// Runs a command of `ip` for the host of this name.
  func configure(_ host: String, _ words: String...) throws {
    let run = try runTool("ip", ["-n", namespace(host)] + words)
    guard run.status == 0 else { throw NetworkError(text: run.errorText) }
  }

  /// Hears what comes to the host of this name.
  func tap(_ host: String) throws -> PacketSocketLink {
    try NetworkNamespace(namespace(host)).run {
      let properties = LinkProperties(try KernelTables().interface(named: "eth0"))
      return try PacketSocketLink(properties, .sendAndReceive(.everything))
    }
  }

  /// The ARP packets that the scanner has sent to the tap, as they came, whatever is around them.
  func heard(at tap: PacketSocketLink) throws -> [[UInt8]] {
    var frames: [[UInt8]] = []
    _ = try tap.receive(limit: .max) { bytes, _ in
      let frame = bytes.withUnsafeBytes { Array($0) }
      // Kernels speak too: longer packets, and answers to each other.
      let isAnswer = frame.count > 21 && frame[12] == 0x08 && frame[20...21] == [0, 2]
      guard frame.count > 21, frame.count < 70, !isAnswer else { return }
      guard frame[12...13] != [0x86, 0xdd] else { return }
      frames.append(frame)
    }
    return frames
  }

  private static func destroy(_ prefix: String) {
    for name in ["scanner", "one", "two", "switch"] {
      _ = try? runTool("ip", ["netns", "del", prefix + name])
    }
  }

  /// `$0` is the prefix of the namespaces' names. The hosts' link-local addresses follow from their
  /// hardware addresses.
  private static let script = """
    ip netns add $0switch
    ip netns exec $0switch sysctl -qw net.ipv6.conf.default.disable_ipv6=1
    ip -n $0switch link add br0 type bridge stp_state 0 mcast_snooping 0
    ip -n $0switch link set br0 up
    for pair in scanner,02:00:00:00:00:0a one,02:00:00:00:00:0b two,00:00:0c:07:ac:0c; do
      name=${pair%,*}
      ip netns add $0$name
      ip netns exec $0$name sysctl -qw net.ipv6.conf.default.accept_dad=0 \
        net.ipv6.conf.default.router_solicitations=0
      ip -n $0$name link add eth0 address ${pair#*,} type veth peer name p$name netns $0switch
      ip -n $0switch link set p$name master br0 up
      ip -n $0$name link set lo up
      ip -n $0$name link set eth0 up
    done
    ip -n $0scanner addr add 192.0.2.1/24 dev eth0
    ip -n $0one addr add 192.0.2.2/24 dev eth0
    ip -n $0one addr add 192.0.2.9/32 dev eth0
    ip -n $0two addr add 192.0.2.3/24 dev eth0
    ip -n $0two addr add 192.0.2.9/32 dev eth0
    """
}
