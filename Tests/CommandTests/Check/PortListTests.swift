import Machines
import Testing

@testable import crimp

@Suite struct `Lists of ports` {
  private let services = ServiceNames(
    parsing: """
      # a comment
      ssh\t\t22/tcp\t\t\t# SSH Remote Login Protocol
      domain\t\t53/tcp
      domain\t\t53/udp
      ntp\t\t123/udp
      http\t\t80/tcp\t\twww
      http-alt\t8080/tcp\twebcache
      broken 70000/tcp
      """)

  private func read(_ texts: String..., udp: Bool = false) throws(PortListError) -> String {
    try PortList.ports(in: texts, udp ? .udp : .tcp, services).map(\.description)
      .joined(separator: " ")
  }

  @Test func `numbers, ranges and services`() throws {
    #expect(try read("22") == "22/tcp")
    #expect(try read("3-1,5".replacing("3-1", with: "1-3")) == "1/tcp 2/tcp 3/tcp 5/tcp")
    #expect(try read("ssh,www", "http-alt") == "22/tcp 80/tcp 8080/tcp")
    #expect(try read("domain", udp: true) == "53/udp")
    #expect(try read("domain/udp,domain") == "53/tcp 53/udp")
  }

  @Test func `a service that only UDP has is one of UDP`() throws {
    #expect(try read("ntp") == "123/udp")
    #expect(throws: PortListError.unknownService("ntp/tcp", in: "ntp/tcp")) { try read("ntp/tcp") }
  }

  @Test func `a prefix holds for what follows, a suffix for its own port`() throws {
    #expect(try read("u:53,161,t:22") == "22/tcp 53/udp 161/udp")
    #expect(try read("u:53,80/tcp,123") == "53/udp 80/tcp 123/udp")
    #expect(try read("u:53", "80") == "53/udp 80/tcp", "the next argument begins anew")
    #expect(try read("UDP:1-2") == "1/udp 2/udp")
  }

  @Test func `each port once, in order`() throws {
    #expect(try read("80,22,80,20-22") == "20/tcp 21/tcp 22/tcp 80/tcp")
    #expect(try read("1-65535").split(separator: " ").count == 65535)
  }

  @Test(arguments: [
    ("0", PortListError.notAPort("0", in: "0")),
    ("70000", .notAPort("70000", in: "70000")),
    ("5-70000", .notAPort("5-70000", in: "5-70000")),
    ("9-1", .backwards("9-1", in: "9-1")),
    ("22,,80", .missing(in: "22,,80")),
    ("", .missing(in: "")),
    ("u:", .missing(in: "u:")),
    ("22/sctp", .notAProtocol("sctp", in: "22/sctp")),
    ("nosuch", .unknownService("nosuch", in: "nosuch")),
    ("-5", .notAPort("-5", in: "-5")),
    ("99999999999999999999", .notAPort("99999999999999999999", in: "99999999999999999999")),
  ])
  func `a wrong one is named`(_ text: String, _ error: PortListError) {
    #expect(throws: error) { try read(text) }
  }
}
