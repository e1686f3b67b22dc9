import EventLoop
import Glibc
import Machines
import Relay
import SocketSupport
import Sockets
import Support
import Testing

@Suite struct `One-way transfers` {
  private final class Transfer {
    let sender: StreamPeer
    let receiver: StreamPeer
    let transfer: OneWayTransfer
    private let ended: Completion<OneWayTransfer.Ending>

    init(_ test: PumpCase, on loop: EventLoop, inserting: [UInt8] = [], limit: RateLimit? = nil)
      async throws
    {
      let near = try await connection(at: test.address, on: loop)
      let far = try await connection(at: test.address, on: loop)
      sender = StreamPeer(near.client, on: loop)
      receiver = StreamPeer(far.server, on: loop)
      let ended = Completion<OneWayTransfer.Ending>(on: loop)
      self.ended = ended
      var options = PumpOptions()
      options.mode = test.mode
      options.nearLimit = limit
      transfer = OneWayTransfer(
        from: near.server, to: far.client, options, on: RelayEngine(on: loop)
      ) { ended.fulfil($0) }
      transfer.insert(inserting)
      try transfer.start()
    }

    var hasEnded: Bool { ended.isFulfilled }

    var ending: OneWayTransfer.Ending {
      get async throws { try await ended.value }
    }

    func close() {
      sender.close()
      receiver.close()
    }
  }

  @Test(arguments: PumpCase.all)
  func `all that is said arrives, behind what was inserted`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let pattern = Pattern(seed: 11)
      let transfer = try await Transfer(test, on: loop, inserting: [1, 2, 3])
      let sent = loop.begin { try await transfer.sender.send(pattern, 5_000_000, seed: 3) }
      #expect(try await transfer.receiver.receive(3).bytes == [1, 2, 3])
      #expect(try await transfer.receiver.receive(pattern) == 5_000_000)
      _ = try await sent.value
      #expect(try await transfer.ending == .delivered)
      #expect(transfer.transfer.byteCount == 5_000_000)
      transfer.close()
    }
  }

  /// An echo server: it answers all that it gets, and nobody takes its answers.
  @Test(arguments: PumpCase.all)
  func `a sink that answers is not held up, and does not reset`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let pattern = Pattern(seed: 12)
      let transfer = try await Transfer(test, on: loop)
      let sent = loop.begin { try await transfer.sender.send(pattern, 20_000_000, seed: 4) }
      var received = 0
      while true {
        let piece = try await transfer.receiver.receive(65536)
        guard !piece.bytes.isEmpty else {
          #expect(piece.errno == 0)
          break
        }
        received += piece.bytes.count
        #expect(try await transfer.receiver.send(piece.bytes) == 0)
      }
      #expect(received == 20_000_000)
      _ = try await sent.value
      #expect(try await transfer.ending == .delivered)
      transfer.close()
    }
  }

  @Test(arguments: PumpCase.tcp)
  func `it is not over before all is acknowledged`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let transfer = try await Transfer(test, on: loop)
      // More than all buffers on the way hold: what the receiver does not read stays here.
      let sent = loop.begin {
        try await transfer.sender.send([UInt8](repeating: 5, count: 12 << 20))
        transfer.sender.endWriting()
      }
      try await loop.sleep(for: .milliseconds(200))
      #expect(!transfer.hasEnded)
      #expect(try await transfer.receiver.receive().bytes.count == 12 << 20)
      _ = try await sent.value
      #expect(try await transfer.ending == .delivered)
      transfer.close()
    }
  }

  @Test(arguments: PumpCase.tcp)
  func `a sink that resets is noticed while nothing is said`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let transfer = try await Transfer(test, on: loop)
      try await transfer.sender.send([1])
      #expect(try await transfer.receiver.receive(1).bytes == [1])
      transfer.receiver.reset()
      #expect(try await transfer.ending == .sinkLost(ECONNRESET))
      #expect(try await transfer.sender.receive() == ([], ECONNRESET))
      transfer.close()
    }
  }

  @Test(arguments: PumpCase.tcp)
  func `a source that resets is told to the sink`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let transfer = try await Transfer(test, on: loop)
      try await transfer.sender.send([1])
      #expect(try await transfer.receiver.receive(1).bytes == [1])
      transfer.sender.reset()
      #expect(try await transfer.ending == .sourceLost(ECONNRESET))
      #expect(try await transfer.receiver.receive() == ([], ECONNRESET))
      transfer.close()
    }
  }

  @Test func `a pipe that nobody reads any more ends it, and the sender learns of it`() throws {
    let loop = try EventLoop()
    try loop.test {
      let near = try await connection(at: loopback(.v4), on: loop)
      let sender = StreamPeer(near.client, on: loop)
      var ends: [Int32] = [-1, -1]
      #expect(pipe(&ends) == 0)
      let sink = try DescriptorStream(owning: OwnedDescriptor(owning: ends[1]))
      let ended = Completion<OneWayTransfer.Ending>(on: loop)
      let transfer = OneWayTransfer(from: near.server, to: sink, on: RelayEngine(on: loop)) {
        ended.fulfil($0)
      }
      try transfer.start()
      Glibc.close(ends[0])
      try await sender.send([UInt8](repeating: 1, count: 1000))
      #expect(try await ended.value == .withoutReader)
      #expect(try await sender.receive().errno == 0)
      sender.close()
    }
  }

  @Test(arguments: PumpCase.unix)
  func `a limit holds within 2 percent over ten seconds`(_ test: PumpCase) throws {
    let loop = try EventLoop(clock: .virtual)
    try loop.run {
      let limit = RateLimit(bytesPerSecond: 102_400, on: loop)
      let transfer = try await Transfer(test, on: loop, limit: limit)
      var received = 0
      loop.spawn {
        _ = try? await transfer.sender.send([UInt8](repeating: 1, count: 4_000_000))
      }
      loop.spawn { _ = try? await transfer.receiver.drain { received += $0.count } }
      try await loop.sleep(for: .seconds(10))
      #expect(abs(received - 1_024_000) <= 20_480, "\(received)")
      transfer.transfer.stop()
      #expect(try await transfer.ending == .stopped)
      try await loop.sleep(for: .milliseconds(1))
      transfer.close()
    }
  }
}
