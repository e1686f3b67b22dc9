import EventLoop
import Machines
import Relay
import SocketSupport
import Sockets
import Testing

@Suite struct `Limited rates` {
  /// Under the virtual clock time passes only when nobody has anything to do: so the rate is what the
  /// limit makes it, whatever the machine's own speed.
  private func measure(
    _ test: PumpCase, rate: Int, ownRate: Int? = nil, connections: Int, for seconds: Int
  ) throws -> [Int] {
    let loop = try EventLoop(clock: .virtual)
    var received = [Int](repeating: 0, count: connections)
    try loop.run {
      let engine = RelayEngine(on: loop)
      let limit = RateLimit(bytesPerSecond: rate, on: loop)
      var relays: [RelayedConnection] = []
      for index in 0..<connections {
        let relayed = try await RelayedConnection(
          test, on: loop,
          { options in
            options.nearSharedLimit = limit
            options.nearLimit = ownRate.map { RateLimit(bytesPerSecond: $0, on: loop) }
          }, engine: engine)
        relays.append(relayed)
        loop.spawn {
          _ = try? await relayed.client.send([UInt8](repeating: 1, count: 2 * rate * seconds))
        }
        loop.spawn {
          _ = try? await relayed.server.drain { received[index] += $0.count }
        }
      }
      try await loop.sleep(for: .seconds(seconds))
      for relayed in relays { relayed.pump.reset() }
      try await loop.sleep(for: .milliseconds(1))
      for relayed in relays { relayed.close() }
    }
    return received
  }

  @Test(arguments: PumpCase.unix)
  func `one connection holds its rate within 2 percent over ten seconds`(_ test: PumpCase) throws {
    let received = try measure(test, rate: 200_000, connections: 1, for: 10)[0]
    #expect(abs(received - 2_000_000) <= 40_000, "\(received) bytes")
  }

  @Test(arguments: PumpCase.unix)
  func `many share a rate, and none is left out`(_ test: PumpCase) throws {
    let received = try measure(test, rate: 400_000, connections: 5, for: 10)
    let total = received.reduce(0, +)
    #expect(abs(total - 4_000_000) <= 80_000, "\(received)")
    for each in received { #expect(abs(each - 800_000) <= 200_000, "\(received)") }
  }

  @Test(arguments: PumpCase.unix)
  func `each has its own rate, and all have one together`(_ test: PumpCase) throws {
    let few = try measure(test, rate: 400_000, ownRate: 100_000, connections: 2, for: 10)
    for each in few { #expect(abs(each - 1_000_000) <= 20_000, "\(few)") }
    let many = try measure(test, rate: 400_000, ownRate: 100_000, connections: 8, for: 10)
    #expect(abs(many.reduce(0, +) - 4_000_000) <= 80_000, "\(many)")
    for each in many { #expect(each <= 1_020_000 && each >= 250_000, "\(many)") }
  }
}
