import ArgumentParser
import LinkLayer
import Machines
import Support
import Testing

@testable import crimp

@Suite("Many operands")
struct OperandListTests {
  @Test(
    "are joined, but for what may be an option's value",
    arguments: [
      (["probe", "192.0.2.1", "192.0.2.2"], ["probe", "192.0.2.1,192.0.2.2"]),
      (
        ["-i", "eth0", "192.0.2.1", "2001:db8::1", "--quiet", "192.0.2.3", "192.0.2.4", "::2"],
        ["-i", "eth0", "192.0.2.1,2001:db8::1", "--quiet", "192.0.2.3", "192.0.2.4,::2"]
      ),
      (["--notify", "192.0.2.1", "192.0.2.2"], ["--notify", "192.0.2.1", "192.0.2.2"]),
      (["192.0.2.1", "x", "192.0.2.2"], ["192.0.2.1", "x", "192.0.2.2"]),
      (["192.0.2.1,192.0.2.2", "fe80::1%eth0"], ["192.0.2.1,192.0.2.2,fe80::1%eth0"]),
      (["--", "192.0.2.1", "192.0.2.2"], ["--", "192.0.2.1", "192.0.2.2"]),
      ([], []),
    ])
  func joining(arguments: [String], joined: [String]) {
    #expect(OperandList<IPAddress>.joining(arguments) == joined)
  }

  @Test("of a ping may be hardware addresses")
  func joiningTargets() {
    let arguments = ["ping", "192.0.2.1", "00:11:22:33:44:55", "-c", "3"]
    #expect(
      OperandList<PingTarget>.joining(arguments)
        == ["ping", "192.0.2.1,00:11:22:33:44:55", "-c", "3"])
  }

  @Test("stay what they are, in their order")
  func request() throws {
    let addresses = (0..<10_000).map { IPAddress.v4(IPv4Address(rawValue: 0x0A00_0000 + $0)) }
    let arguments = ["announce", "--json"] + addresses.map(\.description)
    let joined = OperandList<IPAddress>.joining(arguments)
    #expect(joined.count == 4)
    let command = try #require(try Crimp.parseAsRoot(joined) as? Announce)
    #expect(try command.request().addresses == addresses)
  }

  @Test("of which one is wrong: it is named")
  func wrong() throws {
    let result = try runCrimp(["probe", "192.0.2.1", "192.0.2.2", "192.0.2.300", "192.0.2.4"])
    #expect(result.status == 64)
    #expect(result.errorText.contains("'192.0.2.300'"))
    #expect(!result.errorText.contains("192.0.2.2,"))
  }

  @Test("may stand in a file, with comments, commas and blanks")
  func file() throws {
    let text = "# spare\n192.0.2.1\r\n\n 192.0.2.2, 2001:db8::1\tfe80::1%eth0 # the last\n192.0.2.4"
    let values: [Scoped<IPAddress>] = try AddressFile.values(in: Array(text.utf8), of: "farm")
    #expect(
      values.map(\.value.description)
        == ["192.0.2.1", "192.0.2.2", "2001:db8::1", "fe80::1", "192.0.2.4"])
    #expect(values.compactMap(\.zone) == ["eth0"])
  }

  @Test("in a file, of which a line is wrong: line and word are named")
  func wrongLine() throws {
    for command in ["announce", "probe", "ping"] {
      let result = try runCrimp(
        [command, "-i", "lo", "--addresses-file", "-"],
        input: Array("192.0.2.1\n192.0.2.2 eth0\n".utf8))
      #expect(result.status == 64)
      #expect(result.errorText == "crimp: --addresses-file -, line 2: 'eth0' is no address\n")
    }
  }

  @Test("that are missing are asked for", arguments: ["announce", "probe", "ping"])
  func missing(command: String) throws {
    for arguments in [[command], [command, "--addresses-file", "/dev/null"]] {
      let result = try runCrimp(arguments)
      #expect(result.status == 64)
      #expect(result.errorText.hasPrefix("crimp: ADDRESS is missing: give an address, "))
    }
    let result = try runCrimp([command, "--addresses-file", "/nonexistent/file"])
    #expect(result.status == 66)
    #expect(result.errorText.hasPrefix("crimp: /nonexistent/file: "))
  }
}
