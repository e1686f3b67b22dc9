import Support
import Testing

/// Each way in which a controller says no, or nothing: its own words, status and name, by both versions of
/// IPMI and all commands.
@Suite("Failures of remote power")
struct BMCFailureTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var name: String
    /// Options of `crimp bmc`; nil for an address where there is none.
    var controller: [String]? = []
    var user = "admin"
    var password = RunningBMC.password
    var options: [String] = []
    var action = "status"
    var words: String
    /// The failure's name in JSON.
    var key: String
    var status: Int32

    var testDescription: String { name }
  }

  static let rows = [
    Row(
      name: "wrong password", password: "wrong", words: "wrong password, or no such user",
      key: "wrong-user-or-password", status: 77),
    Row(
      name: "wrong password, IPMI 1.5", password: "wrong", options: ["--protocol", "1.5"],
      words: "the BMC fell silent when the password was checked: most likely it is wrong",
      key: "password-not-confirmed", status: 77),
    Row(
      name: "wrong user", user: "nobody",
      words: "the BMC has no such user, or it is disabled", key: "wrong-user", status: 77),
    Row(
      name: "wrong user, IPMI 1.5", user: "nobody", options: ["--protocol", "1.5"],
      words: "the BMC has no such user, or it is disabled", key: "wrong-user", status: 77),
    Row(
      name: "no user named", user: "",
      words:
        "the user without a name (null user) was tried, and the BMC lets it not in: name one with",
      key: "null-user-refused", status: 77),
    Row(
      name: "no slot", controller: ["--slots", "0"],
      words: "all of the BMC's session slots are taken; an unused one is free after 60 s",
      key: "no-session-slot", status: 69),
    Row(
      name: "no slot, IPMI 1.5", controller: ["--slots", "0"], options: ["--protocol", "1.5"],
      words: "all of the BMC's session slots are taken; an unused one is free after 60 s",
      key: "no-session-slot", status: 69),
    Row(
      name: "privilege too low", user: "user", action: "off",
      words: "the user is not allowed the privilege level", key: "privilege-too-low", status: 77),
    Row(
      name: "privilege too low, IPMI 1.5", user: "user", options: ["--protocol", "1.5"],
      action: "off", words: "the user is not allowed the privilege level",
      key: "privilege-too-low", status: 77),
    Row(
      name: "session too low", options: ["--privilege", "user"], action: "off",
      words: "Chassis Control: insufficient privilege level (D4h)", key: "completion-code",
      status: 77),
    Row(
      name: "no suite", controller: ["--suites", "3"], options: ["--suites", "17"],
      words: "no cipher suite in common: invalid authentication algorithm (04h)",
      key: "no-cipher-suite", status: 1),
    Row(
      name: "no authentication", controller: ["--authentication", "password"],
      options: ["--protocol", "1.5"],
      words: "no authentication type in common; the BMC offers: PASSWORD",
      key: "no-authentication-type", status: 1),
    Row(
      name: "no such version", controller: ["--authentication", "no"],
      options: ["--protocol", "1.5"], words: "no authentication type in common",
      key: "no-authentication-type", status: 1),
    Row(
      name: "port closed", controller: nil,
      words: "the host is there, but nothing listens on the IPMI port", key: "port-closed",
      status: 69),
    Row(
      name: "silence", controller: ["--loss", "100"],
      words: "no answer to Open Session Request", key: "no-answer", status: 69),
    Row(
      name: "silence, IPMI 1.5", controller: ["--loss", "100"], options: ["--protocol", "1.5"],
      words: "no answer to Get Channel Authentication Capabilities", key: "no-answer", status: 69),
    Row(
      name: "too long a password", password: "17 bytes password",
      options: ["--protocol", "1.5"],
      words: "the password has more than 16 bytes, which this version of IPMI cannot carry",
      key: "password-too-long", status: 64),
  ]

  @Test("each has its own words, status and name", arguments: rows)
  func row(_ row: Row) throws {
    let bmc = try row.controller.map { try RunningBMC($0) }
    let host = "127.0.0.1:\(try bmc?.port ?? String(freePort()))"
    func run(_ more: [String]) throws -> ToolRun {
      try runTool(
        crimpPath,
        ["power", row.action, host, "--user", row.user, "--timeout", "3"] + row.options + more,
        environment: ["CRIMP_PASSWORD": row.password, "XDG_CACHE_HOME": "/dev/null"])
    }
    let told = try run([])
    #expect(told.errorText.hasPrefix("\(host): \(row.words)"), "\(told.errorText)")
    #expect(told.errorText.split(separator: "\n").count == 1 && told.outputText.isEmpty)
    #expect(told.status == row.status)
    let record = try run(["--json"])
    #expect(record.outputText.contains(#""error":"\#(row.key)""#), "\(record.outputText)")
    #expect(record.status == row.status)
  }

  /// Each in a network namespace of its own, which goes with its last process.
  @Test(
    "an address that cannot be reached says why",
    arguments: [
      ("true", "unreachable: there is no route to it"),
      (
        "ip link set lo up && ip link add near type veth peer name far && ip link set far up && "
          + "ip link set near up && ip address add 192.0.2.1/24 dev near",
        "unreachable: nobody on the link answers for the address"
      ),
      (
        "ip link set lo up && ip route add prohibit 192.0.2.0/24", "unreachable: it is prohibited"
      ),
    ])
  func unreachable(_ network: String, _ words: String) throws {
    let run = try runTool(
      "unshare",
      [
        "-n", "sh", "-c",
        "\(network) && exec \(crimpPath) power status 192.0.2.9 --user admin --timeout 6",
      ], environment: ["CRIMP_PASSWORD": "x", "XDG_CACHE_HOME": "/dev/null"])
    #expect(run.errorText == "192.0.2.9: \(words)\n" && run.status == 69)
  }

  /// The controllers' own refusals, by their codes.
  @Test("a completion code has its words, those of the command first")
  func completionCodes() throws {
    let bmc = try RunningBMC()
    func said(_ words: String...) throws -> String {
      try runTool(
        crimpPath,
        ["ipmi", "-H", "127.0.0.1:\(bmc.port)", "--user", "admin", "--privilege", "administrator"]
          + words,
        environment: ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"]
      ).errorText
    }
    #expect(try said("raw", "0x06", "0x99").contains("unknown command (C1h)"))
    #expect(try said("raw", "0x06", "0x3b", "0x0f").contains("(CCh)"))
    #expect(try said("raw", "0x00", "0x02").contains("request data length invalid (C7h)"))
  }
}
