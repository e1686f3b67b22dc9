import EventLoop
import Glibc
import Machines
import Relay
import SocketSupport
import Sockets
import Support
import Testing

@Suite struct `Bytes through a pump` {
  /// In all tests of this suite some 300 MiB.
  private static let byteCount = 24 << 20

  @Test(arguments: PumpCase.all)
  func `random bytes both ways at once arrive as they were sent`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      let count = test.address.domain == .internet(.v6) ? Self.byteCount / 4 : Self.byteCount / 2
      let (there, back) = (Pattern(seed: 1), Pattern(seed: 2))
      let sentThere = loop.begin { try await relayed.client.send(there, count, seed: 3) }
      let sentBack = loop.begin { try await relayed.server.send(back, count, seed: 4) }
      let received = loop.begin { try await relayed.server.receive(there) }
      #expect(try await relayed.client.receive(back) == count)
      #expect(try await received.value == count)
      try await sentThere.value
      try await sentBack.value
      let report = try await relayed.report
      #expect(report.ending == .completed)
      #expect(report.statistics.nearByteCount == count)
      #expect(report.statistics.farByteCount == count)
      switch test.mode {
      case .copy: #expect(report.statistics.splicedByteCount == 0)
      case .splice: #expect(report.statistics.splicedByteCount == 2 * count)
      case .adaptive: break
      }
      #expect(relayed.engine.busyPipeCount == 0)
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.internet4)
  func `a slow reader holds the sender back, and loses nothing`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      let pattern = Pattern(seed: 5)
      let count = 12 << 20
      let sent = loop.begin { try await relayed.client.send(pattern, count, seed: 6) }
      var received = 0
      var pieces = 0
      while received < count {
        let errno = try await relayed.server.drain(min(300_000, count - received)) { bytes in
          #expect(pattern.matches(bytes, at: received))
          received += bytes.count
        }
        guard errno == 0 else { break }
        pieces += 1
        // The relay never holds more than its one pipe, or its one buffer.
        let inside = Int(relayed.pump.statistics.nearByteCount) - received
        #expect(inside >= 0)
        if pieces % 4 == 0 { try await loop.sleep(for: .milliseconds(2)) }
      }
      #expect(received == count)
      try await sent.value
      relayed.close()
      _ = try await relayed.report
    }
  }

  @Test(arguments: PumpCase.internet4)
  func `single bytes take the way of copies, and a flood the pipe`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      for round in 0..<20 {
        try await relayed.client.send([UInt8(round)])
        #expect(try await relayed.server.receive(1).bytes == [UInt8(round)])
        try await relayed.server.send([UInt8(round), 1])
        #expect(try await relayed.client.receive(2).bytes == [UInt8(round), 1])
      }
      let spliced = relayed.pump.statistics.splicedByteCount
      #expect(test.mode == .splice ? spliced == 60 : spliced == 0)
      #expect(relayed.engine.busyPipeCount == 0)
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.all)
  func `inserted bytes come first`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let header = Array("header".utf8)
      let relayed = try await RelayedConnection(test, on: loop, inserting: header)
      #expect(try await relayed.server.receive(6).bytes == header)
      try await relayed.client.send([1, 2])
      #expect(try await relayed.server.receive(2).bytes == [1, 2])
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.all)
  func `an observer sees all bytes, in their order`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      var seen: [StreamRelay.Side: [UInt8]] = [:]
      let relayed = try await RelayedConnection(test, on: loop) {
        $0.observer = { side, bytes in
          bytes.withUnsafeBytes { seen[side, default: []] += $0 }
        }
      }
      let question = Array(Pattern(seed: 7).piece(at: 0, 400_000))
      let sent = loop.begin { try await relayed.client.send(question) }
      #expect(try await relayed.server.receive(question.count).bytes == question)
      _ = try await sent.value
      try await relayed.server.send([9])
      #expect(try await relayed.client.receive(1).bytes == [9])
      #expect(seen[.near] == question)
      #expect(seen[.far] == [9])
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.all)
  func `a byte limit ends its direction alone`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop) { $0.nearByteLimit = 100_000 }
      let flood = loop.begin {
        try await relayed.client.send([UInt8](repeating: 1, count: 300_000))
      }
      #expect(try await relayed.server.receive().bytes.count == 100_000)
      try await relayed.server.send([2])
      #expect(try await relayed.client.receive(1).bytes == [2])
      relayed.server.close()
      #expect(try await relayed.report.ending == .completed)
      _ = try await flood.value
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.modes)
  func `pipes and files are streams too`(_ mode: PumpOptions.Mode) throws {
    let loop = try EventLoop()
    try withTemporaryDirectory { directory in
      let pattern = Pattern(seed: 8)
      let content = Array(pattern.piece(at: 0, 900_000))
      try writeFile("\(directory)/in", content)
      let input = open("\(directory)/in", O_RDONLY | O_CLOEXEC)
      let output = open("\(directory)/out", O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0o600)
      let (far, end) = try StreamSocket.pair()
      try loop.test {
        let near = try DescriptorStream(
          reading: OwnedDescriptor(owning: input), writing: OwnedDescriptor(owning: output))
        let ended = Completion<PumpReport>(on: loop)
        var options = PumpOptions()
        options.mode = mode
        let pump = Pump(near, far, options, on: RelayEngine(on: loop)) { ended.fulfil($0) }
        try pump.start()
        let server = StreamPeer(end, on: loop)
        #expect(try await server.receive().bytes == content)
        try await server.send(content)
        server.close()
        #expect(try await ended.value.ending == .completed)
      }
      #expect(try readFile("\(directory)/out") == content)
    }
  }

  @Test func `where no pipe is to be had bytes are copied`() throws {
    let loop = try EventLoop()
    try loop.test {
      var options = RelayEngineOptions()
      options.pipeLimit = 0
      let test = PumpCase(mode: .splice, address: loopback(.v4))
      let relayed = try await RelayedConnection(
        test, on: loop, engine: RelayEngine(on: loop, options))
      let pattern = Pattern(seed: 9)
      let sent = loop.begin { try await relayed.client.send(pattern, 3 << 20, seed: 1) }
      #expect(try await relayed.server.receive(pattern) == 3 << 20)
      try await sent.value
      #expect(relayed.pump.statistics.splicedByteCount == 0)
      relayed.close()
    }
  }
}
