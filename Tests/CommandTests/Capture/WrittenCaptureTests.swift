import CaptureFile
import Support
import Testing

/// Whatever writes captures besides `crimp capture`: capinfos, tcpdump and tshark read them as we do.
@Suite("Captures that commands write") struct WrittenCaptureTests {
  /// A command without the option that names its file, that option, and the file's suffix.
  struct Writer: Sendable, CustomTestStringConvertible {
    var arguments: [String]
    var option: String
    var suffix: String

    var testDescription: String { "\(arguments[0]) \(option), .\(suffix)" }
  }

  private static let mixed = "\(Fixture.root)/captures/mixed-link.pcap"
  private static let machines = "\(Fixture.root)/captures/machines"

  static let writers = [
    Writer(
      arguments: [
        "craft", "-c", "3", "--interval", "0.25", "eth / arp spa=192.0.2.1 tpa=192.0.2.2",
      ],
      option: "--write", suffix: "pcapng"),
    Writer(arguments: ["replay", mixed], option: "--write", suffix: "pcap"),
    Writer(
      arguments: ["replay", mixed, "--vlan", "7", "--speed", "3"], option: "--write",
      suffix: "pcapng"),
    Writer(
      arguments: [
        "scan", "--no-vendor", "192.0.2.0/29", "--replay", "\(machines)/crimp-scan.pcapng",
      ],
      option: "--record", suffix: "pcapng"),
    Writer(
      arguments: [
        "power", "status", "192.0.2.1:9001", "-u", "ipmiusr", "--protocol", "2.0", "--suites", "3",
        "--replay", "\(machines)/crimp-power-2.0.pcapng",
      ], option: "--record", suffix: "pcapng"),
  ]

  @Test("have the same frames, lengths, times and comments for others", arguments: writers)
  func written(writer: Writer) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/written.\(writer.suffix)"
      let run = try runTool(
        crimpPath, writer.arguments + [writer.option, path],
        environment: ["CRIMP_PASSWORD": "test", "XDG_CACHE_HOME": "/dev/null"])
      #expect(run.status == 0, "\(run.errorText)")
      let file = try ReadCapture(path)
      #expect(file.fault == nil && !file.frames.isEmpty)
      let shown = try runTool(
        "tshark",
        ["-n", "-r", path, "-T", "fields"]
          + ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.comment"].flatMap {
            ["-e", $0]
          })
      #expect(shown.status == 0, "\(shown.errorText)")
      #expect(
        shown.outputLines
          == file.frames.map { frame in
            let comments = frame.comments.joined(separator: ",")
            return "\(frame.timestamp?.text ?? "")\t\(frame.originalLength)\t\(frame.bytes.count)"
              + "\t\(comments)"
          })
      let listed = try runTool("tcpdump", ["-r", path, "-nn", "-tt", "-q", "--nano"])
      #expect(listed.status == 0, "\(listed.errorText)")
      // The lines of a frame's bytes begin with a tabulator.
      let times = listed.outputLines.filter { !$0.hasPrefix("\t") }.map { $0.prefix { $0 != " " } }
      #expect(times.map(String.init) == file.frames.map { $0.timestamp?.text })
      let infos = try runTool("capinfos", ["-c", "-d", "-M", "-T", "-r", path])
      let bytes = file.frames.reduce(0) { $0 + $1.originalLength }
      #expect(infos.outputLines.last == "\(path)\t\(file.frames.count)\t\(bytes)")
      // Who wrote it, and the interface's name and first note, are there for others too.
      let report = try runTool("capinfos", [path])
      #expect(report.status == 0, "\(report.errorText)")
      let words = [
        file.sections.first?.application, file.interfaces.first?.name,
        file.interfaces.first?.comments.first,
      ]
      for case let text? in words {
        #expect(report.outputText.contains(text), "\(report.outputText)")
      }
    }
  }
}
