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

  /// What both say of all captures, asked once: tshark takes half a second to start.
  private static let agreements = Result {
    try Dictionary(
      uniqueKeysWithValues: zip(captures, Agreement.all(of: captures.map(frames(of:)))))
  }

  @Test("in every field of every frame", arguments: captures)
  func fields(capture: String) throws {
    let agreement = try #require(try Self.agreements.get()[capture])
    #expect(agreement.comparedFields > 0)
    #expect(agreement.differences.isEmpty, "\(agreement.differences.joined(separator: "\n"))")
  }

  /// The protocols that tshark sees and those that we see are the same, as far as we have them.
  @Test("in the layers of every frame", arguments: captures)
  func layers(capture: String) throws {
    let agreement = try #require(try Self.agreements.get()[capture])
    #expect(agreement.comparedLayers > 0)
    #expect(agreement.strangeLayers.isEmpty, "\(agreement.strangeLayers.joined(separator: "\n"))")
  }

  /// Frames of each kind that Crimp makes, with whatever a field can hold in each field.
  @Test("in thousands of frames that differ in every field")
  func mixed() throws {
    var generator = SeededGenerator(seed: 5_202_611)
    let frames: [Agreement.Frame] = try (0..<3000).map { _ in
      (CapturedFrame(bytes: try MixedFrame.next(&generator), timestamp: nil), .ethernet)
    }
    let agreements = try Agreement.all(of: [frames])
    let agreement = try #require(agreements.first)
    #expect(agreement.comparedFields > 50_000)
    #expect(agreement.differences.isEmpty, "\(agreement.differences.joined(separator: "\n"))")
    #expect(agreement.strangeLayers.isEmpty, "\(agreement.strangeLayers.joined(separator: "\n"))")
  }

  private static func frames(of path: String) throws -> [Agreement.Frame] {
    let bytes = try Fixture.file(path)
    var capture = CaptureFileView(bytes.rawBytes)
    var frames: [Agreement.Frame] = []
    while let frame = try capture.next() { frames.append((CapturedFrame(frame), frame.linkType)) }
    return frames
  }
}
