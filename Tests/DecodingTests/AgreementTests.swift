import CaptureFile
import Decoding
import LinkLayer
import Support
import Testing

/// Every field that the decoder finds, held against what tshark finds under the same name.
@Suite("Decoding agrees with tshark") struct AgreementTests {
  static let captures =
    recorded + [
      "captures/mixed-link.pcap",
      "Fixtures/sessions/recorded-ping-arp.pcapng", "Fixtures/sessions/recorded-ping-ndp.pcapng",
      "Fixtures/sessions/recorded-probe-in-use.pcapng",
      "Fixtures/sessions/recorded-confirm-ipv6.pcapng",
      "Fixtures/ipmi/sessions/1.5-none.pcap", "Fixtures/ipmi/sessions/1.5-md5.pcap",
      "Fixtures/ipmi/sessions/2.0-suite-0.pcap", "Fixtures/ipmi/sessions/2.0-suite-3.pcap",
    ]

  /// Every exchange of captures/, whoever spoke.
  private static let recorded = ["machines", "stacks", "protocols"].flatMap { folder in
    ((try? Fixture.names(in: "captures/\(folder)")) ?? []).sorted()
      .filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }
      .map { "captures/\(folder)/\($0)" }
  }

  @Test("in every field of every frame", arguments: captures)
  func fields(capture: String) throws {
    let frames = try decoded(capture)
    try #require(!frames.isEmpty)
    let names = Set(frames.flatMap { $0.layers.flatMap(\.fields).map(\.name) })
      .filter { !$0.hasPrefix("crimp.") && !$0.hasPrefix("data.") }.sorted()
    let theirs = try tshark(capture, names)
    try #require(theirs.count == frames.count)
    for (number, frame) in frames.enumerated() {
      for name in names {
        if name.hasPrefix("ipmi."), isRefusedGroupExtension(frame) { continue }
        let ours = frame.all(name).map { comparable($0.value) }
        guard !ours.isEmpty else { continue }
        // A packet that an ICMP error quotes has fields too for tshark: those follow.
        let their = (theirs[number][name] ?? []).prefix(ours.count).map { comparable($0) }
        #expect(ours == their, "frame \(number + 1), \(name)")
      }
    }
  }

  /// The protocols that tshark sees and those that we see are the same, as far as we have them.
  @Test("in the layers of every frame", arguments: captures)
  func layers(capture: String) throws {
    let frames = try decoded(capture)
    let theirs = try tshark(capture, ["frame.protocols"])
    for (number, frame) in frames.enumerated() {
      let their = (theirs[number]["frame.protocols"]?.first ?? "").split(separator: ":")
        .map(String.init)
      for layer in frame.layers where layer.name != "data" && layer.name != "null" {
        #expect(their.contains(layer.name), "frame \(number + 1): \(their)")
      }
    }
  }

  /// tshark takes the completion code of a refusal without data for the group's defining body, and
  /// gives up.
  private func isRefusedGroupExtension(_ frame: DecodedFrame) -> Bool {
    frame.first("ipmi.header.netfn")?.value == .number(0x2d)
      && frame.first("ipmi.header.completion")?.value == .hexadecimal(0xc1, digits: 2)
  }

  private func decoded(_ path: String) throws -> [DecodedFrame] {
    let bytes = try Fixture.file(path)
    var capture = CaptureFileView(bytes.rawBytes)
    var decoder = FrameDecoder()
    var frames: [DecodedFrame] = []
    while let frame = try capture.next() {
      frames.append(decoder.fields(of: frame.bytes, linkType: frame.linkType))
    }
    return frames
  }

  /// tshark's values of these fields, frame by frame.
  private func tshark(_ path: String, _ names: [String]) throws -> [[String: [String]]] {
    let preferences = [
      "ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE",
      "ipmi.dissect_bus_commands:TRUE",
    ].flatMap { ["-o", $0] }
    let run = try runTool(
      "tshark",
      ["-n", "-r", "\(Fixture.root)/\(path)"]
        + ["9001", "624", "625"].flatMap { ["-d", "udp.port==\($0),rmcp"] } + preferences
        + ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;", "-E", "separator=/t"]
        + names.flatMap { ["-e", $0] })
    #expect(run.status == 0, "\(run.errorText)")
    return run.outputText.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map { line in
        let values = line.split(separator: "\t", omittingEmptySubsequences: false)
        return Dictionary(
          uniqueKeysWithValues: zip(names, values).map { name, value in
            (name, value.isEmpty ? [] : value.split(separator: ";").map(String.init))
          })
      }
  }

  /// The form in which values are compared: numbers in decimal, bytes as digits alone.
  private func comparable(_ value: FieldValue) -> String {
    switch value {
    case .number(let number), .hexadecimal(let number, _): String(number)
    case .bytes: value.description.filter { $0 != ":" }
    default: value.description
    }
  }

  private func comparable(_ text: String) -> String {
    switch text {
    case "True": return "1"
    case "False": return "0"
    default: break
    }
    if text.hasPrefix("0x"), let number = UInt64(text.dropFirst(2), radix: 16) {
      return String(number)
    }
    return text
  }
}
