import LinkLayer
import Machines
import Testing

/// Who is client and who server, by what they say.
@Suite struct HostRolesTests {
  private func frame(
    _ from: String, _ to: String, protocol upper: UInt8, _ payload: [UInt8]
  ) throws -> [UInt8] {
    let source = try #require(IPv4Address(from))
    let destination = try #require(IPv4Address(to))
    let length = UInt8(20 + payload.count)
    return [2, 0, 0, 0, 0, destination.bytes[3], 2, 0, 0, 0, 0, source.bytes[3], 8, 0]
      + [0x45, 0, 0, length, 0, 0, 0, 0, 64, upper, 0, 0] + source.bytes + destination.bytes
      + payload
  }

  private func tcp(_ source: UInt16, _ destination: UInt16, flags: UInt8) -> [UInt8] {
    [
      UInt8(source >> 8), UInt8(source & 255), UInt8(destination >> 8), UInt8(destination & 255),
      0, 0, 0, 0, 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0,
    ]
  }

  @Test func learnsFromConnectionsEchoesAndPorts() throws {
    var roles = HostRoles()
    let frames = [
      try frame("10.0.0.1", "10.0.0.9", protocol: 6, tcp(40000, 50000, flags: 2)),
      try frame("10.0.0.8", "10.0.0.2", protocol: 6, tcp(5000, 40000, flags: 0x12)),
      try frame("10.0.0.3", "10.0.0.7", protocol: 1, [8, 0, 0, 0, 0, 0, 0, 0]),
      // The server's half of a conversation that had begun before.
      try frame("10.0.0.6", "10.0.0.4", protocol: 17, [0, 53, 0xc0, 0, 0, 8, 0, 0]),
      try frame("10.0.0.5", "239.1.1.1", protocol: 17, [0xc0, 0, 0xc0, 1, 0, 8, 0, 0]),
    ]
    for each in frames { roles.learn(each.rawBytes) }
    for host in 1...5 {
      let said = try frame("10.0.0.\(host)", "10.9.9.9", protocol: 6, tcp(1, 2, flags: 16))
      #expect(roles.role(of: said.rawBytes) == .client, "\(host)")
    }
    for host in 6...9 {
      let said = try frame("10.0.0.\(host)", "10.9.9.9", protocol: 6, tcp(1, 2, flags: 16))
      #expect(roles.role(of: said.rawBytes) == .server, "\(host)")
    }
    #expect(roles.counts.clients == 5 && roles.counts.servers == 4)
    // Who gave no sign stands against the other end, or where its station is.
    let answer = try frame("10.0.0.50", "10.0.0.1", protocol: 47, [])
    #expect(roles.role(of: answer.rawBytes) == .server)
    let question = try frame("10.0.0.51", "10.0.0.9", protocol: 47, [])
    #expect(roles.role(of: question.rawBytes) == .client)
    let bridge: [UInt8] = [1, 0x80, 0xc2, 0, 0, 0, 2, 0, 0, 0, 0, 9, 0x88, 0xcc, 0, 0]
    #expect(roles.role(of: bridge.rawBytes) == .server)
  }

  /// Every beginning of every frame, and every byte of it changed: nothing to be learnt, and no end.
  @Test func bearsFramesThatAreCutOrLie() throws {
    let whole = try frame("10.0.0.1", "10.0.0.9", protocol: 6, tcp(40000, 80, flags: 2))
    for count in 0...whole.count {
      for value in [0x00, 0x4f, 0xff] as [UInt8] {
        var bytes = Array(whole.prefix(count))
        if let place = bytes.indices.last(where: { $0 >= 12 }) { bytes[place] = value }
        var roles = HostRoles()
        roles.learn(bytes.rawBytes)
        let split = LinkSplit.clients(
          networks: [try #require(IPPrefix("10.0.0.0/29"))],
          stations: [MACAddress(2, 0, 0, 0, 0, 7)])
        #expect((0...1).contains(split.link(of: bytes.rawBytes)))
        #expect((0...1).contains(LinkSplit.learned(roles).link(of: bytes.rawBytes)))
      }
    }
  }

  @Test func splitsByNetworksAndStations() throws {
    let network = try #require(IPPrefix("10.0.0.0/29"))
    let split = LinkSplit.clients(networks: [network], stations: [MACAddress(2, 0, 0, 0, 0, 20)])
    for (host, link) in [(7, 0), (8, 1), (20, 0)] {
      let said = try frame("10.0.0.\(host)", "10.0.0.1", protocol: 17, [])
      #expect(split.link(of: said.rawBytes) == link)
      #expect(LinkSplit.none.link(of: said.rawBytes) == 0)
    }
  }
}
