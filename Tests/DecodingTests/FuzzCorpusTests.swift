import CaptureFile
import Decoding
import LinkLayer
import Support
import Testing

/// The inputs from which the fuzzer starts: of every decoder there is a frame among them.
@Suite("The fuzzer's corpus") struct FuzzCorpusTests {
  /// As `Fuzz/DecodingFuzz` reads its inputs: the first byte chooses the link type.
  private static let linkTypes: [LinkType] = [
    .ethernet, .raw, .null, .linuxCooked, .linuxCooked2,
  ]

  @Test("has a frame for every layer that is decoded in the captures")
  func everyLayer() throws {
    let folder = "Fuzz/corpus/decoding"
    var seen = Set<String>()
    for name in try Fixture.names(in: folder) {
      let input = try Fixture.file("\(folder)/\(name)")
      guard let choice = input.first else { continue }
      let linkType = Self.linkTypes[Int(choice) % Self.linkTypes.count]
      var decoder = FrameDecoder()
      let frame = decoder.fields(of: Array(input.dropFirst()).rawBytes, linkType: linkType)
      seen.formUnion(frame.layers.map(\.name))
    }
    for capture in AgreementTests.captures {
      for frame in try Frames(capture).frames {
        var decoder = FrameDecoder()
        let layers = decoder.fields(of: frame.bytes.rawBytes, linkType: frame.linkType).layers
        for layer in layers { #expect(seen.contains(layer.name), "\(capture): \(layer.name)") }
      }
    }
  }
}
