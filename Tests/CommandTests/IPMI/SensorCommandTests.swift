import Support
import Testing

/// `crimp ipmi sdr`, `sensor` and `sel`: many controllers, JSON, kept records.
@Suite("crimp ipmi: sensors and the log")
struct SensorCommandTests {
  private func ipmi(
    _ hosts: String, _ words: [String], _ options: [String] = [], cache: String = "/dev/null"
  ) throws -> ToolRun {
    try runTool(
      crimpPath, ["ipmi", "-H", hosts, "--user", "admin", "--timeout", "5"] + options + words,
      environment: [
        "CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": cache, "LC_ALL": "C", "TZ": "UTC",
      ])
  }

  @Test func jsonHasNumbers() throws {
    let bmc = try RunningBMC(["--steady"])
    let run = try ipmi("127.0.0.1:\(bmc.port)", ["sensor", "get", "P12V", "FAN1"], ["--json"])
    #expect(run.status == 0, "\(run.errorText)")
    for part in [
      #""name":"P12V""#, #""value":12.06"#, #""unit":"Volts""#, #""status":"ok""#,
      #""thresholds":{"lowerCritical":10.8"#, #""upperCritical":13.2"#, #""available":true"#,
      #""value":5200"#,
    ] {
      #expect(run.outputText.contains(part), "\(part) in \(run.outputText)")
    }
    #expect(!run.outputText.contains("NonRecoverable"))
  }

  /// A sensor without a reading has no value in JSON, and no number in a line.
  @Test func unavailableReadingsAreNoNumbers() throws {
    let bmc = try RunningBMC(["--steady", "--off"])
    let host = "127.0.0.1:\(bmc.port)"
    let json = try ipmi(host, ["sensor", "get", "FAN1"], ["--json"])
    #expect(json.status == 1)
    #expect(json.outputText.contains(#""available":false"#))
    #expect(json.outputText.contains(#""status":"ns""#))
    #expect(!json.outputText.contains(#""value""#) && !json.outputText.contains(#""raw""#))
    let csv = try ipmi(host, ["sensor", "list"], ["--csv"])
    #expect(
      csv.outputLines.contains("FAN1,na,RPM,na,na,500.000,1000.000,na,na,na"), "\(csv.outputText)")
    let reading = try ipmi(host, ["sensor", "reading", "FAN1"])
    #expect(reading.outputText.isEmpty)
  }

  @Test func severalHosts() throws {
    let bmcs = [try RunningBMC(["--steady"]), try RunningBMC(["--steady"])]
    let hosts = bmcs.map { "127.0.0.1:\($0.port)" }
    let list = try ipmi(hosts.joined(separator: ","), ["sdr", "type", "Fan"])
    #expect(list.status == 0 && list.outputLines.count == 12)
    for host in hosts {
      #expect(
        list.outputLines.contains("\(host): FAN1             | 21h | ok  | 29.1 | 5200 RPM"))
    }
    let dump = try ipmi(hosts.joined(separator: ","), ["sdr", "dump", "/tmp/nothing"])
    #expect(dump.status == 64 && dump.errorText.contains("expected one host"))
  }

  @Test func eventsInJSON() throws {
    let bmc = try RunningBMC(["--steady"])
    let host = "127.0.0.1:\(bmc.port)"
    #expect(try ipmi(host, ["sensor", "thresh", "Inlet Temp", "unc", "20"]).status == 0)
    let run = try ipmi(host, ["sel", "elist", "last", "1"], ["--json"])
    for part in [
      #""event":"Upper Non-critical going high""#, #""sensor":"Inlet Temp""#, #""reading":24"#,
      #""threshold":20"#, #""unit":"degrees C""#, #""direction":"asserted""#,
    ] {
      #expect(run.outputText.contains(part), "\(part) in \(run.outputText)")
    }
    #expect(try ipmi(host, ["sel", "clear"]).status == 0)
    #expect(try ipmi(host, ["sel", "time", "set", "now"]).status == 0)
  }

  /// Records are kept, used as long as they hold, and read again when they are spoilt or others.
  @Test func recordsAreKept() throws {
    let bmc = try RunningBMC(["--steady"])
    let host = "127.0.0.1:\(bmc.port)"
    try withTemporaryDirectory { directory in
      let words = ["sdr", "list", "all"]
      let first = try ipmi(host, words, cache: directory)
      #expect(first.status == 0, "\(first.errorText)")
      let path = "\(directory)/crimp/sdr/\(host)"
      let kept = try readFile(path)
      #expect(kept.starts(with: Array("CrimpSDR".utf8)))

      // A name that only the file has shows that the file is used.
      let renamed = try #require(renaming(kept))
      try writeFile(path, renamed)
      #expect(try ipmi(host, words, cache: directory).outputText.contains("Inlet Tamp"))
      #expect(
        try ipmi(host, words, ["--no-cache"], cache: directory).outputText == first.outputText)

      for spoilt in [
        Array(renamed.dropLast(5)), Array(renamed.prefix(20)), [], [UInt8](repeating: 7, count: 99),
        renamed.enumerated().map { $0.offset == 100 ? $0.element ^ 1 : $0.element },
        renamed.enumerated().map { $0.offset == 12 ? $0.element ^ 1 : $0.element },
      ] {
        try writeFile(path, spoilt)
        #expect(try ipmi(host, words, cache: directory).outputText == first.outputText)
        #expect(try readFile(path) == kept)
      }
    }
  }

  /// The file with another name in it, and the check value that goes with it.
  private func renaming(_ file: [UInt8]) -> [UInt8]? {
    let name = Array("Inlet Temp".utf8)
    guard let start = file.indices.first(where: { file[$0...].starts(with: name) }) else {
      return nil
    }
    var bytes = Array(file.dropLast(8))
    bytes[start + 7] = UInt8(ascii: "a")
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return bytes + (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt64($0))) }
  }

  /// Controllers that give records in pieces, cut them, or lose reservations: the records are the same.
  @Test(arguments: [
    ["small-record-reads"], ["cut-record-reads"], ["small-record-reads", "lost-reservations"],
    ["cut-record-reads", "lost-reservations", "small-record-reads"], ["busy-first"],
  ])
  func recordsInPieces(_ misbehaviors: [String]) throws {
    let good = try RunningBMC(["--steady"])
    let odd = try RunningBMC(["--steady"] + misbehaviors.flatMap { ["--misbehave", $0] })
    let wanted = try ipmi("127.0.0.1:\(good.port)", ["sdr", "elist", "all"])
    let run = try ipmi("127.0.0.1:\(odd.port)", ["sdr", "elist", "all"])
    #expect(run.outputText == wanted.outputText && run.status == 0, "\(run.errorText)")
    #expect(run.outputLines.count == 33)
  }
}
