import EventLoop
import Glibc
import LinkLayer
import SocketSupport
@testable import Sockets
import Support
import Testing

@Suite struct Listeners {
  @Test func `a storm of connections is accepted whole`() throws {
    let loop = try EventLoop()
    try loop.run {
      let listener = try StreamListener(at: loopback(.v4))
      var accepted: [StreamSocket] = []
      let all = Completion<Void>(on: loop)
      try listener.start(on: loop) { socket, _ in
        accepted.append(socket)
        if accepted.count == 300 { all.fulfil(()) }
      }
      var clients: [StreamConnector] = []
      for _ in 0..<300 {
        clients.append(StreamConnector(to: listener.address, on: loop) { _ in })
      }
      try await all.value
      #expect(Set(accepted.map(\.descriptor)).count == 300)
      for socket in accepted { socket.close() }
    }
  }

  @Test func `a paused listener leaves connections in the queue`() throws {
    let loop = try EventLoop()
    try loop.run {
      let listener = try StreamListener(at: loopback(.v6))
      let first = Completion<StreamSocket>(on: loop)
      try listener.start(on: loop) { socket, _ in first.fulfil(socket) }
      listener.pause()
      let client = try await StreamSocket.connect(to: listener.address, on: loop)
      try await loop.sleep(for: .milliseconds(5))
      #expect(!first.isFulfilled)
      listener.resume()
      try await first.value.close()
      client.close()
    }
  }

  @Test func `a handler may close its listener`() throws {
    let loop = try EventLoop()
    try loop.run {
      let listener = try StreamListener(at: loopback(.v4))
      var count = 0
      try listener.start(on: loop) { _, _ in
        count += 1
        listener.close()
      }
      let clients = (0..<3).map { _ in
        StreamConnector(to: listener.address, on: loop) { _ in }
      }
      while count == 0 { try await loop.sleep(for: .milliseconds(1)) }
      try await loop.sleep(for: .milliseconds(5))
      #expect(count == 1)
      for client in clients { client.cancel() }
    }
  }

  @Test func `two share a port when both say so`() throws {
    var options = ListenerOptions()
    options.sharesPort = true
    let first = try StreamListener(at: loopback(.v4), options)
    let second = try StreamListener(at: first.address, options)
    #expect(first.address == second.address)
    #expect(throws: SystemError(errno: EADDRINUSE, operation: "bind")) {
      _ = try StreamListener(at: first.address)
    }
  }

  @Test func `a listener that was handed over accepts what waited`() throws {
    let loop = try EventLoop()
    try loop.run {
      let before = try StreamListener(at: loopback(.v4))
      let client = try await StreamSocket.connect(to: before.address, on: loop)
      let (near, far) = try StreamSocket.pair()
      _ = try near.send([0], passing: [before.descriptor])
      before.close()
      let passed = try far.receivePassing().descriptors
      let after = try StreamListener(owning: try required(passed.take(0)))
      let accepted = Completion<SocketAddress>(on: loop)
      try after.start(on: loop) { _, address in accepted.fulfil(address) }
      #expect(try await accepted.value == client.localAddress)
    }
  }

  @Test func `what does not listen is no listener`() throws {
    let (one, _) = try StreamSocket.pair()
    #expect(throws: SystemError(errno: EINVAL, operation: "accept")) {
      _ = try StreamListener(owning: try required(one.release()))
    }
  }
}

@Suite struct `UNIX paths` {
  @Test func `a path is removed with its listener`() throws {
    try withTemporaryDirectory { directory in
      let address = SocketAddress.unix(path: "\(directory)/socket")
      var options = ListenerOptions()
      options.permissions = 0o600
      let listener = try StreamListener(at: address, options)
      var status = stat()
      #expect(stat("\(directory)/socket", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
      listener.close()
      #expect(access("\(directory)/socket", F_OK) == -1)
    }
  }

  @Test func `a stale path is taken over, a living one is not`() throws {
    try withTemporaryDirectory { directory in
      let address = SocketAddress.unix(path: "\(directory)/socket")
      let dead = try StreamListener(at: address)
      let living = try required(dead.release())
      #expect(throws: SystemError(errno: EADDRINUSE, operation: "bind")) {
        _ = try StreamListener(at: address)
      }
      close(living.release())
      let heir = try StreamListener(at: address)
      #expect(heir.address == address)
    }
  }

  @Test func `a file that is no socket is left alone`() throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/precious", [1])
      #expect(throws: SystemError(errno: EADDRINUSE, operation: "bind")) {
        _ = try StreamListener(at: .unix(path: "\(directory)/precious"))
      }
      #expect(try readFile("\(directory)/precious") == [1])
    }
  }

  @Test func `the path of a successor is not removed`() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/socket"
      let first = try StreamListener(at: .unix(path: path))
      unlink(path)
      let second = try StreamListener(at: .unix(path: path))
      first.close()
      #expect(access(path, F_OK) == 0)
      second.close()
      #expect(access(path, F_OK) == -1)
    }
  }
}

@Suite struct `Socket activation` {
  @Test func `listeners come in order with their names`() throws {
    let listeners = try [loopback(.v4), loopback(.v6)].map { try StreamListener(at: $0) }
    // Numbers that nothing else takes meanwhile.
    let first: Int32 = 900
    for (index, listener) in listeners.enumerated() {
      #expect(dup2(listener.descriptor, first + Int32(index)) >= 0)
    }
    let variables = SocketActivation.Variables(process: "77", count: "2", names: "web")
    let taken = try SocketActivation.listeners(
      variables, ofProcess: 77, firstDescriptor: first)
    #expect(taken.map(\.name) == ["web", "unknown"])
    #expect(taken.map(\.listener.address) == listeners.map(\.address))
  }

  @Test(arguments: [
    ("1", "2"), ("77", "-1"), ("77", "x"), ("77", "99999999999"), ("77", "2000000"),
  ])
  func `what is meant for others or malformed is none`(_ process: String, _ count: String) throws {
    let variables = SocketActivation.Variables(process: process, count: count)
    #expect(
      try SocketActivation.listeners(variables, ofProcess: 77, firstDescriptor: 900).isEmpty)
  }
}

/// A process of its own each: the limit is the process's.
@Suite struct `Descriptors that run out` {
  @Test func `connections wait in the queue, and nothing spins`() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let loop = try EventLoop()
      let status = try loop.run { () async throws -> Int32 in
        let listener = try StreamListener(at: loopback(.v4))
        let clients = try await connect(20, to: listener.address, on: loop)
        var held: [StreamSocket] = []
        try listener.start(on: loop) { socket, _ in held.append(socket) }
        // Nothing is left at all.
        let lowest = dup(0)
        close(lowest)
        var limit = rlimit(rlim_cur: rlim_t(lowest + 4), rlim_max: rlim_t(lowest + 4))
        setrlimit(__rlimit_resource_t(7), &limit)
        try await loop.sleep(for: .milliseconds(50))
        guard listener.isExhausted, held.count <= 4 else { return 1 }
        // It tried again every 100 ms, not all the time.
        guard listener.exhaustions < 10 else { return 2 }
        var served = 0
        while served < 20 {
          for socket in held { socket.close() }
          served += held.count
          held = []
          listener.descriptorsWereFreed()
          try await loop.sleep(for: .milliseconds(2))
        }
        _ = clients
        return served == 20 ? 7 : 3
      }
      exit(status)
    }
  }
}

private func connect(
  _ count: Int, to address: SocketAddress, on loop: EventLoop
) async throws -> [StreamSocket] {
  var sockets: [StreamSocket] = []
  for _ in 0..<count { sockets.append(try await StreamSocket.connect(to: address, on: loop)) }
  return sockets
}
