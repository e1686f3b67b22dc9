import Support
import Testing

/// Whom `crimp bmc` lets in: the sessions of ipmitool and FreeIPMI, by every algorithm that they have.
@Suite("crimp bmc: sessions of other programs")
struct BMCSessionTests {
  // ipmitool ends itself at suites 11 and 12.
  @Test("ipmitool, IPMI 2.0", arguments: [0, 1, 2, 3, 6, 7, 8, 15, 16, 17])
  func ipmitoolSuites(_ suite: Int) throws {
    let bmc = try RunningBMC()
    let run = try bmc.ipmitool("power", "off", suite: suite)
    #expect(run.status == 0 && run.outputText == "Chassis Power Control: Down/Off\n")
    let status = try bmc.ipmitool("power", "status", suite: suite)
    #expect(status.outputText == "Chassis Power is off\n", "\(status.errorText)")
    #expect(try bmc.told.contains("IPMI 2.0, suite \(suite)\n"))
  }

  @Test("ipmitool chooses the best of the suites that are listed")
  func ipmitoolChooses() throws {
    let bmc = try RunningBMC(["--suites", "0,3,17"])
    #expect(try bmc.ipmitool("power", "status", suite: nil).outputText == "Chassis Power is on\n")
    #expect(try bmc.told.contains("suite 17\n"))
  }

  // Debian's ipmitool has no MD2.
  @Test("ipmitool, IPMI 1.5", arguments: ["NONE", "MD5", "PASSWORD"])
  func ipmitoolAuthentications(_ authentication: String) throws {
    let bmc = try RunningBMC()
    let run = try bmc.ipmitool("power", "off", authentication: authentication)
    #expect(run.status == 0 && run.outputText == "Chassis Power Control: Down/Off\n")
    let status = try bmc.ipmitool("power", "status", authentication: authentication)
    #expect(status.outputText == "Chassis Power is off\n", "\(status.errorText)")
    #expect(try bmc.told.contains("IPMI 1.5"))
  }

  @Test("ipmipower, IPMI 2.0", arguments: [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17])
  func ipmipowerSuites(_ suite: Int) throws {
    let bmc = try RunningBMC()
    let off = try bmc.freeIPMI("ipmipower", ["--off"], suite: suite)
    #expect(off.outputText == "127.0.0.1: ok\n")
    let status = try bmc.freeIPMI("ipmipower", ["--stat"], suite: suite)
    #expect(status.outputText == "127.0.0.1: off\n")
    #expect(try bmc.told.contains("IPMI 2.0, suite \(suite)\n"))
  }

  @Test("ipmipower, IPMI 1.5", arguments: ["NONE", "STRAIGHT_PASSWORD_KEY", "MD2", "MD5"])
  func ipmipowerAuthentications(_ authentication: String) throws {
    let bmc = try RunningBMC()
    let off = try bmc.freeIPMI("ipmipower", ["--off"], authentication: authentication)
    #expect(off.outputText == "127.0.0.1: ok\n")
    let status = try bmc.freeIPMI("ipmipower", ["--stat"], authentication: authentication)
    #expect(status.outputText == "127.0.0.1: off\n")
  }

  @Test("thousands answer ipmipower, each at its own address")
  func fleet() throws {
    let running = try RunningTool(
      crimpPath, ["bmc", "--address", "127.64.0.0/20", "--port", "16230", "--slots", "1"])
    #expect(try eventually { try running.outputSoFar().contains("ready: 4096 BMCs") })
    let run = try runTool(
      "ipmipower",
      [
        "-D", "LAN_2_0", "-I", "3", "-u", "admin", "-p", RunningBMC.password, "--stat",
        "-h", "127.64.[3-4].[1-250]:16230",
      ])
    #expect(run.outputLines.count == 500)
    #expect(run.outputLines.allSatisfy { $0.hasSuffix(": on") })
    running.send(signal: 2)
    let end = try running.end()
    #expect(end.status == 0 && end.outputText.contains("127.64.4.250:16230: admin logged in"))
  }
}
