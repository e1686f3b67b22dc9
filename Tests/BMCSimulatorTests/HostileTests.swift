import BMCSimulator
import IPMI
import MonotonicTime
import Support
import Testing

/// Consoles that mean harm: nothing they send ends the simulator, or changes what is not theirs.
@Suite("Hostile consoles")
struct HostileTests {
  @Test("random datagrams and changed ones are survived", arguments: 1...4 as ClosedRange<UInt64>)
  func mutations(_ seed: UInt64) throws {
    let bench = try Bench { $0.slots = 8 }
    var random = SeededGenerator(seed: seed)
    let console = Console20(bench, suite: .suite3)
    var seeds = [
      PresencePing(tag: 1).datagram, console.openRequest,
      SessionPacket(
        message: GetChannelAuthenticationCapabilities(privilege: .unspecified).message().bytes
      ).datagram,
      RMCPPlusPacket.unprotected(.ipmi, payload: GetChannelCipherSuites(index: 0).message().bytes),
    ]
    _ = try console.open()
    let first = console.firstMessage()
    seeds.append(first.datagram())
    seeds.append(console.thirdMessage(try console.exchange(after: console.prove(first))).datagram)
    for index in 0..<4_000 {
      var datagram = seeds[index % seeds.count]
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let offset = Int.random(in: 0..<datagram.count, using: &random)
        datagram[offset] = UInt8.random(in: .min ... .max, using: &random)
      }
      if Bool.random(using: &random) {
        datagram.removeLast(Int.random(in: 0..<datagram.count, using: &random))
      }
      bench.exchange(datagram, from: Bench.peer(UInt16.random(in: 1...50, using: &random)))
      if index % 20 == 0 { bench.wait(.seconds(1)) }
    }
    // Half-open sessions may fill the slots; when they are over, whoever has a password gets in.
    bench.wait(.seconds(61))
    #expect(try Console20(bench, port: 60000).logIn().call(GetChassisStatus()).isPowerOn)
  }

  @Test("an administrator's command may have any data")
  func commands() throws {
    let bench = try Bench()
    var random = SeededGenerator(seed: 5)
    var console = try Console20(bench, suite: .suite0).logIn()
    try console.raiseToAdministrator()
    for index in 0..<10_000 {
      let function = NetworkFunction(
        rawValue: [0x00, 0x04, 0x06, 0x0a, 0x0c, 0x2c].randomElement(using: &random) ?? 0)
      let command = UInt8.random(in: 0...0x60, using: &random)
      // Sessions are begun and ended below; a key, or users who are gone, would end the test.
      if function == .application, [0x3c, 0x02, 0x03, 0x3b, 0x56, 0x40].contains(command) {
        continue
      }
      if function == .application, (0x43...0x47).contains(command) { continue }
      var data = (0..<Int.random(in: 0...24, using: &random)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      if function == .groupExtension { data.insert(0xdc, at: 0) }
      if Bool.random(using: &random), !data.isEmpty { data[0] = UInt8(index % 8) }
      let message = IPMIMessage(
        networkFunction: function, sequenceNumber: 1, command: command, data: data)
      let response = try console.call(message)
      #expect(response.command == command)
      if index % 1000 == 999 {
        bench.wait(.seconds(70))
        console = try Console20(bench, suite: .suite0).logIn()
        try console.raiseToAdministrator()
      }
    }
  }
}
