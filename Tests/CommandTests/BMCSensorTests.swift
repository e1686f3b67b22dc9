import Support
import Testing

/// What ipmitool and FreeIPMI read of the machines of `crimp bmc`: sensors, log, inventories.
@Suite("crimp bmc: sensors, log and inventories")
struct BMCSensorTests {
  @Test("ipmitool reads the sensors, their thresholds and their records")
  func ipmitoolSensors() throws {
    let bmc = try RunningBMC()
    let list = try bmc.ipmitool("sdr", "elist", "full")
    #expect(list.status == 0 && list.errorText.isEmpty, "\(list.errorText)")
    let inlet = try #require(list.outputLines.first { $0.hasPrefix("Inlet Temp ") })
    #expect(inlet.contains("| 03h | ok  | 55.1 | 2") && inlet.hasSuffix("degrees C"))
    #expect(list.outputLines.contains { $0.hasPrefix("P12V ") && $0.hasSuffix("Volts") })
    #expect(list.outputLines.contains { $0.hasPrefix("FAN6 ") && $0.hasSuffix("00 RPM") })
    let states = try bmc.ipmitool("sdr", "elist", "compact").outputLines
    #expect(states.contains { $0.hasPrefix("CPU1 Status ") && $0.hasSuffix("Presence detected") })
    #expect(states.contains { $0.hasPrefix("PS Redundancy ") && $0.hasSuffix("Fully Redundant") })
    for command in [
      ["sdr", "list", "all"], ["sdr", "info"], ["sdr", "type", "Temperature"], ["sensor", "list"],
      ["sensor", "get", "Inlet Temp", "Watchdog2"],
    ] {
      let run = try bmc.ipmitool(command)
      #expect(run.status == 0 && run.errorText.isEmpty, "\(command): \(run.errorText)")
    }
    _ = try bmc.ipmitool("sensor", "thresh", "Inlet Temp", "ucr", "41")
    let thresholds = try bmc.ipmitool("sensor", "get", "Inlet Temp").outputLines
    #expect(thresholds.contains(" Upper Critical        : 41.000"), "\(thresholds)")
  }

  @Test("a machine that is off has no readings of its parts")
  func off() throws {
    let bmc = try RunningBMC(["--off"])
    let list = try bmc.ipmitool("sdr", "elist", "full").outputLines
    #expect(list.contains { $0.hasPrefix("CPU1 Temp ") && $0.hasSuffix("No Reading") }, "\(list)")
    #expect(list.contains { $0.hasPrefix("Inlet Temp ") && $0.contains("| ok  |") })
  }

  @Test("ipmitool reads, fills and clears the event log")
  func ipmitoolLog() throws {
    let bmc = try RunningBMC()
    for command in ["off", "on"] { _ = try bmc.ipmitool("power", command) }
    let list = try bmc.ipmitool("sel", "elist").outputLines
    #expect(list.count == 2)
    #expect(list[0].contains("System ACPI Power State ACPI State | S5/G2: soft-off | Asserted"))
    #expect(list[1].contains("| S0/G0: working | Asserted"))
    for command in [
      ["sel", "info"], ["sel", "list"], ["sel", "get", "1"], ["sel", "time", "get"],
      ["sel", "time", "set", "11/21/26 06:00:00"], ["event", "1"], ["sel", "delete", "1"],
    ] {
      let run = try bmc.ipmitool(command)
      #expect(run.status == 0, "\(command): \(run.errorText)")
    }
    #expect(try bmc.ipmitool("sel", "time", "get").outputText.hasPrefix("11/21/26 06:00:0"))
    _ = try bmc.ipmitool("sel", "clear")
    let cleared = try bmc.ipmitool("sel", "elist").outputLines
    #expect(
      cleared.count == 1 && cleared[0].contains("Event Logging Disabled SEL | Log area reset"))
  }

  @Test("ipmitool reads the inventories, and DCMI's power and names")
  func ipmitoolInventories() throws {
    let bmc = try RunningBMC()
    let run = try bmc.ipmitool("fru", "print")
    #expect(run.status == 0 && run.errorText.isEmpty, "\(run.errorText)")
    #expect(run.outputLines.contains(" Product Name          : Simulated Server"))
    #expect(run.outputLines.contains(" Product Name          : Simulated Power Supply"))
    let power = try bmc.ipmitool("dcmi", "power", "reading")
    #expect(power.status == 0)
    #expect(power.outputText.contains("Power reading state is:                   activated"))
    let off = try bmc.ipmitool("dcmi", "discover")
    #expect(off.status == 0, "\(off.errorText)")
    #expect(try bmc.ipmitool("dcmi", "asset_tag").outputText.contains("CRIMP-LAB"))
    #expect(try bmc.ipmitool("dcmi", "get_mc_id_string").outputText.contains("crimp-bmc"))
    #expect(try bmc.ipmitool("dcmi", "get_temp_reading").status == 0)
    #expect(try bmc.ipmitool("dcmi", "sensors").status == 0)
    let limit = try bmc.ipmitool("dcmi", "power", "get_limit").outputLines
    #expect(limit.contains("    Current Limit State: No Active Power Limit"))
    #expect(limit.contains("    Power Limit:         0 Watts"))
  }

  @Test("FreeIPMI's programs read the same", arguments: [3, 17])
  func freeIPMI(_ suite: Int) throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let cache = "--sdr-cache-directory=\(directory)"
      func lines(_ program: String, _ arguments: [String] = []) throws -> [String] {
        let run = try bmc.freeIPMI(program, arguments, suite: suite)
        #expect(run.status == 0, "\(program): \(run.errorText)")
        return run.outputLines
      }
      let sensors = try lines("ipmi-sensors", [cache, "--quiet-cache", "--output-sensor-state"])
      #expect(sensors.count > 25)
      #expect(sensors.contains { $0.contains("Inlet Temp") && $0.contains("| Nominal") })
      #expect(sensors.contains { $0.contains("PS1 Status") && $0.contains("Presence detected") })
      _ = try lines("ipmi-chassis", ["--chassis-control=power-down"])
      let log = try lines("ipmi-sel", [cache, "--quiet-cache"])
      #expect(log.contains { $0.contains("ACPI State") && $0.contains("S5/G2") }, "\(log)")
      let fru = try lines("ipmi-fru", [cache, "--quiet-cache"])
      #expect(fru.contains { $0.contains("Simulated Server") })
      let info = try lines("bmc-info")
      #expect(info.contains { $0.contains("IPMI Version") && $0.contains("2.0") })
      let chassis = try lines("ipmi-chassis", ["--get-chassis-status"])
      #expect(chassis.contains("System Power                        : off"))
      let dcmi = try lines("ipmi-dcmi", ["--get-system-power-statistics"])
      #expect(dcmi.contains { $0.hasPrefix("Power Measurement") && $0.hasSuffix("Active") })
    }
  }

  @Test("FreeIPMI's programs read events of thresholds, and sensors of every kind")
  func freeIPMIEvents() throws {
    let bmc = try RunningBMC(["--sensors", "every-kind"])
    try withTemporaryDirectory { directory in
      let options = ["--sdr-cache-directory=\(directory)", "--quiet-cache"]
      let sensors = try bmc.freeIPMI("ipmi-sensors", options)
      #expect(sensors.status == 0, "\(sensors.errorText)")
      for (name, value) in [
        ("Twos complement", "-56.00"), ("Ones complement", "-55.00"), ("Function 8", "1.72"),
        ("Disabled", "N/A"), ("Far too high", "130.00"),
      ] {
        let line = sensors.outputLines.first { $0.contains("| \(name) ") }
        #expect(line?.contains("| \(value) ") == true, "\(name): \(line ?? "no line")")
      }
      _ = try bmc.ipmitool("sensor", "thresh", "A little high", "unc", "90")
      let log = try bmc.freeIPMI("ipmi-sel", options + ["--entity-sensor-names"])
      #expect(log.status == 0, "\(log.errorText)")
      #expect(
        log.outputLines.contains { $0.contains("Far too high") && $0.contains("Upper Critical") },
        "\(log.outputText)")
    }
  }

  @Test("FreeIPMI's programs speak IPMI 1.5", arguments: ["MD2", "MD5"])
  func freeIPMI15(_ authentication: String) throws {
    let bmc = try RunningBMC()
    for (program, arguments) in [
      ("bmc-info", []), ("ipmi-chassis", ["--get-chassis-status"]),
      ("ipmi-chassis", ["--chassis-control=hard-reset"]), ("ipmi-sel", ["--info"]),
    ] {
      let run = try bmc.freeIPMI(program, arguments, authentication: authentication)
      #expect(run.status == 0, "\(program): \(run.errorText)")
    }
  }
}
