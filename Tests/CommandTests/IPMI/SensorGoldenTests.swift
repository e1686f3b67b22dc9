import Support
import Testing

/// Our `ipmitool` reads sensors, their records and the event log as Debian's does, line by line; where it
/// does not, `Fixtures/cli/README.md` says why.
@Suite(.serialized) struct SensorGoldenTests {
  private func own(_ bmc: RunningBMC, user: String = "admin") -> GoldenIpmitool {
    GoldenIpmitool(
      options: [
        "-I", "lanplus", "-C", "17", "-H", "127.0.0.1", "-p", bmc.port, "-U", user, "-E",
      ], password: RunningBMC.password, peer: bmc)
  }

  private func openIPMI(_ simulator: OpenIPMISimulator) -> GoldenIpmitool {
    GoldenIpmitool(
      options: [
        "-I", "lanplus", "-C", "3", "-H", "127.0.0.1", "-p", "\(simulator.port)", "-U", "ipmiusr",
        "-E",
      ], password: "test", peer: simulator)
  }

  /// The original writes the date twice where date and time should be.
  private func withTime(_ output: String, _ ours: String) -> String {
    let times = ours.split(separator: "\n").filter { $0.hasPrefix(" Timestamp ") }
    var next = times.makeIterator()
    return output.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard line.hasPrefix(" Timestamp "), let ours = next.next() else { return String(line) }
      let date = line.split(separator: " ").last ?? ""
      #expect(ours.contains(" \(date) "))
      return String(ours)
    }.joined(separator: "\n")
  }

  @Test func wrongWords() throws {
    try own(try RunningBMC()).compare([
      "sdr list foo", "sdr list help", "sdr foo", "sdr get", "sdr entity foo", "sdr dump",
      "sdr type", "sdr type list", "sdr entity", "sensor foo", "sensor help", "sensor get",
      "sensor get help", "sensor reading", "sensor thresh", "sensor thresh help",
      "sensor thresh a b", "sensor thresh 'Inlet Temp' foo 3", "sensor thresh 'Inlet Temp' ucr x",
      "sensor thresh 'Inlet Temp' upper 1 2", "sensor thresh 'Inlet Temp' lower 1 2",
      "sensor thresh 'Inlet Temp' upper 1 2 x", "sensor thresh 'Inlet Temp' lower x 2 3",
      "event", "event help", "event file", "event file /nonexistent", "event FAN1 unc up",
      "sel foo", "sel help", "sel list first x", "sel list foo 3", "sel get", "sel get x",
      "sel delete", "sel delete x", "sel time", "sel time set", "sel time set foo", "sel save",
      "sel writeraw", "sel readraw", "sel readraw /nonexistent", "sel add", "sel add /nonexistent",
      "sel interpret", "sel interpret x /nonexistent pps", "sel interpret 1 /nonexistent foo",
    ])
  }

  @Test(arguments: [[], ["--off"]])
  func readings(_ options: [String]) throws {
    try own(try RunningBMC(["--steady"] + options)).compare([
      "sdr", "sdr list", "sdr elist", "sdr list all", "sdr elist all", "sdr list full",
      "sdr elist compact", "sdr list event", "sdr elist event", "sdr list mcloc",
      "sdr elist mcloc", "sdr list fru", "sdr elist fru", "sdr list generic", "-c sdr list",
      "-c sdr elist all", "-v sdr list", "-v sdr list all", "-c -v sdr list",
      "sdr get 'Inlet Temp' 'CPU1 Status' 'Boot Event' 'PSU1 FRU' 'Crimp BMC'",
      "sdr type Temperature", "sdr type 0x01", "-c sdr type Fan", "sdr entity 7",
      "sdr entity 7.1", "sdr entity 'System Board'", "sdr entity 77", "sdr info", "sensor",
      "sensor list", "-v sensor list", "sensor get 'Inlet Temp' 'CPU1 Status' 'Boot Event' FAN1",
      "sensor get nope FAN1", "sensor reading 'Inlet Temp' P12V 'CPU1 Status' nope",
      "-c sensor reading 'Inlet Temp' P12V", "-c sensor", "-c sensor list", "-c -v sensor list",
      "-c sensor get FAN1 P12V 'PS1 Status'", "-c sensor get 'Boot Event' nope FAN1",
    ])
  }

  /// Every function, sign, unit and kind of states; sensors that read nothing; records of other things.
  @Test func everyKindOfSensor() throws {
    try own(try RunningBMC(["--sensors", "every-kind"])).compare([
      "sdr list all", "sdr elist all", "sdr list generic", "sdr elist fru", "sdr elist mcloc",
      "-v sdr list all", "-c sdr list", "-c -v sdr list", "-c sdr elist all", "sensor list",
      "-v sensor list", "sensor reading 'Function 10' Small Large 'Not a number' Disabled",
      "sensor get 'Twos complement'", "sel elist", "-c sensor list",
      "-c sensor get Disabled 'Disabled states' 'Not a number' Large",
    ])
  }

  /// Thresholds are set and passed; the log tells of it.
  @Test func thresholdsAndEvents() throws {
    let bmc = try RunningBMC(["--steady"])
    let golden = own(bmc)
    try golden.compare([
      "sensor thresh nope ucr 40", "sensor thresh 'CPU1 Status' ucr 40",
      "sensor thresh 'Boot Event' ucr 40", "sensor thresh 'Inlet Temp' ucr 41",
      "sensor thresh 'Inlet Temp' ucr 5", "sensor thresh 'Inlet Temp' unr 40",
      "sensor thresh 'Inlet Temp' lnc 60", "sensor thresh 'Inlet Temp' upper 38 43 48",
      "sensor thresh 'Inlet Temp' lnr 1", "sensor get 'Inlet Temp'", "sel elist",
      "sensor thresh P12V unc 12.01", "sensor get P12V", "sdr elist full", "sdr get P12V",
      "-v sensor get P12V", "sel elist", "sensor thresh P12V unc 12.8", "sel elist",
      "event 1", "event 2", "event 3", "event 'Inlet Temp' unc", "event FAN1 lcr deassert",
      "event 'PS1 Status' 'Power Supply AC lost' deassert", "event 'CPU1 Status' list",
      "event 'Inlet Temp' list", "event 'PS Redundancy' 'Redundancy Lost'",
      "event 'Inlet Temp' foo", "event 'CPU1 Status' foo", "event nope list", "sel", "sel info",
      "sel list", "sel elist", "-c sel list", "-c sel elist", "sel list 2", "sel list first 3",
      "sel elist last 3", "sel list last 1", "sel list last 999", "sel get 99", "sel delete 0x77",
    ])
    try golden.compare(["-v sel list", "-v sel elist", "sel get 1", "sel get 2 4"], mend: withTime)
  }

  /// The log of OpenIPMI's simulator, whose clock begins with it, and its sensor.
  @Test func openIPMISimulator() throws {
    let golden = openIPMI(try OpenIPMISimulator())
    try golden.compare([
      "sdr", "sdr elist", "sdr list all", "sdr elist all", "-v sdr list all", "-c sdr elist all",
      "-c -v sdr list", "sdr info", "sdr get InletTemp SimBMC", "sdr type Temperature",
      "sdr entity 7", "sensor", "-v sensor", "sensor get InletTemp", "sensor reading InletTemp",
      "-c sensor", "-c sensor get InletTemp",
      "sensor thresh InletTemp unc 30", "sensor thresh InletTemp unr 20",
      "sensor thresh InletTemp upper 40 50 60", "sensor thresh InletTemp lnc 3", "sel",
      "sel list", "sel elist", "event 1", "event InletTemp unc", "event InletTemp ucr deassert",
      "event InletTemp list", "sel elist", "-c sel elist", "sel list last 2",
      "sel time set '11/21/26 06:00:00'", "event 2", "sel elist", "sel clear", "sel list",
      "sel elist",
    ])
  }

  @Test func openIPMISimulatorVersion15() throws {
    let simulator = try OpenIPMISimulator()
    let golden = GoldenIpmitool(
      options: [
        "-I", "lan", "-H", "127.0.0.1", "-p", "\(simulator.port)", "-U", "ipmiusr", "-E",
      ], password: "test", peer: simulator)
    try golden.compare(["sdr elist all", "sensor", "sel elist", "sel info", "sdr info"])
  }

  /// A user who may only look is refused what changes something, and sees all the rest.
  @Test func privilegeTooLow() throws {
    try own(try RunningBMC(["--steady"]), user: "user").compare([
      "-L USER sel clear", "-L USER sel delete 1", "-L USER event 1",
      "-L USER sensor thresh 'Inlet Temp' ucr 41", "-L USER sel time set now", "-L USER sel list",
      "-L USER sdr list", "-L USER sensor list",
    ])
  }

  /// Files that the one writes, the other reads, and they are the same.
  @Test func files() throws {
    let bmc = try RunningBMC(["--steady"])
    let golden = own(bmc)
    _ = try golden.original(["event", "1"])
    _ = try golden.original(["event", "Inlet Temp", "unc"])
    try withTemporaryDirectory { directory in
      for (words, name) in [("sdr dump", "dump"), ("sel save", "save"), ("sel writeraw", "raw")] {
        let parts = words.split(separator: " ").map(String.init)
        let original = try golden.original(parts + ["\(directory)/\(name)"])
        let theirs = try readFile("\(directory)/\(name)")
        _ = try runTool("rm", ["\(directory)/\(name)"])
        let ours = try golden.ours(parts + ["\(directory)/\(name)"])
        #expect(ours.outputText == original.outputText && ours.status == 0, "\(words)")
        #expect(try readFile("\(directory)/\(name)") == theirs, "\(words)")
      }
      try golden.compare([
        "-S \(directory)/dump sdr elist all", "-S \(directory)/dump sel elist",
        "-S \(directory)/none sdr list", "sel readraw \(directory)/raw",
        "sel ereadraw \(directory)/raw", "event file \(directory)/save",
        "sel add \(directory)/save", "sel list",
      ])
      try writeFile("\(directory)/cut", Array(readFile("\(directory)/raw").dropLast(3)))
      try golden.compare(["sel readraw \(directory)/cut"])
    }
  }
}
