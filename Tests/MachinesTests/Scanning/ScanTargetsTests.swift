import LinkLayer
import Machines
import Support
import Testing

@Suite struct ScanTargetsTests {
  private func range(_ first: UInt32, _ last: UInt32) throws -> AddressRange {
    try #require(
      AddressRange(
        from: .v4(IPv4Address(rawValue: first)), through: .v4(IPv4Address(rawValue: last))))
  }

  @Test func namesEachAddressOnceInRisingOrder() throws {
    let targets = try ScanTargets([
      try range(20, 25), try range(10, 12), try range(22, 30),
      AddressRange(.v4(.init(rawValue: 11))),
    ])
    let numbers = (0..<targets.count).map { index -> UInt32 in
      guard case .v4(let address) = targets[index] else { return 0 }
      return address.rawValue
    }
    #expect(numbers == [10, 11, 12] + Array(20...30))
  }

  /// Against a set, for ranges of every overlap.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func agreesWithASet(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var ranges: [AddressRange] = []
    var expected: Set<UInt32> = []
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let first = UInt32.random(in: 0...200, using: &random)
      let last = first + UInt32.random(in: 0...30, using: &random)
      ranges.append(try range(first, last))
      expected.formUnion(first...last)
    }
    let targets = try ScanTargets(ranges)
    #expect(targets.count == expected.count)
    for (index, number) in expected.sorted().enumerated() {
      let address = IPAddress.v4(IPv4Address(rawValue: number))
      #expect(targets[index] == address)
      #expect(targets.index(of: address) == index)
    }
    for number in 0...240 as ClosedRange<UInt32> where !expected.contains(number) {
      #expect(targets.index(of: .v4(IPv4Address(rawValue: number))) == nil)
    }
  }

  @Test func holdsBothVersionsAndTheirEnds() throws {
    let all6 = try #require(IPv6Address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
    let last6 = try #require(
      AddressRange(from: .v6(IPv6Address(high: .max, low: .max - 1)), through: .v6(all6)))
    let targets = try ScanTargets([
      last6, try range(.max - 1, .max), AddressRange(.v4(.unspecified)), last6,
    ])
    #expect(targets.count == 5 && targets.haveIPv6)
    #expect(targets[0] == .v4(.unspecified) && targets[2] == .v4(.broadcast))
    #expect(targets[4] == .v6(all6) && targets.index(of: .v6(all6)) == 4)
    #expect(targets.index(of: .v6(.unspecified)) == nil)
  }

  @Test func takesAWholeClassAAndNotMore() throws {
    let network = try #require(IPPrefix("10.0.0.0/8"))
    let targets = try ScanTargets([AddressRange(network), AddressRange(network)])
    #expect(targets.count == ScanTargets.limit)
    #expect(targets[ScanTargets.limit - 1] == IPAddress("10.255.255.255"))
    #expect(throws: ScanTargets.Failure.tooMany) {
      try ScanTargets([AddressRange(network), AddressRange(.v4(.unspecified))])
    }
    let everything = try #require(IPPrefix("::/0"))
    #expect(throws: ScanTargets.Failure.tooMany) { try ScanTargets([AddressRange(everything)]) }
  }
}
