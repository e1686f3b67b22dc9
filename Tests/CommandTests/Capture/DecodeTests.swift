import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `crimp decode` of interfaces, its summary, and of files that mean no good.
@Suite("crimp decode", .serialized, .sharedLaboratory)
struct DecodeTests {
  @Test("tells the frames of an interface as they come, filtered and counted")
  func live() throws {
    try withSharedNetwork { network in
      let decode = try network.client.startCapture(
        ["decode", "-i", "eth0", "-e", "-c", "4", "ether", "proto", "0x88b5"])
      try NumberedFrames(from: network.ownerB).send(0..<2)
      #expect(try eventually { try decode.outputSoFar().split(separator: "\n").count == 2 })
      try NumberedFrames(from: network.ownerB).send(2..<4)
      let run = try decode.end()
      #expect(run.status == 0, "\(run.errorText)")
      let own = try network.ownerB.interface().hardwareAddress
      #expect(run.outputLines.count == 4)
      #expect(run.outputLines.allSatisfy { $0.contains("\(own) > ff:ff:ff:ff:ff:ff, length 100") })
    }
  }

  @Test("tells live frames as JSON, with interface and direction")
  func liveJSON() throws {
    try withSharedNetwork { network in
      let decode = try network.switchHost.startCapture([
        "decode", "-i", "port-a", "-i", "port-b", "--direction", "in", "--json", "-c", "2",
        NumberedFrames.filter,
      ])
      try NumberedFrames(from: network.ownerA).send(0..<1)
      try NumberedFrames(from: network.ownerB).send(1..<2)
      let run = try decode.end()
      #expect(run.status == 0)
      #expect(run.outputLines.count == 2)
      #expect(run.outputLines.allSatisfy { $0.contains("\"direction\":\"in\"") })
      for name in ["port-a", "port-b"] {
        #expect(run.outputLines.filter { $0.contains("\"interface\":\"\(name)\"") }.count == 1)
      }
    }
  }

  @Test("sums up a live link when its time is over")
  func liveSummary() throws {
    try withSharedNetwork { network in
      let decode = try network.client.startCapture(
        ["decode", "-i", "eth0", "--summary", "--json", "-c", "50", NumberedFrames.filter])
      try NumberedFrames(from: network.ownerB).send(0..<50)
      let run = try decode.end()
      #expect(run.status == 0)
      #expect(run.outputLines.count == 1)
      #expect(run.outputText.contains("\"frames\":50,"), "\(run.outputText)")
      #expect(run.outputText.contains("\"ethertype 0x88b5\":{\"bytes\":5000,\"frames\":50}"))
    }
  }

  // MARK: Summaries

  private func arp(
    _ operation: UInt8, _ station: UInt8, _ address: UInt8, _ target: UInt8
  ) -> [UInt8] {
    let mac: [UInt8] = [2, 0, 0, 0, 0, station]
    var bytes: [UInt8] = [255, 255, 255, 255, 255, 255]
    bytes += mac
    bytes += [8, 6, 0, 1, 8, 0, 6, 4, 0, operation]
    bytes += mac
    // Who probes has no address yet.
    bytes += address == 0 ? [0, 0, 0, 0] : [192, 0, 2, address]
    bytes += [0, 0, 0, 0, 0, 0, 192, 0, 2, target]
    return bytes
  }

  private func pcap(_ frames: [(seconds: Int64, bytes: [UInt8])]) throws -> [UInt8] {
    let writer = PcapWriter(linkType: .ethernet)
    var bytes: [UInt8] = []
    writer.appendHeader(to: &bytes)
    for frame in frames {
      try writer.append(
        frame.bytes.rawBytes, at: CaptureTimestamp(seconds: frame.seconds, nanoseconds: 0),
        to: &bytes)
    }
    return bytes
  }

  @Test("names an address that two stations claim, and how often it moved")
  func conflict() throws {
    let bytes = try pcap([
      (10, arp(1, 1, 100, 100)), (11, arp(2, 2, 100, 7)), (12, arp(2, 1, 100, 7)),
      (13, arp(1, 3, 7, 100)), (14, arp(1, 9, 0, 50)),
    ])
    let run = try runCrimp(["decode", "--summary", "-"], input: bytes)
    #expect(run.status == 0)
    let conflict = run.outputLines.filter { $0.contains("CONFLICT") }
    #expect(conflict.count == 1)
    #expect(
      conflict.first?.contains(
        "192.0.2.100 CONFLICT: 02:00:00:00:00:01 (2, 1 announced) and 02:00:00:00:00:02 (1), 2 changes"
      ) == true, "\(conflict)")
    #expect(run.outputLines.contains { $0.contains("192.0.2.7 is at 02:00:00:00:00:03 (1)") })
    #expect(run.outputText.contains("5 frames, 210 bytes in 4.000 s"))
    // A probe's sender has no address: it claims none.
    #expect(!run.outputText.contains("0.0.0.0 is at"))
    let json = try runCrimp(["decode", "--summary", "--json", "-"], input: bytes)
    #expect(json.outputText.contains("\"address\":\"192.0.2.100\",\"changes\":2,\"conflict\":true"))
  }

  @Test("adds up to what capinfos counts")
  func totals() throws {
    let path = "\(Fixture.root)/captures/mixed-link.pcap"
    let run = try runCrimp(["decode", "--summary", path])
    let infos = try runTool("capinfos", ["-c", "-d", "-M", "-T", "-r", path])
    let cells = try #require(infos.outputLines.last).split(separator: "\t")
    #expect(run.outputText.hasPrefix("\(cells[1]) frames, \(cells[2]) bytes"), "\(cells)")
    let ascii = try runTool(
      crimpPath, ["decode", "--summary", path], argumentZero: "crimp",
      environment: ["LC_ALL": "C"])
    #expect(ascii.outputText.utf8.allSatisfy { $0 < 0x80 })
    #expect(ascii.outputText.contains("#"))
  }

  // MARK: Files that mean no good

  @Test("keeps the good frames before a length that lies, and says where")
  func lyingLength() throws {
    var bytes = try pcap([(1, arp(1, 1, 1, 2)), (2, arp(1, 1, 1, 2))])
    // The second record's captured length: nearly 4 GB.
    let place = 24 + 16 + 42 + 8
    bytes.replaceSubrange(place..<place + 4, with: [0xf0, 0xff, 0xff, 0xff])
    let run = try runCrimp(["decode", "-"], input: bytes)
    #expect(run.status == 66)
    #expect(run.outputLines.count == 1)
    #expect(run.errorText.contains("captured length of the record at byte 82 is 4294967280"))
  }

  @Test("does not wait for a block of 4 GB")
  func giantBlock() throws {
    var bytes: [UInt8] = []
    var writer = PcapngWriter(byteOrder: .little)
    try writer.appendSection(to: &bytes)
    try writer.appendInterface(CaptureInterface(linkType: .ethernet), to: &bytes)
    try writer.append(
      arp(1, 1, 1, 2).rawBytes, at: CaptureTimestamp(seconds: 1, nanoseconds: 0), to: &bytes)
    let offset = bytes.count
    bytes += [6, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff] + [UInt8](repeating: 0, count: 100)
    let run = try runCrimp(["decode", "-"], input: bytes)
    #expect(run.status == 66)
    #expect(run.outputLines.count == 1)
    #expect(run.errorText.contains("at byte \(offset) is 4294967292"), "\(run.errorText)")
  }

  @Test("tells frames whose time runs backwards, and counts them")
  func backwards() throws {
    let bytes = try pcap([
      (2_000_000_000, arp(1, 1, 1, 2)), (5, arp(1, 1, 1, 2)), (4_000_000_000, arp(1, 1, 1, 2)),
    ])
    let lines = try runCrimp(["decode", "-t", "since", "-"], input: bytes)
    #expect(lines.status == 0)
    #expect(lines.outputLines[1].hasPrefix("-1999999995.000000 "), "\(lines.outputText)")
    let summary = try runCrimp(["decode", "--summary", "-"], input: bytes)
    #expect(summary.outputText.contains("time runs backwards at 1 of the frames"))
  }

  @Test("names a link type that it does not know, and shows the bytes that it is asked for")
  func unknownLinkType() throws {
    let writer = PcapWriter(linkType: LinkType(rawValue: 147))
    var bytes: [UInt8] = []
    writer.appendHeader(to: &bytes)
    let time = CaptureTimestamp(seconds: 1, nanoseconds: 0)
    try writer.append([1, 2, 3].rawBytes, at: time, to: &bytes)
    let run = try runCrimp(["decode", "-x", "-"], input: bytes)
    #expect(run.status == 0)
    #expect(run.outputText.contains("link type 147, length 3"))
    #expect(run.outputText.contains("01 02 03"))
    #expect(try runCrimp(["decode", "--summary", "-"], input: bytes).status == 0)
  }

  @Test("tells what is there of a file that was cut anywhere")
  func truncated() throws {
    let whole = try Fixture.file("captures/mixed-link.pcap")
    for count in [3, 23, 24, 30, 39, 40, 60, 1000, 5001] {
      let run = try runCrimp(["decode", "-t", "none", "-"], input: Array(whole.prefix(count)))
      let expected = ReadCapture(bytes: Array(whole.prefix(count)))
      #expect(run.outputLines.count == expected.frames.count)
      #expect(run.status == (expected.fault == nil ? 0 : 66))
      #expect(run.errorText.isEmpty == (expected.fault == nil))
    }
  }

  @Test("asks for a file or an interface")
  func arguments() throws {
    let nothing = try runCrimp(["decode"])
    #expect(nothing.status == 64)
    #expect(nothing.errorText.contains("file: expected a capture"))
    let mixed = try runCrimp(["decode", "--duration", "1", "x.pcap"])
    #expect(mixed.status == 64)
    #expect(mixed.errorText.contains("expected with --interface"))
  }
}
