import IPMI
import Testing

@Suite("Words of codes")
struct WordsTests {
  @Test func everyGenericCompletionCodeHasItsOwnWords() {
    let codes = [0x00] + Array(0xc0...0xd6) + [0xff] as [UInt8]
    let words = Set(codes.map { CompletionCode(rawValue: $0).meaning })
    #expect(words.count == codes.count)
    #expect(
      CompletionCode.insufficientPrivilege.description == "insufficient privilege level (D4h)")
  }

  @Test(
    arguments: [
      (0x01, "a reason of the manufacturer's own (01h)"),
      (0x80, "a reason of this command's own (80h)"),
      (0xe0, "a reason that the specification does not name (E0h)"),
    ] as [(UInt8, String)])
  func otherCompletionCodesAreNamedByTheirRange(_ code: UInt8, _ words: String) {
    #expect(CompletionCode(rawValue: code).description == words)
  }

  @Test func everyStatusHasItsOwnWords() {
    let words = Set((0...0x12).map { RMCPPlusStatus(rawValue: $0).meaning })
    #expect(words.count == 0x13)
    #expect(RMCPPlusStatus.unauthorizedName.description == "unauthorized name (0Dh)")
    #expect(
      RMCPPlusStatus(rawValue: 0x13).description
        == "a status that the specification does not name (13h)")
  }

  @Test func onlyStatusesOfTheAlgorithmsLetAnotherSuiteBeTried() {
    let refusing = (UInt8.min ... .max).filter { RMCPPlusStatus(rawValue: $0).refusesSuite }
    #expect(refusing == [0x04, 0x05, 0x06, 0x07, 0x0a, 0x10, 0x11, 0x12])
  }
}
