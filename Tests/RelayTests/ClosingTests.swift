import EventLoop
import Glibc
import Machines
import MonotonicTime
import Relay
import SocketSupport
import Sockets
import Testing

/// Who closes first, and how: each as it is without a relay in between.
@Suite struct `Ends of relayed connections` {
  private let question = [UInt8](repeating: 1, count: 1000)
  private let answer = [UInt8](repeating: 2, count: 700_000)

  @Test(arguments: PumpCase.all)
  func `a client ends its question, and a late answer arrives whole`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      try await relayed.client.send(question)
      relayed.client.endWriting()
      #expect(try await relayed.server.receive().bytes == question)
      try await loop.sleep(for: .milliseconds(30))
      #expect(!relayed.hasEnded)
      let sent = loop.begin { try await relayed.server.send(answer) }
      #expect(try await relayed.client.receive(answer.count).bytes == answer)
      _ = try await sent.value
      relayed.server.close()
      #expect(try await relayed.client.receive() == ([], 0))
      let report = try await relayed.report
      #expect(report.ending == .completed)
      #expect(report.statistics.nearByteCount == 1000)
      #expect(report.statistics.farByteCount == 700_000)
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.all)
  func `a server ends first, and hears what the client still says`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      try await relayed.server.send(question)
      relayed.server.endWriting()
      #expect(try await relayed.client.receive().bytes == question)
      try await loop.sleep(for: .milliseconds(30))
      let sent = loop.begin { try await relayed.client.send(answer) }
      #expect(try await relayed.server.receive(answer.count).bytes == answer)
      _ = try await sent.value
      relayed.client.close()
      #expect(try await relayed.server.receive() == ([], 0))
      #expect(try await relayed.report.ending == .completed)
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.tcp)
  func `a client that resets is told to the server, after its bytes`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      try await relayed.client.send(question)
      #expect(try await relayed.server.receive(question.count).bytes == question)
      relayed.client.reset()
      #expect(try await relayed.server.receive() == ([], ECONNRESET))
      #expect(try await relayed.report.ending == .lost(.near, errno: ECONNRESET))
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.tcp)
  func `a server that answers and resets is told to the client, after the answer`(
    _ test: PumpCase
  ) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      let received = loop.begin { try await relayed.client.receive() }
      try await relayed.server.send(answer)
      // The relay takes the last bytes before the reset: later they may be lost on any path.
      while relayed.pump.statistics.farByteCount < UInt64(answer.count) {
        try await loop.sleep(for: .milliseconds(1))
      }
      relayed.server.reset()
      let (bytes, errno) = try await received.value
      #expect(bytes == answer)
      #expect(errno == ECONNRESET)
      #expect(try await relayed.report.ending == .lost(.far, errno: ECONNRESET))
      relayed.close()
    }
  }

  /// The client has gone, and the server writes to it: without a relay it gets a reset for that.
  @Test(arguments: PumpCase.tcp)
  func `a client that closed for good resets a server that talks on`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      try await relayed.client.send(question)
      relayed.client.close()
      #expect(try await relayed.server.receive().bytes == question)
      var errno: Int32 = 0
      for _ in 0..<2000 where errno == 0 {
        errno = try await relayed.server.send(question)
        try await loop.sleep(for: .milliseconds(1))
      }
      #expect(errno == ECONNRESET || errno == EPIPE)
      let ending = try await relayed.report.ending
      #expect(ending == .lost(.near, errno: ECONNRESET) || ending == .lost(.near, errno: EPIPE))
      relayed.close()
    }
  }

  /// A server that refuses a long question: it answers, and closes with the question unread.
  @Test(arguments: PumpCase.tcp)
  func `an answer to a question that is not read arrives`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      let early = [UInt8](repeating: 3, count: 100)
      try await relayed.client.send(question)
      #expect(try await relayed.server.receive(10).bytes.count == 10)
      try await relayed.server.send(early)
      relayed.server.close()
      #expect(try await relayed.client.receive(early.count).bytes == early)
      _ = try await relayed.report
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.tcp)
  func `a reset is heard while nobody reads`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      let flood = loop.begin {
        try await relayed.client.send([UInt8](repeating: 4, count: 64 << 20))
      }
      // The server reads nothing: all buffers on the way fill up.
      var before: UInt64 = 1
      while before != relayed.pump.statistics.nearByteCount {
        before = relayed.pump.statistics.nearByteCount
        try await loop.sleep(for: .milliseconds(20))
      }
      relayed.server.reset()
      _ = try await flood.value
      #expect(try await relayed.report.ending == .lost(.far, errno: ECONNRESET))
      #expect(relayed.engine.busyPipeCount == 0)
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.all)
  func `ends that close both, and ends that are ignored`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let both = try await RelayedConnection(test, on: loop) { $0.policy.nearEnd = .close }
      both.client.endWriting()
      #expect(try await both.report.ending == .completed)
      #expect(try await both.server.receive() == ([], 0))
      #expect(try await both.client.receive() == ([], 0))
      both.close()

      let lazy = try await RelayedConnection(test, on: loop) { $0.policy.nearEnd = .ignore }
      lazy.client.endWriting()
      try await loop.sleep(for: .milliseconds(10))
      try await lazy.server.send(question)
      #expect(try await lazy.client.receive(question.count).bytes == question)
      #expect(!lazy.hasEnded)
      lazy.server.close()
      #expect(try await lazy.report.ending == .completed)
      lazy.close()
    }
  }

  @Test(arguments: PumpCase.unix)
  func `idleness ends it, and bytes put that off`(_ test: PumpCase) throws {
    let loop = try EventLoop(clock: .virtual)
    try loop.run {
      let relayed = try await RelayedConnection(test, on: loop) {
        $0.policy.idleTimeout = .seconds(100)
      }
      for round in 1...8 {
        try await loop.sleep(for: .seconds(99))
        try await relayed.server.send([1])
        #expect(try await relayed.client.receive(1).bytes == [1], "round \(round)")
      }
      #expect(!relayed.hasEnded)
      let last = loop.now
      #expect(try await relayed.report.ending == .idle)
      #expect(loop.now - last == .seconds(100))
      relayed.close()
    }
  }

  @Test(arguments: PumpCase.all)
  func `stopping closes both`(_ test: PumpCase) throws {
    let loop = try EventLoop()
    try loop.test {
      let relayed = try await RelayedConnection(test, on: loop)
      try await relayed.client.send(question)
      #expect(try await relayed.server.receive(question.count).bytes == question)
      relayed.pump.stop()
      #expect(try await relayed.report.ending == .stopped)
      #expect(try await relayed.client.receive() == ([], 0))
      #expect(try await relayed.server.receive() == ([], 0))
      relayed.close()
    }
  }
}
