import IPMI
import Support
import Testing

/// What holds for every command that the library knows.
@Suite("Every command") struct CommandRoundTripTests {
  @Test("is found by its network function and number")
  func isFound() {
    for type in IPMICommands.all {
      let identity = type.identity
      let data = identity.definingBody.map { [$0] } ?? []
      for function in [identity.networkFunction, identity.networkFunction.response] {
        let found = IPMICommands.command(function, identity.command, data: data.messageBytes)
        #expect(found == type, "\(identity.name)")
      }
      #expect(!identity.networkFunction.isResponse, "\(identity.name)")
      #expect(!identity.name.isEmpty)
    }
  }

  /// What is asked again when an answer was lost.
  @Test("changes nothing when it only reads")
  func onlyReads() {
    let reading = Set(IPMICommands.all.filter { $0.identity.onlyReads }.map { $0.identity.name })
    #expect(reading.isSuperset(of: ["Get Device ID", "Get SEL Entry", "Read FRU Data", "Get SDR"]))
    for name in [
      "Chassis Control", "Get Message", "Get Session Challenge", "Add SEL Entry", "Clear SEL",
      "Reserve SEL", "Cold Reset", "Reset Watchdog Timer", "Write FRU Data", "Send Message",
    ] {
      #expect(IPMICommands.all.contains { $0.identity.name == name })
      #expect(!reading.contains(name))
    }
  }

  @Test("reads what it writes", arguments: [UInt64(1), 2, 3])
  func readsWhatItWrites(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for type in IPMICommands.all {
      check(type, &generator)
    }
  }

  private func check<Request: IPMIRequest>(
    _ type: Request.Type, _ generator: inout SeededGenerator
  ) {
    var requests = 0
    var responses = 0
    // The letters that Clear SEL wants, no generator hits upon.
    let samples = [ClearSEL(reservation: 0x1234, erases: true).data]
    for round in 0..<400 {
      let bytes = round < samples.count ? samples[round] : randomData(for: type, &generator)
      if let request = try? Request(parsing: bytes.messageBytes) {
        requests += 1
        #expect(
          (try? Request(parsing: request.data.messageBytes)) == request, "\(type) \(bytes)")
      }
      if let response = try? Request.Response(parsing: bytes.messageBytes) {
        responses += 1
        #expect(
          (try? Request.Response(parsing: response.data.messageBytes)) == response,
          "\(type).Response \(bytes)")
      }
    }
    #expect(requests > 0 && responses > 0, "\(type) was never read")
  }

  /// Up to 80 bytes; often small numbers, which choose among forms; the defining body first where
  /// there is one.
  private func randomData<Request: IPMIRequest>(
    for type: Request.Type, _ generator: inout SeededGenerator
  ) -> [UInt8] {
    let isSmall = Bool.random(using: &generator)
    var bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
      UInt8.random(in: 0...(isSmall ? 8 : 255), using: &generator)
    }
    if let body = type.identity.definingBody, !bytes.isEmpty { bytes[0] = body }
    return bytes
  }

  @Test("refuses or reads, but never traps, whatever is cut off")
  func readsAnyPrefix() {
    var generator = SeededGenerator(seed: 7)
    for type in IPMICommands.all {
      for _ in 0..<20 {
        let bytes = randomData(for: type, &generator)
        for count in 0...bytes.count {
          describe(type, Array(bytes.prefix(count)))
        }
      }
    }
  }

  private func describe<Request: IPMIRequest>(_ type: Request.Type, _ bytes: [UInt8]) {
    let identity = type.identity
    let request = IPMICommands.describe(
      networkFunction: identity.networkFunction, command: identity.command,
      data: bytes.messageBytes)
    let response = IPMICommands.describe(
      networkFunction: identity.networkFunction.response, command: identity.command,
      data: ([0] + bytes).messageBytes)
    let isNameable = identity.definingBody == nil || !bytes.isEmpty
    #expect((request?.identity == identity) == isNameable, "\(type) \(bytes)")
    #expect((response?.identity == identity) == isNameable, "\(type) \(bytes)")
  }

  @Test("has words for its own completion codes, and for no others")
  func namesItsOwnCodes() {
    for type in IPMICommands.all {
      for code in UInt8.min ... .max where !(0x80...0xbe).contains(code) {
        #expect(type.meaning(of: CompletionCode(rawValue: code)) == nil, "\(type)")
      }
    }
    #expect(ActivateSession.meaning(of: CompletionCode(rawValue: 0x81)) != nil)
  }
}
