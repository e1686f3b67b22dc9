import Glibc
import Support

/// A client, a router with a packet filter, and a server with another, in namespaces of their own.
///
/// 192.0.2.1, 2001:db8:1::1 — 192.0.2.254 router 198.51.100.254 — 198.51.100.2, 2001:db8:2::2
final class CheckNetwork {
  private let prefix: String
  private var servers: [RunningTool] = []

  static let server = "198.51.100.2"
  static let server6 = "2001:db8:2::2"
  static let router = "192.0.2.254"

  init(_ name: String) throws {
    prefix = "crimp-\(getpid())-\(name)-"
    let run = try runTool("sh", ["-euc", Self.script, prefix])
    guard run.status == 0 else {
      Self.destroy(prefix)
      throw NetworkError(text: run.errorText)
    }
  }

  deinit {
    for server in servers { server.send(signal: 9) }
    Self.destroy(prefix)
  }

  /// Runs a program on the client.
  func run(_ words: [String], seconds: Int = 60) throws -> ToolRun {
    try runTool("ip", ["netns", "exec", prefix + "client"] + words, seconds: seconds)
  }

  func check(_ arguments: String...) throws -> ToolRun {
    try run([crimpPath, "check"] + arguments)
  }

  /// Starts a program on the server, which is killed at the end.
  func serve(_ words: [String]) throws {
    servers.append(try RunningTool("ip", ["netns", "exec", prefix + "server"] + words))
  }

  /// Sets a parameter of the kernel on the server.
  func set(_ parameter: String) throws {
    let run = try runTool("ip", ["netns", "exec", prefix + "server", "sysctl", "-qw", parameter])
    guard run.status == 0 else { throw NetworkError(text: run.errorText) }
  }

  private static func destroy(_ prefix: String) {
    for name in ["client", "router", "server"] {
      _ = try? runTool("ip", ["netns", "del", prefix + name])
    }
  }

  /// `$0` is the prefix of the namespaces' names.
  private static let script = """
    for name in client router server; do
      ip netns add $0$name
      ip netns exec $0$name sysctl -qw net.ipv6.conf.all.accept_dad=0 \
        net.ipv6.conf.default.accept_dad=0
      ip -n $0$name link set lo up
    done
    ip -n $0client link add eth0 type veth peer name eth0 netns $0router
    ip -n $0server link add eth0 type veth peer name eth1 netns $0router
    ip -n $0client link set eth0 up
    ip -n $0server link set eth0 up
    ip -n $0router link set eth0 up
    ip -n $0router link set eth1 up
    ip netns exec $0router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    ip -n $0client addr add 192.0.2.1/24 dev eth0
    ip -n $0router addr add 192.0.2.254/24 dev eth0
    ip -n $0router addr add 198.51.100.254/24 dev eth1
    ip -n $0server addr add 198.51.100.2/24 dev eth0
    ip -n $0client addr add 2001:db8:1::1/64 dev eth0 nodad
    ip -n $0router addr add 2001:db8:1::254/64 dev eth0 nodad
    ip -n $0router addr add 2001:db8:2::254/64 dev eth1 nodad
    ip -n $0server addr add 2001:db8:2::2/64 dev eth0 nodad
    ip -n $0client route add default via 192.0.2.254
    ip -n $0server route add default via 198.51.100.254
    ip -n $0client route add default via 2001:db8:1::254
    ip -n $0server route add default via 2001:db8:2::254
    ip netns exec $0server nft -f - <<'RULES'
    table inet filter { chain input { type filter hook input priority 0; policy accept;
      meta nfproto ipv4 th dport 1001 reject with icmp type net-unreachable
      meta nfproto ipv4 th dport 1002 reject with icmp type host-unreachable
      meta nfproto ipv4 th dport 1003 reject with icmp type prot-unreachable
      meta nfproto ipv4 th dport 1004 reject with icmp type port-unreachable
      meta nfproto ipv4 th dport 1005 reject with icmp type net-prohibited
      meta nfproto ipv4 th dport 1006 reject with icmp type host-prohibited
      meta nfproto ipv4 th dport 1007 reject with icmp type admin-prohibited
      meta nfproto ipv6 th dport 1001 reject with icmpv6 type no-route
      meta nfproto ipv6 th dport 1002 reject with icmpv6 type addr-unreachable
      meta nfproto ipv6 th dport 1003 reject with icmpv6 type policy-fail
      meta nfproto ipv6 th dport 1004 reject with icmpv6 type port-unreachable
      meta nfproto ipv6 th dport 1006 reject with icmpv6 type reject-route
      meta nfproto ipv6 th dport 1007 reject with icmpv6 type admin-prohibited
      tcp dport 1008 reject with tcp reset
      th dport 1009 drop
      tcp dport 2000-2059 drop
      }
    }
    RULES
    ip netns exec $0router nft -f - <<'RULES'
    table inet filter { chain forward { type filter hook forward priority 0; policy accept;
      th dport 3001 reject with icmpx type admin-prohibited
      th dport 3002 reject with icmpx type port-unreachable
      th dport 3003 drop
      }
    }
    RULES
    """
}
