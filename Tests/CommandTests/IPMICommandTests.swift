import Support
import Testing

/// `crimp ipmi`: ipmitool's words for any number of controllers.
@Suite("crimp ipmi")
struct IPMICommandTests {
  private func ipmi(
    _ hosts: String, _ words: [String], _ options: [String] = [], user: String = "admin"
  ) throws -> ToolRun {
    try runTool(
      crimpPath, ["ipmi", "-H", hosts, "--user", user, "--timeout", "3"] + options + words,
      environment: ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"])
  }

  @Test(arguments: [
    "chassis status", "power status", "mc info", "lan print 1", "user list 1", "channel info 1",
    "channel getaccess 1", "raw 0x06 0x01",
  ])
  func saysOfOneHostWhatIpmitoolSays(_ words: String) throws {
    let bmc = try RunningBMC()
    let parts = words.split(separator: " ").map(String.init)
    let ours = try ipmi("127.0.0.1:\(bmc.port)", parts)
    let theirs = try runTool(
      "ipmitool",
      ["-I", "lanplus", "-C", "17", "-H", "127.0.0.1", "-p", bmc.port, "-U", "admin", "-E"] + parts,
      environment: ["IPMITOOL_PASSWORD": RunningBMC.password])
    #expect(ours.outputText == theirs.outputText)
    #expect(ours.status == 0, "\(ours.errorText)")
  }

  @Test func leadsEachLineByItsHostWhenThereAreSeveral() throws {
    let bmc = try RunningBMC()
    let run = try ipmi("127.0.0.1:\(bmc.port),127.0.0.1:1", ["power", "status"])
    #expect(run.outputLines == ["127.0.0.1:\(bmc.port): Chassis Power is on"])
    #expect(run.errorText.hasPrefix("127.0.0.1:1: ") && run.status == 69)
  }

  @Test(arguments: [
    ("user", "chassis status"), ("user", "channel info 1"), ("operator", "user list 1"),
  ])
  func asksForNoMoreThanTheWordsNeed(_ user: String, _ words: String) throws {
    let bmc = try RunningBMC()
    let run = try ipmi(
      "127.0.0.1:\(bmc.port)", words.split(separator: " ").map(String.init), user: user)
    #expect(run.status == 0, "\(run.errorText)")
  }

  @Test func jsonHasOneObjectAHost() throws {
    let bmc = try RunningBMC()
    let run = try ipmi("127.0.0.1:\(bmc.port)", ["power", "status"], ["--json"])
    #expect(run.outputLines.count == 1 && run.outputText.contains(#""ok":true"#))
  }

  @Test func unknownWordsAreNamed() throws {
    let run = try ipmi("h", ["bogus"])
    #expect(run.status == 64 && run.errorText.hasPrefix("crimp: bogus: expected one of "))
  }
}
