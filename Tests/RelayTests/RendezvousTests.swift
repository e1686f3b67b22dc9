import EventLoop
import Glibc
import Machines
import Relay
import SocketSupport
import Sockets
import Testing

@Suite struct `Rendezvous of users and agents` {
  /// A rendezvous on two free ports, and all that it told.
  private final class Place {
    let users: SocketAddress
    let agents: SocketAddress
    let rendezvous: Rendezvous
    let told: () -> [String]

    init(
      on loop: EventLoop, _ mode: PumpOptions.Mode = .copy,
      _ configure: (inout Rendezvous.Options) -> Void = { _ in }
    ) throws {
      var options = Rendezvous.Options()
      options.pump.mode = mode
      configure(&options)
      let (users, agents) = (
        try StreamListener(at: loopback(.v4)), try StreamListener(at: loopback(.v4))
      )
      (self.users, self.agents) = (users.address, agents.address)
      final class Record { var events: [String] = [] }
      let record = Record()
      rendezvous = Rendezvous(options, on: RelayEngine(on: loop)) { event in
        switch event {
        case .userWaits: record.events.append("user waits")
        case .userLeft: record.events.append("user left")
        case .agentWaits: record.events.append("agent waits")
        case .agentLeft: record.events.append("agent left")
        case .joined: record.events.append("joined")
        case .ended(_, _, let report): record.events.append("ended \(report.ending)")
        }
      }
      told = { record.events }
      try rendezvous.listen(forUsersAt: users)
      try rendezvous.listen(forAgentsAt: agents)
    }

    func user(on loop: EventLoop) async throws -> StreamPeer {
      StreamPeer(try await StreamSocket.connect(to: users, on: loop), on: loop)
    }

    func agent(on loop: EventLoop) async throws -> StreamPeer {
      StreamPeer(try await StreamSocket.connect(to: agents, on: loop), on: loop)
    }
  }

  @Test(arguments: PumpCase.modes)
  func `a user waits for an agent, and what it said meanwhile arrives`(
    _ mode: PumpOptions.Mode
  ) throws {
    let loop = try EventLoop()
    try loop.test {
      let place = try Place(on: loop, mode)
      let user = try await place.user(on: loop)
      try await user.send(Array("question".utf8))
      user.endWriting()
      while place.told().isEmpty { try await loop.sleep(for: .milliseconds(1)) }
      let agent = try await place.agent(on: loop)
      #expect(try await agent.receive().bytes == Array("question".utf8))
      try await agent.send(Array("answer".utf8))
      agent.close()
      #expect(try await user.receive() == (Array("answer".utf8), 0))
      while place.told().count < 3 { try await loop.sleep(for: .milliseconds(1)) }
      #expect(place.told() == ["user waits", "joined", "ended completed"])
      user.close()
      place.rendezvous.stop()
    }
  }

  @Test func `an agent gets one user, and the agent that waited longest the first`() throws {
    let loop = try EventLoop()
    try loop.test {
      let place = try Place(on: loop)
      var agents: [StreamPeer] = []
      for count in 1...3 {
        agents.append(try await place.agent(on: loop))
        while place.rendezvous.waitingAgentCount < count {
          try await loop.sleep(for: .milliseconds(1))
        }
      }
      for index in 0..<3 {
        let user = try await place.user(on: loop)
        try await user.send([UInt8(index)])
        #expect(try await agents[index].receive(1).bytes == [UInt8(index)])
        user.close()
        #expect(try await agents[index].receive() == ([], 0))
        agents[index].close()
      }
      place.rendezvous.stop()
    }
  }

  @Test func `an agent is told whose connection it gets`() throws {
    let loop = try EventLoop()
    try loop.test {
      let place = try Place(on: loop) { $0.hello = .v1 }
      let user = try await place.user(on: loop)
      let agent = try await place.agent(on: loop)
      let (from, to) = (try user.socket.localAddress, place.users)
      let line = ProxyHeader(ProxyHeader.Ends(from: from, to: to)).bytes(.v1)
      #expect(String(decoding: line, as: UTF8.self).hasPrefix("PROXY TCP4 127.0.0.1 127.0.0.1 "))
      #expect(try await agent.receive(line.count).bytes == line)
      user.close()
      agent.close()
      place.rendezvous.stop()
    }
  }

  @Test func `an agent that goes is forgotten`() throws {
    let loop = try EventLoop()
    try loop.test {
      let place = try Place(on: loop)
      for ends in [{ (peer: StreamPeer) in peer.close() }, { $0.reset() }] {
        let agent = try await place.agent(on: loop)
        while place.rendezvous.waitingAgentCount == 0 {
          try await loop.sleep(for: .milliseconds(1))
        }
        ends(agent)
        while place.rendezvous.waitingAgentCount == 1 {
          try await loop.sleep(for: .milliseconds(1))
        }
      }
      #expect(place.told() == ["agent waits", "agent left", "agent waits", "agent left"])
      place.rendezvous.stop()
    }
  }

  @Test func `a user loses patience, and is reset`() throws {
    let loop = try EventLoop()
    try loop.test {
      let place = try Place(on: loop) { $0.patience = .milliseconds(50) }
      let user = try await place.user(on: loop)
      #expect(try await user.receive() == ([], ECONNRESET))
      #expect(place.told() == ["user waits", "user left"])
      user.close()
      place.rendezvous.stop()
    }
  }

  @Test func `who is too many waits in the kernel`() throws {
    let loop = try EventLoop()
    try loop.test {
      let place = try Place(on: loop) { $0.waitingLimit = 2 }
      var users: [StreamPeer] = []
      for _ in 0..<4 { users.append(try await place.user(on: loop)) }
      try await loop.sleep(for: .milliseconds(50))
      #expect(place.rendezvous.waitingUserCount == 2)
      for user in users {
        let agent = try await place.agent(on: loop)
        try await agent.send([9])
        #expect(try await user.receive(1).bytes == [9])
        agent.close()
        user.close()
      }
      place.rendezvous.stop()
    }
  }

  // MARK: Agents

  /// A service that answers each connection with what it says, in capital letters as it were.
  private func service(on loop: EventLoop, greeting: [UInt8]) throws -> StreamListener {
    let listener = try StreamListener(at: loopback(.v4))
    try listener.start(on: loop) { socket, _ in
      let peer = StreamPeer(socket, on: loop)
      loop.spawn {
        _ = try? await peer.send(greeting)
        if let said = try? await peer.receive().bytes { _ = try? await peer.send(said.reversed()) }
        peer.close()
      }
    }
    return listener
  }

  @Test(arguments: PumpCase.modes, [true, false])
  func `agents serve one user after another, and all at once`(
    _ mode: PumpOptions.Mode, _ tells: Bool
  ) throws {
    let loop = try EventLoop()
    try loop.test {
      let place = try Place(on: loop, mode) { $0.hello = tells ? .v1 : nil }
      let greeting = Array("hello".utf8)
      let service = try service(on: loop, greeting: greeting)
      var options = RendezvousAgent.Options()
      options.readsHello = tells
      options.pump.mode = mode
      options.firstPause = .milliseconds(10)
      var told: [SocketAddress] = []
      let agent = RendezvousAgent(
        from: { [place.agents] }, to: { [service.address] }, options, on: RelayEngine(on: loop)
      ) { event in
        if case .joined(let user?) = event { told.append(user) }
      }
      agent.start()
      var asked: [Beside<([UInt8], SocketAddress)>] = []
      for number in 0..<20 {
        asked.append(
          loop.begin {
            let user = try await place.user(on: loop)
            let address = try user.socket.localAddress
            try await user.send([UInt8(number), 100, 101])
            user.endWriting()
            let answer = try await user.receive().bytes
            user.close()
            return (answer, address)
          })
      }
      var users: Set<SocketAddress> = []
      for (number, answer) in asked.enumerated() {
        let (bytes, address) = try await answer.value
        #expect(bytes == greeting + [101, 100, UInt8(number)])
        users.insert(address)
      }
      if tells { #expect(Set(told) == users) }
      agent.stop()
      place.rendezvous.stop()
      service.close()
    }
  }

  @Test func `an agent goes on trying when the rendezvous is not there`() throws {
    let loop = try EventLoop()
    try loop.test {
      let reserved = try StreamListener(at: loopback(.v4))
      let address = reserved.address
      reserved.close()
      let service = try service(on: loop, greeting: [])
      var options = RendezvousAgent.Options()
      options.readsHello = true
      options.firstPause = .milliseconds(5)
      options.longestPause = .milliseconds(20)
      var failures = 0
      let agent = RendezvousAgent(
        from: { [address] }, to: { [service.address] }, options, on: RelayEngine(on: loop)
      ) { event in
        if case .unreachable(.rendezvous, let error) = event, error.cause.errno == ECONNREFUSED {
          failures += 1
        }
      }
      agent.start()
      while failures < 3 { try await loop.sleep(for: .milliseconds(1)) }
      let listener = try StreamListener(at: address)
      let arrived = Completion<StreamSocket>(on: loop)
      try listener.start(on: loop) { socket, _ in arrived.fulfil(socket) }
      let peer = StreamPeer(try await arrived.value, on: loop)
      try await peer.send(Array("PROXY TCP4 192.0.2.1 192.0.2.2 5 6\r\nabc".utf8))
      peer.endWriting()
      #expect(try await peer.receive().bytes == Array("cba".utf8))
      peer.close()
      agent.stop()
      listener.close()
      service.close()
    }
  }

  @Test func `a hello that is none ends the connection, and the next is made`() throws {
    let loop = try EventLoop()
    try loop.test {
      let listener = try StreamListener(at: loopback(.v4))
      let service = try service(on: loop, greeting: [])
      var sockets: [StreamPeer] = []
      try listener.start(on: loop) { socket, _ in sockets.append(StreamPeer(socket, on: loop)) }
      var options = RendezvousAgent.Options()
      options.readsHello = true
      options.firstPause = .milliseconds(5)
      var dismissals: [Refusal] = []
      let agent = RendezvousAgent(
        from: { [listener.address] }, to: { [service.address] }, options, on: RelayEngine(on: loop)
      ) { event in
        if case .dismissed(let refusal) = event { dismissals.append(refusal) }
      }
      agent.start()
      while sockets.isEmpty { try await loop.sleep(for: .milliseconds(1)) }
      try await sockets[0].send(Array("SSH-2.0-OpenSSH\r\n".utf8))
      #expect(try await sockets[0].receive().errno == ECONNRESET)
      while sockets.count < 2 { try await loop.sleep(for: .milliseconds(1)) }
      #expect(dismissals == [.header(.noSignature)])
      for socket in sockets { socket.close() }
      agent.stop()
      listener.close()
      service.close()
    }
  }
}
