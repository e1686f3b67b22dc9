import CaptureFile
import Crafting
import LinkLayer
import Support
import Testing

/// A frame taken apart says all that it takes to make the same bytes again.
@Suite("A frame becomes text and the same bytes again") struct RoundTripTests {
  private func again(_ bytes: [UInt8]) throws -> (text: String, bytes: [UInt8]) {
    let text = CraftedFrame(dissecting: bytes).text
    return (text, try FrameAssembler().bytes(of: CraftedFrame(parsing: text)))
  }

  @Test("of every kind in the committed captures")
  func captures() throws {
    let bytes = try Fixture.file("captures/mixed-link.pcap")
    var capture = CaptureFileView(bytes.rawBytes)
    var count = 0
    while let frame = try capture.next() {
      let own = CapturedFrame(frame).bytes
      let result = try again(own)
      #expect(result.bytes == own, "frame \(count + 1): \(result.text)")
      count += 1
    }
    #expect(count == 214)
  }

  @Test("of every format that has a fixture", arguments: try Fixture.names(in: "Fixtures/frames"))
  func fixtures(name: String) throws {
    let own = try Fixture.hex("Fixtures/frames/\(name)")
    let result = try again(own)
    #expect(result.bytes == own, "\(result.text)")
  }

  @Test("whatever one of their bytes is changed to, wherever they are cut")
  func damaged() throws {
    var generator = SeededGenerator(seed: 0xC4AF7)
    for name in try Fixture.names(in: "Fixtures/frames") {
      let own = try Fixture.hex("Fixtures/frames/\(name)")
      for _ in 0..<60 {
        var bytes = own
        let place = Int.random(in: bytes.indices, using: &generator)
        bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        if Bool.random(using: &generator) {
          bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
        }
        let result = try again(bytes)
        #expect(result.bytes == bytes, "\(name): \(result.text)")
      }
    }
  }

  @Test("when they are nothing but chance")
  func noise() throws {
    var generator = SeededGenerator(seed: 7)
    for count in 1..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      #expect(try again(bytes).bytes == bytes)
    }
  }

  @Test("says no more than is needed")
  func brevity() throws {
    let request = try Fixture.frame("arp-request")
    let text = CraftedFrame(dissecting: request).text
    #expect(!text.contains("op=") && !text.contains("hlen") && !text.contains("type"), "\(text)")
    let echo = CraftedFrame(dissecting: try Fixture.frame("icmp-echo-request")).text
    #expect(!echo.contains("sum=") && !echo.contains("len=") && !echo.contains("proto="), "\(echo)")
  }
}
