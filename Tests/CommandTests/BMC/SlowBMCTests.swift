import Glibc
import Support
import Testing

/// Controllers that answer late, or have few session slots, over real sockets.
@Suite("Slow BMCs")
struct SlowBMCTests {
  private let environment = [
    "CRIMP_PASSWORD": RunningBMC.password, "IPMI_PASSWORD": RunningBMC.password,
    "XDG_CACHE_HOME": "/dev/null",
  ]

  private func power(_ action: String, _ bmc: RunningBMC, _ options: String...) throws -> ToolRun {
    try runTool(
      crimpPath, ["power", action, "-u", "admin", "127.0.0.1:\(bmc.port)"] + options,
      environment: environment)
  }

  @Test func areOrderedOnceWhatMustBeDoneOnce() throws {
    let bmc = try RunningBMC(["--latency", "700"])
    let run = try power("cycle", bmc)
    #expect(run.status == 0, "\(run.errorText)")
    let changes = try bmc.told.split(separator: "\n").filter { $0.contains("power") }
    #expect(changes.count == 2, "\(changes)")
  }

  @Test func areReached() throws {
    let bmc = try RunningBMC(["--latency", "1500"])
    let run = try power("status", bmc)
    #expect(run.outputText.hasSuffix(": on\n"), "\(run.errorText)")
    let ipmitool = try runTool(
      crimpPath,
      [
        "-I", "lanplus", "-H", "127.0.0.1", "-p", bmc.port, "-U", "admin", "-E", "-N", "4", "-R",
        "2",
      ]
        + ["power", "status"], argumentZero: "ipmitool", environment: environment)
    #expect(ipmitool.outputText == "Chassis Power is on\n", "\(ipmitool.errorText)")
  }

  @Test func haveTheirSlotsBack() throws {
    let bmc = try RunningBMC(["--latency", "310", "--slots", "4"])
    for _ in 0..<3 { #expect(try power("status", bmc).status == 0) }
    // Would each have left one, the fourth session of these would be refused.
    let programs = try (0..<4).map { _ in
      try start("power", "status", "-u", "admin", "127.0.0.1:\(bmc.port)", "--retransmit", "2")
    }
    for program in programs {
      let run = try program.end()
      #expect(run.status == 0, "\(run.errorText)")
    }
  }

  @Test func haveTheirSlotBackFromWhoIsInterrupted() throws {
    let bmc = try RunningBMC(["--latency", "1500", "--slots", "1"])
    let program = try start(
      "power", "status", "-u", "admin", "127.0.0.1:\(bmc.port)", "--retransmit", "5")
    // The controller has believed the password, and the console has not heard of it.
    #expect(try eventually { try bmc.told.contains("suite 17") })
    program.send(signal: SIGINT)
    #expect(try program.end().status != 0)
    #expect(try eventually { try bmc.told.contains("admin left") })
  }

  private func start(_ arguments: String...) throws -> RunningTool {
    let variables = environment.map { "\($0.key)=\($0.value)" }
    return try RunningTool("env", variables + [crimpPath] + arguments)
  }
}

/// A controller at an address of IPv6.
@Suite("BMCs of IPv6")
struct IPv6BMCTests {
  @Test func areSpokenToByAllCommands() throws {
    let bmc = try RunningBMC(["--address", "::1"])
    let host = "[::1]:\(bmc.port)"
    let environment = [
      "CRIMP_PASSWORD": RunningBMC.password, "IPMI_PASSWORD": RunningBMC.password,
      "XDG_CACHE_HOME": "/dev/null",
    ]
    func crimp(_ arguments: String...) throws -> ToolRun {
      try runTool(crimpPath, arguments, environment: environment)
    }
    for version in ["2.0", "1.5"] {
      let power = try crimp("power", "status", "-u", "admin", host, "--protocol", version)
      #expect(power.outputText == "\(host): on\n", "\(power.errorText)")
    }
    let device = try crimp("ipmi", "--host", host, "-u", "admin", "mc", "info")
    #expect(device.outputText.contains("IPMI Version"), "\(device.errorText)")
    let found = try crimp("discover", "--port", bmc.port, "::1")
    #expect(found.outputText.contains("::1"), "\(found.errorText)")
    let ipmitool = try runTool(
      crimpPath,
      ["-I", "lanplus", "-H", "::1", "-p", bmc.port, "-U", "admin", "-E", "power", "status"],
      argumentZero: "ipmitool", environment: environment)
    #expect(ipmitool.outputText == "Chassis Power is on\n", "\(ipmitool.errorText)")
    // The original, too.
    let original = try runTool(
      "ipmitool",
      ["-I", "lanplus", "-6", "-H", "::1", "-p", bmc.port, "-U", "admin", "-E", "-C", "17"]
        + ["power", "status"],
      environment: environment)
    #expect(original.outputText == "Chassis Power is on\n", "\(original.errorText)")
  }
}

/// The manufacturers' own authentication of IPMI 1.5.
@Suite("OEM authentication")
struct OEMAuthenticationTests {
  @Test(arguments: ["supermicro", "quanta"]) func isSpokenHereAndByIpmitool(_ type: String) throws {
    let bmc = try RunningBMC(["--authentication", "oem"])
    let environment = ["IPMI_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"]
    let arguments =
      ["-I", "lan", "-H", "127.0.0.1", "-p", bmc.port, "-U", "admin", "-E", "-o", type]
      + ["power", "status"]
    let run = try runTool(
      crimpPath, arguments, argumentZero: "ipmitool", environment: environment)
    #expect(run.outputText == "Chassis Power is on\n", "\(run.errorText)")
    // The original makes the code in Supermicro's way only.
    guard type == "supermicro" else { return }
    let original = try runTool("ipmitool", arguments, environment: environment)
    #expect(original.outputText == "Chassis Power is on\n", "\(original.errorText)")
  }

  @Test func isOnlyForWhoNamesIt() throws {
    let bmc = try RunningBMC(["--authentication", "oem"])
    let host = "127.0.0.1:\(bmc.port)"
    func power(_ options: String...) throws -> ToolRun {
      try runTool(
        crimpPath, ["power", "status", "-u", "admin", host, "--protocol", "1.5"] + options,
        environment: ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"])
    }
    #expect(try power("--authentication", "oem").outputText == "\(host): on\n")
    #expect(try power().errorText.contains("no authentication type in common"))
  }
}
