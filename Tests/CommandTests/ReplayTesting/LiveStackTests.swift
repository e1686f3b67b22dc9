import CaptureFile
import Glibc
import LinkLayerTesting
import Support
import Synchronization
import Testing

/// The kernel's own stack, in a namespace, against the exchanges of `captures/stacks` that it had once: as
/// they were, and with a byte changed. Needs root.
@Suite(
  "A live stack in the place of the host under test", .serialized, .enabled(if: geteuid() == 0))
struct LiveStackTests {
  /// A host with the addresses of host A or B of the captures, and the end of its cable at which the
  /// others are played: that end has no address, and so says nothing of its own.
  final class Cable {
    let host: String
    let far: String
    private static let count = Mutex(0)

    init(_ role: String) throws {
      let number = Self.count.withLock { count in
        count += 1
        return count
      }
      host = "crimp-live-\(getpid())-\(number)"
      far = host + "-far"
      let last = role == "a" ? "1" : "2"
      let run = try runTool("sh", ["-euc", Self.script, host, far, role, last])
      guard run.status == 0 else {
        remove()
        throw Refusal(text: run.errorText)
      }
    }

    /// `$0` is the host, `$1` its cable's other end, `$2` its letter and `$3` the number of its addresses.
    private static let script = """
      ip netns add $0
      ip netns add $1
      ip link add eth0 netns $0 type veth peer name eth0 netns $1
      ip netns exec $1 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
        net.ipv6.conf.default.disable_ipv6=1
      for name in all default eth0; do
        ip netns exec $0 sysctl -qw net.ipv6.conf.$name.accept_dad=0 \
          net.ipv6.conf.$name.router_solicitations=0
      done
      ip -n $0 link set lo up
      ip -n $0 link set eth0 address 02:00:00:00:00:0$2 up
      ip -n $1 link set eth0 up
      ip -n $0 address add 192.0.2.$3/24 dev eth0
      ip -n $0 address add 2001:db8::$3/64 dev eth0 nodad
      """

    deinit { remove() }

    private func remove() {
      for name in [host, far] { _ = try? runTool("ip", ["netns", "del", name]) }
    }

    struct Refusal: Error {
      let text: String
    }

    /// Begins to play the capture at `path` to the host.
    func begin(_ path: String, _ exchange: Exchange) throws -> RunningTool {
      var arguments = [
        "replay-test", path, "--host", exchange.address, "--filter", exchange.filter, "-i", "eth0",
        "--netns", far, "--tolerance", "10", "--patience", "8", "--closing",
        exchange.keepsAddress ? "0" : "0.3",
      ]
      if let command = exchange.command {
        arguments += ["--run", "exec ip netns exec \(host) \(command)"]
      }
      return try RunningTool(crimpPath, arguments)
    }
  }

  /// A host made for one capture, and the run in which that is played to it. Many stand side by side:
  /// most of their time they wait.
  final class Trial {
    private let cable: Cable
    private let path: String
    private var exchange: Exchange
    /// What the server makes when it serves.
    private let sign: String
    private var server: RunningTool?
    private var run: RunningTool?

    /// Makes the host, and starts what serves there; its files begin with `prefix`.
    init(_ path: String, _ exchange: Exchange, _ prefix: String) throws {
      (self.path, self.exchange) = (path, exchange)
      sign = "\(prefix)-ready"
      cable = try Cable(exchange.role)
      if exchange.keepsAddress {
        let file = "\(prefix)-keepalived.conf"
        try writeFile(file, Array(LiveStackTests.keepalived.utf8))
        self.exchange.command =
          "keepalived -n -P -f \(file) -p \(prefix)-k.pid -r \(prefix)-v.pid"
      }
      server = try exchange.server.map {
        try RunningTool("ip", ["netns", "exec", cable.host] + $0.command(sign, prefix))
      }
    }

    deinit { server?.sendToAll(signal: SIGKILL) }

    /// Begins as soon as the server serves.
    func begin() throws {
      if server != nil { try #require(eventually { access(sign, R_OK) == 0 }) }
      run = try cable.begin(path, exchange)
    }

    /// What the run has come to.
    func end() throws -> ToolRun {
      try #require(run).end()
    }
  }

  /// A capture, and who of it is under test.
  struct Exchange: Sendable {
    var capture: String
    var role = "a"
    var filter: String
    /// What makes the host speak, for one that begins by itself.
    var command: String?
    /// What serves there.
    var server: Server?
    /// Whether it is keepalived that speaks, of an address that it keeps.
    var keepsAddress = false
    /// A byte of the host's frame of this number, by its field.
    var changes: [(frame: Int, offset: Int, field: String)]

    var path: String { "\(Fixture.root)/captures/stacks/\(capture).pcap" }
    var address: String {
      let number = role == "a" ? 1 : 2
      return capture.contains("ndp") || capture.hasSuffix("v6")
        ? "2001:db8::\(number)" : "192.0.2.\(number)"
    }
  }

  static let exchanges: [Exchange] = [
    Exchange(
      capture: "kernel-arp", filter: "arp",
      changes: [(2, 21, "arp.opcode"), (2, 27, "arp.src.hw_mac"), (2, 5, "eth.dst")]),
    Exchange(
      capture: "kernel-ndp", filter: "icmp6 and ip6[40] != 143",
      changes: [
        (2, 58, "byte 58"), (2, 85, "icmpv6.opt.target_linkaddr"), (2, 21, "ipv6.hlim"),
      ]),
    Exchange(
      capture: "kernel-icmp", filter: "arp or icmp",
      changes: [(4, 41, "icmp.seq"), (4, 22, "ip.ttl"), (4, 60, "icmp.data")]),
    Exchange(
      capture: "kernel-icmp", role: "b", filter: "arp or icmp",
      command: "ping -c 3 -i 0.2 192.0.2.1",
      changes: [(1, 41, "arp.dst.proto_ipv4"), (3, 41, "icmp.seq"), (3, 34, "icmp.type")]),
    Exchange(
      capture: "kernel-udp-unreachable", filter: "arp or icmp or udp port 9",
      changes: [(4, 35, "icmp.code"), (4, 71, "byte 71")]),
    Exchange(
      capture: "kernel-tcp-refused", filter: "arp or tcp port 9",
      changes: [(4, 47, "tcp.flags"), (4, 45, "tcp.ack")]),
    Exchange(
      capture: "kernel-tcp-handshake", filter: "arp or tcp", server: .listener,
      changes: [
        (4, 47, "tcp.flags"), (4, 35, "tcp.srcport"), (4, 45, "tcp.ack"),
        (4, 57, "tcp.options.mss_val"), (7, 45, "tcp.ack"), (7, 41, "tcp.seq"),
      ]),
    Exchange(
      capture: "dhcp-dnsmasq", filter: "udp port 67", server: .dnsmasq,
      changes: [(2, 61, "dhcp.ip.your"), (2, 42, "dhcp.type")]),
    Exchange(
      capture: "dhcp-lease", filter: "udp port 67", server: .dnsmasq,
      changes: [(2, 61, "dhcp.ip.your"), (4, 61, "dhcp.ip.your"), (4, 284, "dhcp.option.dhcp")]),
    Exchange(
      capture: "dns-dnsmasq", filter: "arp or udp port 53", server: .dnsmasq,
      changes: [(4, 91, "dns.a"), (4, 45, "dns.flags")]),
    Exchange(
      capture: "vrrp-keepalived", filter: "ip proto 112 or arp", keepsAddress: true,
      changes: [(1, 36, "vrrp.prio"), (1, 45, "vrrp.ip_addr")]),
    Exchange(
      capture: "kernel-tcp-handshake", role: "b", filter: "arp or tcp",
      command: "python3 -c '\(client)'",
      changes: [(3, 37, "tcp.dstport"), (5, 45, "tcp.ack"), (6, 47, "tcp.flags")]),
  ]

  private static let client =
    "import socket, time; connection = socket.create_connection((\"192.0.2.1\", 7)); "
    + "time.sleep(0.1); connection.close(); time.sleep(3)"

  /// What serves at the host under test, as when the exchange was recorded.
  enum Server: Sendable {
    /// Something that accepts nothing: the handshake is the kernel's.
    case listener
    case dnsmasq

    /// The command, which makes the file `sign` when it serves; its other files begin with `prefix`.
    func command(_ sign: String, _ prefix: String) -> [String] {
      switch self {
      case .listener:
        [
          "python3", "-c",
          "import socket, time; listener = socket.create_server((\"192.0.2.1\", 7)); "
            + "open(\"\(sign)\", \"w\"); time.sleep(600)",
        ]
      case .dnsmasq:
        [
          "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
          "--user=root", "--pid-file=\(sign)", "--dhcp-leasefile=\(prefix)-leases", "--no-ping",
          "--dhcp-range=192.0.2.50,192.0.2.60,1h", "--domain=example.net",
          "--address=/host.example.net/192.0.2.9", "--address=/host.example.net/2001:db8::9",
          "--listen-address=192.0.2.1",
        ]
      }
    }
  }

  fileprivate static let keepalived = """
    global_defs {
      vrrp_garp_master_delay 1
    }
    vrrp_instance v3 {
      version 3
      state MASTER
      interface eth0
      virtual_router_id 52
      priority 110
      advert_int 0.5
      virtual_ipaddress { 192.0.2.101/24 }
    }

    """

  /// All of an exchange's hosts are there at once.
  @Test(
    "says what it said then, and is told to differ where one byte of the capture was changed",
    arguments: exchanges.indices)
  func exchange(index: Int) throws {
    let exchange = Self.exchanges[index]
    let bytes = try readFile(exchange.path)
    try withTemporaryDirectory { directory in
      let unchanged = try Trial(exchange.path, exchange, "\(directory)/then")
      let changed = try exchange.changes.enumerated().map { number, change in
        var changed = bytes
        changed[try place(of: change.frame, in: bytes) + change.offset] ^= 0x08
        let path = "\(directory)/\(number).pcap"
        try writeFile(path, changed)
        return try Trial(path, exchange, "\(directory)/\(number)")
      }
      for trial in [unchanged] + changed { try trial.begin() }
      let run = try unchanged.end()
      #expect(run.status == 0, "\(exchange.capture): \(run.outputText)\(run.errorText)")
      for (trial, change) in zip(changed, exchange.changes) {
        let run = try trial.end()
        #expect(run.status == 1, "\(run.errorText)")
        #expect(run.outputText.contains("frame \(change.frame) "), "\(change): \(run.outputText)")
        #expect(run.outputText.contains("    \(change.field)"), "\(change): \(run.outputText)")
      }
    }
  }

  /// Where the frame of this number begins in a file of classic pcap.
  private func place(of number: Int, in bytes: [UInt8]) throws -> Int {
    var offset = 24
    for _ in 1..<number {
      let length = bytes[offset + 8..<offset + 12].reversed().reduce(0) { $0 << 8 | Int($1) }
      offset += 16 + length
    }
    return offset + 16
  }
}
