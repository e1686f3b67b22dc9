import IPMI
import Support
import Testing

/// IPMI 2.0, sections 22.14a, 22.14b and 23.4; bytes as ipmitool 1.8.19 sends them.
@Suite("System information") struct SystemInfoTests {
  @Test("is text in blocks of 16 bytes, of which the first has 14")
  func blocks() throws {
    let text = SystemInfoText(bytes: Array("a name of 21 bytes!!!".utf8))
    #expect(text.blocks.map(\.count) == [16, 16])
    #expect(text.blocks[0].prefix(3) == [0, 21, UInt8(ascii: "a")])
    #expect(SystemInfoText.blockCount(first: text.blocks[0]) == 2)
    #expect(SystemInfoText(blocks: text.blocks) == text)
    #expect(SystemInfoText(bytes: []).blocks == [[UInt8](repeating: 0, count: 16)])
    #expect(SystemInfoText.blockCount(first: [0]) == nil && SystemInfoText(blocks: []) == nil)
    // More than there is, is what there is.
    #expect(SystemInfoText(blocks: [[0, 200, 1, 2]])?.bytes == [1, 2])
  }

  @Test("survives any length")
  func roundTrip() {
    var random = SeededGenerator(seed: 5)
    for count in 0...300 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let text = SystemInfoText(encoding: 1, bytes: bytes)
      #expect(text.bytes.count == min(count, 255))
      #expect(SystemInfoText(blocks: text.blocks) == text)
    }
  }

  @Test("is asked for by parameter, block and part")
  func requests() throws {
    #expect(GetSystemInfoParameters(.systemName, set: 1).data == [0, 2, 1, 0])
    #expect(SetSystemInfoParameters(.operatingSystem, value: [0, 0]).data == [4, 0, 0])
    let bytes: [UInt8] = [0x11, 0, 0, 1, 0x41]
    let response = try GetSystemInfoParameters.Response(parsing: bytes.messageBytes)
    #expect(response.revision == .first && response.value == [0, 0, 1, 0x41])
  }

  @Test("of a channel is counted in numbers of 2 bytes, the low one first")
  func statistics() throws {
    #expect(GetLANStatistics(channel: ChannelNumber(rawValue: 1), clears: true).data == [1, 1])
    let bytes: [UInt8] = [1, 2, 0, 0, 0, 0, 0, 0, 3, 0, 4, 0, 5, 0, 0, 0, 6, 0]
    let counters = try GetLANStatistics.Response(parsing: bytes.messageBytes)
    #expect(counters.received == 0x0201 && counters.transmitted == 3 && counters.datagrams == 4)
    #expect(counters.valid == 5 && counters.proxyDropped == 6)
  }
}
