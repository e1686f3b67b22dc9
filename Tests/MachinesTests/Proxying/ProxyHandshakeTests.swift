import IPMI
import Machines
import Proxies
import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

private func name(_ action: ProxyClientAction) -> String {
  switch action {
  case .send(let bytes): "send \(shown(bytes))"
  case .established(let early): "established \(shown(early))"
  case .failed(let failure): "failed: \(failure)"
  }
}

private func name(_ action: ProxyServerAction) -> String {
  switch action {
  case .send(let bytes): "send \(shown(bytes))"
  case .verify(let user, let password): "verify \(user) \(password) \(password.byteCount)"
  case .connect(let target): "connect \(target.host):\(target.port)"
  case .established(let early): "established \(shown(early))"
  case .close(let reason): "close: \(reason)"
  }
}

/// Text as its first line, other bytes in hexadecimal.
private func shown(_ bytes: [UInt8]) -> String {
  let isText = bytes.allSatisfy { (0x20..<0x7f).contains($0) || $0 == 13 || $0 == 10 }
  if isText, !bytes.isEmpty {
    return String(decoding: bytes.prefix { $0 != 13 }, as: UTF8.self)
  }
  return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

@Suite struct `A client's handshake with a proxy` {
  private let named = ProxyAddress(.name("a.test"), port: 80)
  private let numbered = ProxyAddress(.ipv4(0xc000_0207), port: 80)

  private func credentials() throws -> ProxyCredentials {
    ProxyCredentials(user: "fred", password: try Secret("secret", atMost: 255))
  }

  /// What comes of the proxy's words, one list for each, after the start's.
  private func transcript(
    _ machine: ProxyClientHandshake, _ words: [[UInt8]]
  ) -> [[String]] {
    var machine = machine
    return [machine.start().map(name)] + words.map { machine.receive($0).map(name) }
  }

  @Test func `SOCKS 4 and 4a`() throws {
    #expect(
      transcript(
        ProxyClientHandshake(.socks4, to: numbered, try credentials()),
        [[0, 90, 0, 0, 0], [0, 0, 0, 7, 8]])
        == [["send 04010050c00002076672656400"], [], ["established 0708"]])
    #expect(
      transcript(ProxyClientHandshake(.socks4a, to: named), [[0, 91, 0, 0, 0, 0, 0, 0]])
        == [
          ["send 0401005000000001" + "00" + "612e7465737400"],
          ["failed: the proxy refused, or could not connect"],
        ])
    #expect(
      transcript(ProxyClientHandshake(.socks4, to: named), [])
        == [["failed: the proxy's protocol cannot carry a target of this kind"]])
  }

  @Test func `SOCKS 5 without and with a password`() throws {
    #expect(
      transcript(
        ProxyClientHandshake(.socks5, to: named), [[5, 0], [5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9]])
        == [["send 050100"], ["send 0501000306612e746573740050"], ["established 09"]])
    #expect(
      transcript(
        ProxyClientHandshake(.socks5, to: numbered, try credentials()),
        [[5, 2], [1, 0], [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]])
        == [
          ["send 05020002"], ["send 01046672656406736563726574"], ["send 05010001c00002070050"],
          ["failed: connection refused at the target"],
        ])
    // All at once, as a proxy may that takes whatever it is offered.
    #expect(
      transcript(
        ProxyClientHandshake(.socks5, to: numbered),
        [[5, 0, 5, 0, 0, 3, 1, 0x78, 0, 1, 0x68, 0x69]])
        == [["send 050100"], ["send 05010001c00002070050", "established hi"]])
  }

  @Test func `a proxy that wants to know who asks`() throws {
    #expect(
      transcript(ProxyClientHandshake(.socks5, to: numbered), [[5, 255]]).last
        == ["failed: the proxy wants a user and a password"])
    // It chose what was not offered.
    #expect(
      transcript(ProxyClientHandshake(.socks5, to: numbered), [[5, 2]]).last
        == ["failed: the proxy wants a user and a password"])
    #expect(
      transcript(
        ProxyClientHandshake(.socks5, to: numbered, try credentials()), [[5, 2], [1, 1]]
      )
      .last == ["failed: the proxy does not accept the user or the password"])
    let refusal = bytes("HTTP/1.1 407 No\r\n\r\n")
    #expect(
      transcript(ProxyClientHandshake(.httpConnect, to: named), [refusal]).last
        == ["failed: the proxy wants a user and a password"])
    #expect(
      transcript(ProxyClientHandshake(.httpConnect, to: named, try credentials()), [refusal]).last
        == ["failed: the proxy does not accept the user or the password"])
  }

  @Test func `CONNECT`() throws {
    var machine = ProxyClientHandshake(.httpConnect, to: named, try credentials())
    guard case .send(let request)? = machine.start().first else {
      Issue.record("no request")
      return
    }
    #expect(
      request
        == bytes(
          "CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\nProxy-Authorization: Basic ZnJlZDpzZWNyZXQ=\r\n\r\n"
        ))
    #expect(
      machine.receive(bytes("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nVia: x\r\n\r\nhello"))
        .map(name) == ["established hello"])
    #expect(machine.receive([1]).isEmpty && machine.ended().isEmpty)
    for (status, words) in [
      (403, "the proxy's rules do not allow it (403)"), (502, "the proxy could not connect (502)"),
      (418, "the proxy answered 418"),
    ] {
      #expect(
        transcript(
          ProxyClientHandshake(.httpConnect, to: named), [bytes("HTTP/1.1 \(status) x\r\n\r\n")]
        ).last == ["failed: \(words)"])
    }
  }

  @Test func `what is no answer, and no answer at all`() {
    for kind in ProxyKind.allCases {
      var machine = ProxyClientHandshake(kind, to: numbered)
      _ = machine.start()
      let words = machine.receive(bytes("220 mail.test ESMTP\r\n\r\n")).map(name)
      #expect(words.count == 1 && words[0].hasPrefix("failed: the proxy does not speak"), "\(kind)")
      #expect(machine.isDone)
      var other = ProxyClientHandshake(kind, to: numbered)
      _ = other.start()
      #expect(other.ended().map(name) == ["failed: the proxy ended the connection"])
    }
  }

  @Test func `users that a protocol cannot carry`() throws {
    let colon = ProxyCredentials(user: "a:b")
    #expect(
      transcript(ProxyClientHandshake(.httpConnect, to: named, colon), [])
        == [["failed: the proxy's protocol cannot carry this user or password"]])
    let long = ProxyCredentials(user: String(repeating: "u", count: 256))
    #expect(
      transcript(ProxyClientHandshake(.socks4, to: numbered, long), [])
        == [["failed: the proxy's protocol cannot carry this user or password"]])
    #expect(
      transcript(ProxyClientHandshake(.socks5, to: numbered, long), [[5, 2]]).last
        == ["failed: the proxy's protocol cannot carry this user or password"])
  }
}

@Suite struct `A proxy's handshake with a client` {
  private func machine(
    _ kinds: Set<ProxyKind> = Set(ProxyKind.allCases), asks: Bool = false
  ) -> ProxyServerHandshake {
    ProxyServerHandshake(.init(kinds: kinds, requiresCredentials: asks))
  }

  @Test func `each protocol is told by its first byte`() {
    var four = machine()
    #expect(
      four.receive([4, 1, 0, 80, 192, 0, 2, 7, 0, 1, 2]).map(name) == [
        "connect ipv4(3221225991):80"
      ])
    #expect(!four.wantsBytes)
    #expect(
      four.connected(from: ProxyAddress(.ipv4(1), port: 2)).map(name)
        == ["send 005a000200000001", "established 0102"])
    var five = machine()
    #expect(five.receive([5, 2, 0, 1]).map(name) == ["send 0500"])
    #expect(
      five.receive([5, 1, 0, 4] + [UInt8](repeating: 1, count: 16)).isEmpty)
    #expect(
      five.receive([0, 80, 9]).map(name)
        == ["connect ipv6(high: 72340172838076673, low: 72340172838076673):80"])
    #expect(
      five.connected().map(name) == ["send 05000001000000000000", "established 09"])
    var http = machine()
    #expect(
      http.receive(bytes("CONNECT [::1]:22 HTTP/1.1\r\n\r\nSSH")).map(name)
        == ["connect name(\"::1\"):22"])
    #expect(
      http.connected().map(name) == ["send HTTP/1.1 200 Connection established", "established SSH"])
    #expect(http.isDone && http.receive([1]).isEmpty && http.failed(.refused).isEmpty)
  }

  @Test func `a client that sends all at once loses nothing`() {
    var machine = machine(asks: true)
    let all: [UInt8] =
      [5, 1, 2] + [1, 4] + bytes("fred") + [6] + bytes("secret") + [5, 1, 0, 3, 1, 0x78, 0, 80] + [
        7
      ]
    #expect(machine.receive(all).map(name) == ["send 0502", "verify fred hidden 6"])
    #expect(machine.verified(true).map(name) == ["send 0100", "connect name(\"x\"):80"])
    #expect(machine.connected().map(name) == ["send 05000001000000000000", "established 07"])
  }

  @Test func `who is not known is told so in each protocol`() {
    var wrong = machine(asks: true)
    _ = wrong.receive([5, 1, 2, 1, 1, 0x61, 1, 0x62])
    #expect(wrong.verified(false).map(name) == ["send 0101", "close: wrong user or password"])
    var silent = machine(asks: true)
    #expect(
      silent.receive([5, 1, 0]).map(name) == ["send 05ff", "close: it did not say who it is"])
    var old = machine(asks: true)
    #expect(
      old.receive([4, 1, 0, 80, 1, 2, 3, 4, 0]).map(name)
        == ["send 005d000000000000", "close: it did not say who it is"])
    var http = machine(asks: true)
    #expect(
      http.receive(bytes("CONNECT a:1 HTTP/1.1\r\n\r\n")).map(name)
        == ["send HTTP/1.1 407 Proxy Authentication Required", "close: it did not say who it is"])
    var right = machine(asks: true)
    #expect(
      right.receive(
        bytes("CONNECT a:1 HTTP/1.1\r\nProxy-Authorization: Basic ZnJlZDpzZWNyZXQ=\r\n\r\n")
      ).map(name) == ["verify fred hidden 6"])
    #expect(right.verified(true).map(name) == ["connect name(\"a\"):1"])
  }

  @Test func `what is not spoken here`() {
    var no4 = machine([.socks5])
    #expect(
      no4.receive([4, 1]).map(name) == ["close: it begins like no protocol that is spoken here"])
    var noNames = machine([.socks4])
    #expect(
      noNames.receive([4, 1, 0, 80, 0, 0, 0, 1, 0, 0x61, 0]).first.map(name)
        == "send 005b000000000000")
    var tls = machine()
    #expect(tls.receive([0x16, 3, 1]).map(name).last?.hasPrefix("close") == true)
    var accept = machine()
    #expect(
      accept.receive([5, 1, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0]).map(name).dropFirst().first
        == "send 05070001000000000000")
    var get = machine()
    #expect(
      get.receive(bytes("GET http://a/ HTTP/1.1\r\n\r\n")).map(name)
        == [
          "send HTTP/1.1 405 Method Not Allowed",
          "close: it asks for something other than a connection",
        ])
  }

  @Test func `why a target cannot be had is told truly`() {
    let cases: [(ProxyRefusal, UInt8, Int)] = [
      (.notAllowed, 2, 403), (.networkUnreachable, 3, 502), (.hostUnreachable, 4, 502),
      (.unknownHost, 4, 502), (.refused, 5, 502), (.timedOut, 6, 504), (.failure, 1, 500),
    ]
    for (reason, code, status) in cases {
      var five = machine()
      _ = five.receive([5, 1, 0, 5, 1, 0, 1, 1, 2, 3, 4, 0, 80])
      guard case .send(let reply)? = five.failed(reason).first else {
        Issue.record("\(reason)")
        continue
      }
      #expect(reply.prefix(2) == [5, code], "\(reason)")
      var http = machine()
      _ = http.receive(bytes("CONNECT a:1 HTTP/1.1\r\n\r\n"))
      #expect(http.failed(reason).first.map(name)?.hasPrefix("send HTTP/1.1 \(status) ") == true)
      var four = machine()
      _ = four.receive([4, 1, 0, 80, 1, 2, 3, 4, 0])
      #expect(four.failed(reason).first.map(name) == "send 005b000000000000")
    }
  }

  @Test func `an address of no known kind, and a head without an end`() {
    var five = machine()
    #expect(
      five.receive([5, 1, 0, 5, 1, 0, 9, 0]).dropFirst().first.map(name)
        == "send 05080001000000000000")
    var http = machine()
    let long = bytes("CONNECT a:1 HTTP/1.1\r\nX: ") + [UInt8](repeating: 0x61, count: 20_000)
    #expect(
      http.receive(long).first.map(name) == "send HTTP/1.1 431 Request Header Fields Too Large")
    #expect(http.isDone)
  }
}
