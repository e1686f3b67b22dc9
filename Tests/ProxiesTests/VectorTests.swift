import Proxies
import Testing

/// Bytes of messages that other programs sent, taken from the wire: curl 7.88.1, socat 1.7.4.4, OpenBSD's nc
/// 1.219, ncat 7.93, microsocks 1.0.3.
@Suite struct `Messages of other programs` {
  @Test(arguments: [
    // curl --socks4 … http://192.0.2.7:8080/; the same from nc -X 4.
    ("04011f90c000020700", "", ProxyAddress(.ipv4(0xc000_0207), port: 8080)),
    // curl --proxy socks4://fred@…
    ("04011f90c00002076672656400", "fred", ProxyAddress(.ipv4(0xc000_0207), port: 8080)),
    // curl --socks4a … http://www.example.org:8080/
    (
      "04011f9000000001007777772e6578616d706c652e6f726700", "",
      ProxyAddress(.name("www.example.org"), port: 8080)
    ),
    // socat - SOCKS4A:…:www.example.org:8080,socksuser=fred
    (
      "04011f900000000166726564007777772e6578616d706c652e6f726700", "fred",
      ProxyAddress(.name("www.example.org"), port: 8080)
    ),
  ])
  func `requests of SOCKS 4 and 4a`(_ hex: String, _ user: String, _ to: ProxyAddress) throws {
    let bytes = try unhex(hex)
    let request = SOCKS4Request(to, user: Array(user.utf8))
    #expect(try SOCKS4Request.parse(bytes) == .complete(request, byteCount: bytes.count))
    #expect(request.bytes == bytes)
  }

  @Test func `greetings of SOCKS 5`() throws {
    // curl --socks5: none, and GSS-API.
    let curl = try unhex("05020001")
    let gssapi = SOCKS5Method(rawValue: 1)
    #expect(
      try SOCKS5Greeting.parse(curl) == .complete(SOCKS5Greeting([.none, gssapi]), byteCount: 4))
    // nc -X 5.
    #expect(SOCKS5Greeting([.none]).bytes == (try unhex("050100")))
    // curl --proxy socks5h://fred:secret@…
    let all = try unhex("0503000102")
    #expect(
      try SOCKS5Greeting.parse(all)
        == .complete(SOCKS5Greeting([.none, gssapi, .password]), byteCount: 5))
    // The same client's password.
    let bytes = try unhex("01046672656406736563726574")
    let password = SOCKS5Password(user: Array("fred".utf8), password: Array("secret".utf8))
    #expect(try SOCKS5Password.parse(bytes) == .complete(password, byteCount: bytes.count))
    #expect(password.bytes == bytes)
    #expect("\(password)" == "hidden")
  }

  @Test(arguments: [
    // curl --socks5-hostname, nc -X 5.
    (
      "050100030f7777772e6578616d706c652e6f72671f90",
      ProxyAddress(.name("www.example.org"), port: 8080)
    ),
    // curl --socks5 with an IPv4 and an IPv6 address.
    ("05010001c00002071f90", ProxyAddress(.ipv4(0xc000_0207), port: 8080)),
    (
      "0501000420010db80000000000000000000000071f90",
      ProxyAddress(.ipv6(high: 0x2001_0db8_0000_0000, low: 7), port: 8080)
    ),
  ])
  func `requests of SOCKS 5`(_ hex: String, _ to: ProxyAddress) throws {
    let bytes = try unhex(hex)
    let request = SOCKS5Request(to)
    #expect(try SOCKS5Request.parse(bytes) == .complete(request, byteCount: bytes.count))
    #expect(request.bytes == bytes)
  }

  @Test func `answers of SOCKS 5`() throws {
    // microsocks: connected, and refused.
    let granted = try unhex("05000001000000000000")
    #expect(try SOCKS5Reply.parse(granted) == .complete(SOCKS5Reply(.succeeded), byteCount: 10))
    let refused = try unhex("05050001000000000000")
    #expect(try SOCKS5Reply.parse(refused) == .complete(SOCKS5Reply(.refused), byteCount: 10))
    #expect(SOCKS5Reply(.refused).bytes == refused)
  }

  @Test func `requests for a tunnel`() throws {
    let to = ProxyAddress(.name("www.example.org"), port: 8080)
    // curl --proxytunnel --proxy http://fred:secret@…
    let curl =
      "CONNECT www.example.org:8080 HTTP/1.1\r\nHost: www.example.org:8080\r\n"
      + "Proxy-Authorization: Basic ZnJlZDpzZWNyZXQ=\r\nUser-Agent: curl/7.88.1\r\n"
      + "Proxy-Connection: Keep-Alive\r\n\r\n"
    let request = HTTPConnectRequest(to, authorization: "Basic ZnJlZDpzZWNyZXQ=")
    #expect(
      try HTTPConnectRequest.parse(Array(curl.utf8))
        == .complete(request, byteCount: curl.utf8.count))
    let password = try #require(BasicAuthorization.parse("Basic ZnJlZDpzZWNyZXQ="))
    #expect(password.user == Array("fred".utf8) && password.password == Array("secret".utf8))
    #expect(
      BasicAuthorization.value(user: password.user, password: password.password)
        == "Basic ZnJlZDpzZWNyZXQ=")
    // socat - PROXY:…
    let socat =
      "CONNECT www.example.org:8080 HTTP/1.0\r\nProxy-authorization: Basic ZnJlZDpzZWNyZXQ=\r\n\r\n"
    #expect(
      try HTTPConnectRequest.parse(Array(socat.utf8))
        == .complete(request, byteCount: socat.utf8.count))
    // nc -X connect.
    let nc = "CONNECT www.example.org:8080 HTTP/1.0\r\n\r\n"
    #expect(
      try HTTPConnectRequest.parse(Array(nc.utf8))
        == .complete(HTTPConnectRequest(to), byteCount: nc.utf8.count))
  }

  @Test func `answers to requests for a tunnel`() throws {
    // ncat -l --proxy-type http.
    for (text, status) in [
      ("HTTP/1.0 200 OK\r\n\r\n", 200), ("HTTP/1.0 504 Gateway Timeout\r\n\r\n", 504),
      (
        "HTTP/1.0 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"Ncat\"\r\n\r\n",
        407
      ),
    ] {
      let bytes = Array(text.utf8)
      guard case .complete(let response, let count) = try HTTPConnectResponse.parse(bytes) else {
        Issue.record("\(text)")
        continue
      }
      #expect(response.status == status && count == bytes.count)
      #expect(response.isSuccess == (status == 200))
    }
  }

  /// RFC 4648, section 10, through RFC 7617, section 2: its user and password, and all lengths of padding.
  @Test func `users and passwords in base64`() throws {
    let rfc = try #require(BasicAuthorization.parse("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="))
    #expect(rfc.user == Array("Aladdin".utf8) && rfc.password == Array("open sesame".utf8))
    for (user, password, text) in [
      ("f", "", "Zjo="), ("fo", "", "Zm86"), ("f", "oobar", "Zjpvb2Jhcg=="),
    ] {
      #expect(
        BasicAuthorization.value(user: Array(user.utf8), password: Array(password.utf8))
          == "Basic \(text)")
      #expect(BasicAuthorization.parse("basic \(text)")?.user == Array(user.utf8))
    }
    for wrong in [
      "Basic", "Basic Zg=", "Basic Zjp=", "Basic Zm8", "Basic Z===", "Basic Zm9v", "Basic !!!!",
      "Digest Zjo=", "Basic Zjp/Zjo", "",
    ] {
      #expect(BasicAuthorization.parse(wrong) == nil, "\(wrong)")
    }
    #expect(BasicAuthorization.value(user: Array("a:b".utf8), password: []) == nil)
  }
}

/// The bytes that hexadecimal digits stand for.
func unhex(_ text: String) throws -> [UInt8] {
  let digits = Array(text)
  return try stride(from: 0, to: digits.count, by: 2).map { start in
    try #require(UInt8(String(digits[start...(start + 1)]), radix: 16))
  }
}
