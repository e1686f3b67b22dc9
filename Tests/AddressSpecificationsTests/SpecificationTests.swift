import AddressSpecifications
import Testing

/// What socat 1.7.4.4 makes of the same text was read from what it then opens, or complains of.
@Suite struct SpecificationTests {
  private func single(_ text: String) throws -> SingleAddress {
    guard case .single(let address) = try AddressSpecification(text) else {
      Issue.record("\(text) is no single address")
      throw AddressError.unknownAddress(text)
    }
    return address
  }

  @Test(arguments: [
    ("TCP:host:80", "tcp-connect", ["host", "80"]),
    ("tcp4-l:5555", "tcp4-listen", ["5555"]),
    ("-", "stdio", []),
    ("17", "fd", ["17"]),
    ("/dev/tty:x", "gopen", ["/dev/tty:x"]),
    ("a/b", "gopen", ["a/b"]),
    ("OP\"EN\":/n/a", "open", ["/n/a"]),
    ("TCP6:[::1]:80", "tcp6-connect", ["[::1]", "80"]),
    ("OPEN:/n/a\\,b", "open", ["/n/a,b"]),
    ("OPEN:'/n/a,b:c'", "open", ["/n/a,b:c"]),
    ("OPEN:\"/n/a,b\"", "open", ["/n/a,b"]),
    ("OPEN:/n/(a,b)", "open", ["/n/(a,b)"]),
    ("OPEN:/n/[a,b", "open", ["/n/[a,b"]),
    ("OPEN:/n/\\[a\\]\\n\\x41b\\\\", "open", ["/n/[a]\nx41b\\"]),
    ("OPEN:/n/\\0b", "open", ["/n/"]),
    ("OPEN:/n/\\a\\b\\e\\f\\n\\r\\t\\v\\1z", "open", ["/n/\u{7}\u{8}e\u{c}\n\r\t\u{b}1z"]),
    ("OPEN:/n/(a'b,c'd)", "open", ["/n/(a'b,c'd)"]),
    ("OPEN:/n/'a\\nb(c'd", "open", ["/n/a\nb(cd"]),
    ("OPEN:/n/\"a\\nb\\\"c\\\\d\\x\"", "open", ["/n/a\nb\"c\\dx"]),
    ("OPEN:/n/([a)b],c)", "open", ["/n/([a)b],c)"]),
    ("OPEN:/n/a)b", "open", ["/n/a)b"]),
    ("OPEN:/n/a=b", "open", ["/n/a=b"]),
    ("OPEN:/n/a\\!!b", "open", ["/n/a!!b"]),
    ("OPEN:/n/'a!!b'", "open", ["/n/a!!b"]),
    ("SYSTEM:date +%H:%M", "system", ["date +%H:%M"]),
  ])
  func wordsAreTakenApart(_ text: String, _ type: String, _ parameters: [String]) throws {
    let address = try single(text)
    #expect(address.type.name == type)
    #expect(address.parameters == parameters)
  }

  @Test func twoAddressesAreOneToReadAndOneToWrite() throws {
    guard
      case .dual(let reading, let writing) = try AddressSpecification(
        "STDIN,ignoreeof!!OPEN:/a\\!!b,append")
    else {
      Issue.record("not dual")
      return
    }
    #expect(reading.type.name == "stdin" && reading.options.isOn("ignoreeof"))
    #expect(writing.parameters == ["/a!!b"] && writing.options.isOn("append"))
  }

  @Test func optionsHaveTheirValues() throws {
    let options = try single(
      "TCP-LISTEN:1,,Fork,backlog=0x10,reuseaddr=0,sp=010,connect-timeout=.5,bind='a,b',"
        + "setsockopt=6:1:x0102i1\\\"ab\\\",setsockopt-int=1:9:-1,keepalive,"
    ).options
    #expect(options.isOn("fork") && options.isOn("so-keepalive"))
    #expect(!options.isOn("so-reuseaddr") && options["so-reuseaddr"] == .number(0))
    #expect(options.number("backlog") == 16 && options.number("sourceport") == 8)
    #expect(options.duration("connect-timeout") == .milliseconds(500))
    #expect(options.text("bind") == "a,b")
    #expect(options["setsockopt"] == .call([6, 1], .data([1, 2, 1, 0, 0, 0, 0x61, 0x62])))
    #expect(options["setsockopt-int"] == .call([1, 9], .number(-1)))
  }

  @Test func theLastOfTwoEqualOptionsCounts() throws {
    let options = try single("OPEN:/a,mode=0600,perm=0644").options
    #expect(options.number("perm") == 0o644 && options.all.count == 2)
  }

  @Test(arguments: [
    ("foo:bar", "unknown device/address \"foo\""),
    ("", "unknown device/address \"\""),
    (",", "unknown device/address \"\""),
    ("5x", "unknown device/address \"5x\""),
    ("OPEN:/n/a!!", "unknown device/address \"\""),
    ("TCP:localhost", "TCP: wrong number of parameters (1 instead of 2)"),
    ("tcp:a:b:c", "tcp: wrong number of parameters (3 instead of 2)"),
    ("STDIO:x", "STDIO: wrong number of parameters (1 instead of 0)"),
    ("-:x", "-: wrong number of parameters (1 instead of 0)"),
    ("OPEN:/n/a:b", "OPEN: wrong number of parameters (3 instead of 1)"),
    ("tun:1:2", "tun: wrong number of parameters (2 instead of 0 or 1)"),
    ("pipe:1:2", "pipe: wrong number of parameters (2 instead of 1)"),
    ("openssl:1", "openssl: 2 parameters required"),
    ("openssl-listen", "openssl-listen: 1 parameter required"),
    ("socks4a:1", "socks4a: 3 parameters required"),
    ("TCP:1:1,foo=bar", "parseopts_table(): unknown option \"foo\""),
    ("OPEN:/n/(a\"b)c\"d)x,e", "parseopts_table(): unknown option \"e\""),
    (
      "TCP:1:1,link=x",
      "parseopts_table(): option \"link\" not supported with this address type"
    ),
    ("TCP:1:1,bind", "option \"bind\": value required"),
    ("OPEN:/n/a,mode", "option \"mode\": value required"),
    ("OPEN:/n/a,crnl=1", "no value permitted for option \"crnl\""),
    ("TCP:1:1,retry=x", "parseopts(): missing numerical value of option \"retry=x\""),
    ("OPEN:/n/a,mode=9", "parseopts(): missing numerical value of option \"mode=9\""),
    (
      "OPEN:/n/a,mode=\"0,1\"",
      "parseopts(): trailing garbage in numerical arg of option \"mode=\"0,1\"\""
    ),
    (
      "OPEN:/n/a,escape=0x1z",
      "parseopts(): trailing garbage in numerical arg of option \"escape=0x1z\""
    ),
    ("TCP:1:1,iNTervaL=x", "parseopts(): missing numerical value of option \"iNTervaL=x\""),
    ("TCP:1:1,setsockopt=1:2", "option \"setsockopt\": 3 arguments required"),
    ("OPEN:/n/a\"b", "unexpected end of address \"OPEN:/n/a\"b\""),
    // The original reads on in other memory; or takes a port for another.
    ("OPEN:/n/it's", "unexpected end of address \"OPEN:/n/it's\""),
    ("OPEN:/n/a\\", "unexpected end of address \"OPEN:/n/a\\\""),
    ("TCP:1:1,sp=70000", "parseopts(): number too large in option \"sp=70000\""),
    ("EXEC", "EXEC: wrong number of parameters (0 instead of 1)"),
  ])
  func whatIsWrongIsSaidAsSocatSaysIt(_ text: String, _ words: String) {
    let error = #expect(throws: AddressError.self) { try AddressSpecification(text) }
    #expect(error?.description == words)
  }

  @Test func groupsAreNotAskedForWhenTheUserSaysSo() throws {
    guard case .single(let address) = try AddressSpecification("OPEN:/a,ttl=3", checksGroups: false)
    else { return }
    #expect(address.options.number("ip-ttl") == 3)
  }

  @Test func aProgramsWordsAreDividedBySpaces() throws {
    #expect(
      try CommandWords.split("printf %s|  'a b' \"c d\" (e f) \\ g")
        == ["printf", "%s|", "a b", "c d", "(e f)", " g"])
    #expect(throws: AddressError.self) { try CommandWords.split("sh -c 'x") }
  }
}
