import Glibc
import LinkLayer
import Links
import Support

/// The network of `Fixtures/originals/README.md`, in namespaces of its own, gone at its end.
final class DropInNetwork {
  private let prefix: String
  private let tap: PacketSocketLink

  private var host: String { prefix + "host" }

  /// Builds the network; `number` tells it from others of this process.
  init(_ number: Int) throws {
    prefix = "crimp-gold\(getpid())-\(number)-"
    let run = try runTool("sh", ["-euc", Self.script, prefix])
    guard run.status == 0 else {
      Self.destroy(prefix)
      throw NetworkError(text: run.errorText)
    }
    tap = try NetworkNamespace(prefix + "switch").run {
      let port = try KernelTables().interface(named: "pa")
      return try PacketSocketLink(
        LinkProperties(
          name: port.name, interfaceIndex: port.index, hardwareAddress: port.hardwareAddress),
        .sendAndReceive(.everything))
    }
    usleep(2_000_000)  // group joins of the new interfaces
  }

  deinit {
    Self.destroy(prefix)
  }

  /// Runs a recorded command as the program at `path`, and returns what is to be compared.
  func run(_ golden: DropInGolden, as path: String) throws -> DropInOutcome {
    let pidfile = "\(path).\(prefix)pid"
    defer { unlink(pidfile) }
    _ = frames()
    var words = ["netns", "exec", host, "env", "LC_ALL=C"]
    if let signal = golden.signal {
      let seconds = "\(Double(signal.milliseconds) / 1000)"
      words += ["timeout", "--preserve-status", "-s", signal.name, seconds]
    }
    if Self.readers.contains(golden.program) {
      words += [
        "sh", "-euc", "mount -t overlay none -o lowerdir=\(Self.etc):/etc /etc; exec \"$@\"", "sh",
      ]
    }
    words += [path]
    words += golden.arguments.map {
      $0 == "<pidfile>" ? pidfile : $0.replacing("<etc>", with: Self.etc)
    }
    let run = try runTool("ip", words)
    usleep(30_000)  // what is on its way through the switch

    var outcome = DropInOutcome()
    outcome.status = run.status
    if golden.arguments.contains("<pidfile>") {
      outcome.pidfile = access(pidfile, F_OK) == 0 ? "left" : "removed"
    }
    outcome.output = GoldenRules.normalised(run.outputText, program: path, pidfile: pidfile)
    outcome.errorOutput = GoldenRules.normalised(run.errorText, program: path, pidfile: pidfile)
    outcome.frames = frames()
    return outcome
  }

  /// Lets keepalived become master of `address` on the host until `count` of its announcements have
  /// come to the switch, and returns those.
  func announcements(
    ofKeepalived address: String, count: Int, directory: String
  ) throws -> [String] {
    let configuration = "\(directory)/keepalived.conf"
    let text = """
      global_defs { vrrp_startup_delay 0 }
      vrrp_instance VI {
        interface eth0
        state MASTER
        virtual_router_id 51
        priority 255
        advert_int 1
        virtual_ipaddress { \(address) }
      }

      """
    try writeFile(configuration, Array(text.utf8))
    _ = frames()
    let keepalived = try RunningTool(
      "ip",
      [
        "netns", "exec", host, "keepalived", "-n", "-l", "-P", "-f", configuration,
        "-p", "\(directory)/pid", "-r", "\(directory)/vrrp.pid",
      ])
    var heard: [String] = []
    _ = eventually {
      heard += frames()
      return heard.count >= count
    }
    keepalived.send(signal: SIGTERM)
    let ended = try keepalived.end()
    if heard.isEmpty {
      throw NetworkError(text: "keepalived: \(ended.outputText)\(ended.errorText)")
    }
    return heard
  }

  /// Runs a script of the shell on the host.
  func tell(_ script: String) throws {
    let run = try runTool("ip", ["netns", "exec", host, "sh", "-euc", script])
    guard run.status == 0 else { throw NetworkError(text: run.errorText) }
  }

  /// The different questions for `address`, ARP requests and neighbour solicitations, that the host asks
  /// on account of `body`.
  func questions(about address: IPAddress, _ body: () throws -> Void) throws -> Set<String> {
    func question(_ frame: [UInt8]) -> String? { GoldenRules.shown(frame, asking: address) }
    _ = frames(question)
    try body()
    var heard: Set<String> = []
    _ = eventually {
      heard.formUnion(frames(question))
      return !heard.isEmpty
    }
    return heard
  }

  /// These read /etc/ethers and /etc/hosts: they see the fixtures' laid over /etc, in the mount
  /// namespace that `ip netns exec` makes.
  private static let readers = ["wakeonlan", "etherwake"]
  private static let etc =
    #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    + "/Fixtures/originals/etc"

  private func frames(
    _ shown: ([UInt8]) -> String? = { GoldenRules.shown($0) }
  ) -> [String] {
    var result: [String] = []
    while true {
      let count = try? tap.receive(limit: 64) { bytes, _ in
        let frame = bytes.withUnsafeBytes { Array($0) }
        if let text = shown(frame) { result.append(text) }
      }
      guard let count, count > 0 else { return result }
    }
  }

  private static func destroy(_ prefix: String) {
    for name in ["host", "peer", "twin", "switch"] {
      _ = try? runTool("ip", ["netns", "del", prefix + name])
    }
  }

  /// `$0` is the prefix of the namespaces' names.
  private static let script = """
    ip netns add $0switch
    ip netns exec $0switch sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
      net.ipv6.conf.default.disable_ipv6=1
    ip -n $0switch link add br0 type bridge stp_state 0 mcast_snooping 0
    ip -n $0switch link set br0 up
    for pair in host:a peer:b twin:c; do
      name=$0${pair%:*} letter=${pair#*:}
      ip netns add $name
      ip netns exec $name sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0 \
        net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
        net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
        net.ipv6.conf.all.autoconf=0 net.ipv6.conf.default.autoconf=0 \
        net.ipv6.conf.all.router_solicitations=0 net.ipv6.conf.default.router_solicitations=0
      ip -n $name link set lo up
      ip -n $name link add eth0 address 02:00:00:00:00:0$letter type veth \
        peer name p$letter netns $0switch
      ip -n $0switch link set p$letter master br0 up
      ip -n $name link set eth0 up
    done
    ip -n $0host addr add 192.0.2.1/24 dev eth0
    ip -n $0host addr add 192.40.0.200/24 dev eth0
    ip -n $0host addr add 2001:db8::1/64 dev eth0 nodad
    ip -n $0host route add 255.255.255.255 dev eth0
    ip -n $0peer addr add 192.0.2.2/24 dev eth0
    ip -n $0peer addr add 192.0.2.9/32 dev eth0
    ip -n $0twin addr add 192.0.2.3/24 dev eth0
    ip -n $0twin addr add 192.0.2.9/32 dev eth0
    for name in peer twin; do
      ip -n $0$name neigh add 192.0.2.1 lladdr 02:00:00:00:00:0a nud permanent dev eth0
    done
    for pair in down0:d nc0:e noip0:f; do
      ip -n $0host link add ${pair%:*} address 02:00:00:00:00:1${pair#*:} type veth \
        peer name p${pair#*:} netns $0switch
    done
    ip -n $0host addr add 198.51.100.1/24 dev down0
    ip -n $0host link set nc0 up
    ip -n $0host addr add 203.0.113.1/24 dev nc0
    ip -n $0host link set noip0 up
    ip -n $0switch link set pf up
    """
}

/// Why the network could not be built.
struct NetworkError: Error, CustomStringConvertible {
  var text: String
  var description: String { "the network of namespaces: \(text)" }
}
