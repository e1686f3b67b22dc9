import LinkLayer
import Support
import Testing

@Suite struct InternetChecksumTests {
  /// The numerical example of RFC 1071, section 3: the sum is ddf2.
  @Test func sumsTheExampleOfTheRFC() {
    let bytes: [UInt8] = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]
    #expect(InternetChecksum(bytes.rawBytes).value == ~0xddf2)
  }

  @Test func anOddByteCountsAsIfAZeroFollowed() {
    let odd: [UInt8] = [0x12, 0x34, 0x56]
    let even: [UInt8] = [0x12, 0x34, 0x56, 0x00]
    #expect(InternetChecksum(odd.rawBytes).value == InternetChecksum(even.rawBytes).value)
  }

  @Test func ofNothingIsAllOnes() {
    #expect(InternetChecksum().value == 0xffff)
  }

  /// Against the definition, word by word, at every cut into three blocks.
  @Test func blocksFollowEachOtherAsOneRun() {
    var generator = SeededGenerator(seed: 1071)
    let bytes = (0..<41).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let whole = InternetChecksum(bytes.rawBytes).value
    #expect(whole == plain(bytes))
    for first in 0...bytes.count {
      for second in first...bytes.count {
        var sum = InternetChecksum()
        sum.add(Array(bytes[..<first]).rawBytes)
        sum.add(Array(bytes[first..<second]).rawBytes)
        sum.add(Array(bytes[second...]).rawBytes)
        #expect(sum.value == whole)
      }
    }
  }

  @Test func carriesAreNotLost() {
    let ones = [UInt8](repeating: 0xff, count: 70001)
    #expect(InternetChecksum(ones.rawBytes).value == plain(ones))
    var sum = InternetChecksum()
    for _ in 0..<100_000 { sum.add(UInt64.max) }
    #expect(sum.value == 0)
  }

  @Test func numbersCountAsTheirBytes() {
    var numbers = InternetChecksum()
    numbers.add(0x0102 as UInt16)
    numbers.add(0x0304_0506 as UInt32)
    numbers.add(0x0708_090a_0b0c_0d0e as UInt64)
    let bytes = [UInt8](1...14)
    #expect(numbers == InternetChecksum(bytes.rawBytes))
  }

  /// Messages of an odd length once had a wrong checksum when the pseudo-header was added last.
  @Test(arguments: [0, 1, 2, 7, 8, 13])
  func pseudoHeadersStandBeforeTheMessage(count: Int) {
    let message = [UInt8](1...32).prefix(count)
    let (source, destination) = (IPv6Address.alice, IPv6Address.bob)
    let expected = plain(
      source.bytes + destination.bytes + [0, 0, 0, UInt8(count), 0, 0, 0, 58] + message)
    var first = InternetChecksum()
    first.addPseudoHeader(
      source: source, destination: destination, protocol: .icmpv6, length: count)
    first.add(Array(message).rawBytes)
    #expect(first.value == expected)
    var last = InternetChecksum(Array(message).rawBytes)
    last.addPseudoHeader(
      source: source, destination: destination, protocol: .icmpv6, length: count)
    #expect(last.value == expected)
    let old = plain([192, 0, 2, 1, 192, 0, 2, 2, 0, 17, 0, UInt8(count)] + message)
    var four = InternetChecksum(Array(message).rawBytes)
    four.addPseudoHeader(
      source: IPv4Address.alice, destination: IPv4Address.bob, protocol: .udp, length: count)
    #expect(four.value == old)
  }

  private func plain(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
      let low = index + 1 < bytes.count ? bytes[index + 1] : 0
      sum += UInt32(bytes[index]) << 8 | UInt32(low)
      if sum > 0xffff { sum -= 0xffff }
    }
    return ~UInt16(sum)
  }
}
