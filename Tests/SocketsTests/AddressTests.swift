import LinkLayer
import Sockets
import Testing

@Suite struct `Internet addresses as text` {
  @Test(arguments: [
    "192.0.2.1:623", "[2001:db8::1]:623", "[::1]:0", "[fe80::1%lo]:65535", "0.0.0.0:0",
  ])
  func `what is written is read back`(_ text: String) throws {
    #expect(try #require(InternetAddress(text)).description == text)
  }

  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1:623"), ("2001:db8::1", "[2001:db8::1]:623"),
    ("[2001:db8::1]", "[2001:db8::1]:623"), ("fe80::1%1", "[fe80::1%lo]:623"),
    ("192.0.2.1:9", "192.0.2.1:9"),
  ])
  func `a port that is not there is the default`(_ text: String, _ whole: String) throws {
    #expect(try #require(InternetAddress(text, defaultPort: 623)).description == whole)
  }

  @Test(arguments: [
    "", ":623", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1:+1", "192.0.2.1:6a",
    "[::1", "[::1]623", "[]:623", "host:623", "fe80::1%", "fe80::1%no-such-interface", "fe80::1%0",
    "192.0.2.1%lo", "[192.0.2.1]x",
  ])
  func `what is no address is refused`(_ text: String) {
    #expect(InternetAddress(text, defaultPort: 623) == nil)
  }

  @Test func `a host and its port come apart`() throws {
    let named = try #require(HostAndPort.split("node1:9001"))
    #expect(named.host == "node1" && named.port == 9001)
    let bare = try #require(HostAndPort.split("2001:db8::1"))
    #expect(bare.host == "2001:db8::1" && bare.port == nil)
    let bracketed = try #require(HostAndPort.split("[fe80::1%eth0]:7"))
    #expect(bracketed.host == "fe80::1%eth0" && bracketed.port == 7)
  }

  @Test func `a UNIX address names its path`() {
    #expect(SocketAddress.unix(path: "/run/x").description == "unix:/run/x")
  }
}
