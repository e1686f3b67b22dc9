import Support
import Testing

/// What `crimp audit` finds at controllers that are weak in one way each, and at one that is not.
@Suite("crimp audit") struct AuditTests {
  private func audit(_ port: String, _ options: [String] = []) throws -> ToolRun {
    try runTool(crimpPath, ["audit", "127.0.0.1:\(port)"] + options)
  }

  /// The severity and name of each finding.
  private func findings(_ run: ToolRun, _ port: String) -> [String] {
    run.outputLines.compactMap { line in
      let parts = line.split(separator: ": ", maxSplits: 3).map(String.init)
      return parts.count == 4 && parts[0] == "127.0.0.1:\(port)" ? "\(parts[1]) \(parts[2])" : nil
    }
  }

  private static let hardened = ["--suites", "17", "--authentication", "no"]

  @Test func aHardenedControllerIsClean() throws {
    try withTemporaryDirectory { directory in
      let key = directory + "/key"
      try writeFile(key, Array("0123456789abcdef0123\n".utf8))
      let bmc = try RunningBMC(Self.hardened + ["--key-file", key])
      let run = try audit(bmc.port)
      #expect(findings(run, bmc.port) == ["note rakp-hash"])
      #expect(run.outputText.contains(": nothing at low or above; tried 1 login as"))
      #expect(run.status == 0 && run.errorText == "")
      #expect(try audit(bmc.port, ["--fail-on", "note"]).status == 1)
    }
  }

  @Test(arguments: [
    (["--suites", "0,17", "--authentication", "no"], "critical suite-0"),
    (["--suites", "1,17", "--authentication", "no"], "high suite-1"),
    (["--suites", "2,17", "--authentication", "no"], "medium suite-2"),
    (["--suites", "6,17", "--authentication", "no"], "high suite-6"),
    (["--suites", "7,17", "--authentication", "no"], "medium suite-7"),
    (["--suites", "8,17", "--authentication", "no"], "low suite-8"),
    (["--suites", "11,17", "--authentication", "no"], "medium suite-11"),
    (["--suites", "12,17", "--authentication", "no"], "low suite-12"),
    (["--suites", "15,17", "--authentication", "no"], "high suite-15"),
    (["--suites", "16,17", "--authentication", "no"], "medium suite-16"),
    (hardened + ["--null-user"], "critical anonymous-login"),
  ])
  func eachWeaknessIsFoundAlone(_ options: [String], _ finding: String) throws {
    let bmc = try RunningBMC(options)
    let run = try audit(bmc.port)
    #expect(findings(run, bmc.port) == [finding, "note no-kg", "note rakp-hash"])
    #expect(run.status == 1)
  }

  @Test(arguments: [
    ("md5", []), ("md2,md5", ["low ipmi-1.5-md2"]),
    ("password,md5", ["high ipmi-1.5-password"]),
    ("none,md5", ["medium ipmi-1.5-none-offered"]),
  ])
  func version15IsJudgedByWhatItOffers(_ types: String, _ expected: [String]) throws {
    let bmc = try RunningBMC(["--suites", "17", "--authentication", types])
    let run = try audit(bmc.port)
    let all = expected + ["medium ipmi-1.5", "note no-kg", "note rakp-hash"]
    #expect(Set(findings(run, bmc.port)) == Set(all))
    #expect(run.status == 1)
  }

  @Test func aNamedUserProvesWhatNeedsAName() throws {
    let bmc = try RunningBMC(["--suites", "0,17", "--authentication", "none"])
    let run = try audit(bmc.port, ["--user", "admin"])
    #expect(findings(run, bmc.port).prefix(2) == ["critical ipmi-1.5-none", "critical suite-0"])
    #expect(run.outputText.contains("logged in as admin with an invented password"))
    #expect(run.outputText.contains("a session as admin, with an invented password"))
  }

  @Test func packetsWithoutAuthenticationAreFound() throws {
    let bmc = try RunningBMC(["--suites", "17", "--per-message-off"])
    #expect(findings(try audit(bmc.port), bmc.port).contains("high per-message-off"))
  }

  @Test func firstPasswordsAreTriedWhenTheyAreNamed() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/password"
      try writeFile(path, Array("password\n".utf8))
      let bmc = try RunningBMC(Self.hardened + ["--password-file", path])
      let quiet = try audit(bmc.port)
      #expect(!findings(quiet, bmc.port).contains("critical default-login"))
      #expect(quiet.outputText.contains("tried 1 login as"))
      let named = try audit(bmc.port, ["--default-passwords", "dell,gigabyte"])
      #expect(findings(named, bmc.port).first == "critical default-login")
      #expect(named.outputText.contains("tried 3 logins"))
    }
  }

  @Test func nobodyIsCountedAgainst() throws {
    let bmc = try RunningBMC(Self.hardened)
    _ = try audit(bmc.port)
    // Every login that was tried as a user that is there would be told.
    #expect(try !bmc.told.contains("logged in"))
    let slots = try runTool(
      crimpPath, ["power", "status", "127.0.0.1:\(bmc.port)", "--user", "admin"],
      environment: ["CRIMP_PASSWORD": RunningBMC.password])
    #expect(slots.status == 0, "\(slots.errorText)")
  }

  @Test func openIPMISimulator() throws {
    let simulator = try OpenIPMISimulator()
    let port = "\(simulator.port)"
    let found = Set(findings(try audit(port), port))
    #expect(
      found.isSuperset(of: [
        "critical suite-0", "high suite-1", "medium suite-2", "medium ipmi-1.5",
        "high ipmi-1.5-password", "medium null-user",
      ]), "\(found)")
    #expect(!found.contains("medium suite-16"))
  }

  @Test func jsonHasTheSame() throws {
    let bmc = try RunningBMC(["--suites", "0,17", "--authentication", "no"])
    let run = try audit(bmc.port, ["--json"])
    #expect(run.status == 1 && run.outputLines.count == 1)
    #expect(run.outputText.contains(#""id":"suite-0""#))
    #expect(run.outputText.contains(#""ok":false"#) && run.outputText.contains(#""logins":1"#))
    let nobody = try audit("1", ["--json"])
    #expect(nobody.outputText.contains(#""ok":false"#) && nobody.status == 69)
  }

  @Test(arguments: [
    (["--fail-on", "bad"], "--fail-on"), (["--default-passwords", "acme"], "'acme' is not known"),
  ])
  func aWrongArgumentGetsOneLine(_ options: [String], _ words: String) throws {
    let run = try audit("1", options)
    #expect(run.status == 64 && run.errorText.contains(words))
    #expect(run.errorText.filter { $0 == "\n" }.count == 1)
  }
}
