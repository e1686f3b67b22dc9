import Glibc
import Support
import Testing

/// Whom the clients of `crimp relay --serve` reach, by each kind of address that a host can have.
@Suite("crimp relay --serve, asked for its own host", .enabled(if: geteuid() == 0, "needs root"))
struct RelayProxyTargetsTests {
  /// A network of its own: an address, a secondary one, one of IPv6, a network that is local by a route alone;
  /// and a server at all of them. Prints how each is answered, and last one of nobody's.
  private let script = """
    set -e
    ip link set lo up
    ip link add d0 type veth peer d1
    ip addr add 192.0.2.2/24 dev d0
    ip addr add 192.0.2.3/24 dev d0
    ip addr add 2001:db8::2/64 dev d0 nodad
    ip link set d0 up
    ip link set d1 up
    ip route add local 198.51.100.0/24 dev lo
    ip -6 route add local 2001:db8:1::/64 dev lo
    # With it everybody may bind any address.
    echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind
    "$0" relay -q 127.0.0.1:7000 --serve connect --connect-timeout 0.2 "$@" &
    python3 -c "$ask"
    kill $!
    wait $!
    """

  private let ask = """
    import socket, time
    server = socket.create_server(('::', 7001), family=socket.AF_INET6, dualstack_ipv6=True)
    def answer(target):
        while True:
            try:
                client = socket.create_connection(('127.0.0.1', 7000))
                break
            except ConnectionRefusedError: time.sleep(0.01)
        with client:
            client.sendall(f'CONNECT {target}:7001 HTTP/1.1\\r\\n\\r\\n'.encode())
            return client.recv(100).split()[1].decode()
    print(*map(answer, (
        '192.0.2.2', '192.0.2.3', '[2001:db8::2]', '198.51.100.9', '[2001:db8:1::9]',
        '[::ffff:192.0.2.2]', '192.0.2.255', '192.0.2.9')))
    """

  @Test(
    arguments: [
      ([], "403 403 403 403 403 403 403 504\n"),
      (["--allow-target", "*"], "403 403 403 403 403 403 403 504\n"),
      (["--allow-target", "192.0.2.0/24"], "403 403 403 403 403 403 403 504\n"),
      (
        ["--allow-target", "192.0.2.2", "--allow-target", "2001:db8:1::9"],
        "200 403 403 403 200 200 403 403\n"
      ),
    ])
  func noAddressOfItIsReachedUnlessItIsNamed(_ options: [String], _ answers: String) throws {
    let run = try runTool(
      "unshare", ["-n", "env", "ask=\(ask)", "bash", "-c", script, crimpPath] + options)
    #expect(run.outputText == answers, "\(run.errorText)")
  }
}
