import Drivers
import EventLoop
import Glibc
import IPMI
import LinkLayer
import Machines
import MonotonicTime
import Sockets
import Support
import Testing

@Suite struct `Clients of controllers that do not answer` {
  @Test func `a closed port is told at once`() throws {
    let bench = try BMCBench()
    let client = try bench.client(try freePort())
    try bench.run {
      await #expect(throws: BMCFailure.portClosed) { try await client.request(GetDeviceID()) }
    }
    client.close()
  }

  @Test func `silence ends at the deadline`() throws {
    let bench = try BMCBench()
    let silent = try DatagramSocket(.v4)
    try silent.bind(to: loopback(0))
    let client = try bench.client(silent.localAddress.port) { $0.deadline = .milliseconds(50) }
    try bench.run {
      await #expect(throws: BMCFailure.noAnswer(.openSession)) {
        try await client.request(GetDeviceID())
      }
    }
    client.close()
  }

  @Test func `an answer from another port is none`() throws {
    let bench = try BMCBench()
    let controller = try DatagramSocket(.v4)
    try controller.bind(to: loopback(0))
    let stranger = try DatagramSocket(.v4)
    try stranger.bind(to: loopback(0))
    var heard = 0
    let registration = try bench.loop.watch(controller.descriptor, .readable) { _ in
      do {
        _ = try controller.receive { bytes, information in
          guard let request = openSessionRequest(bytes) else { return }
          heard += 1
          // The right refusal, from the wrong place.
          let answer = OpenSessionResponse(
            messageTag: request.messageTag, consoleSessionID: request.consoleSessionID,
            outcome: .refused(.insufficientResources)
          ).datagram
          do { try stranger.send(answer, to: information.source) } catch { Issue.record(error) }
        }
      } catch { Issue.record(error) }
    }
    let client = try bench.client(controller.localAddress.port) { $0.deadline = .milliseconds(500) }
    try bench.run {
      await #expect(throws: BMCFailure.noAnswer(.openSession)) {
        try await client.request(GetDeviceID())
      }
    }
    #expect(heard > 0)
    #expect(bench.sockets.receivedCount > 0)
    registration.cancel()
    client.close()
  }

  private func openSessionRequest(_ datagram: RawSpan) -> OpenSessionRequest? {
    do {
      let packet = try RMCPPlusPacket(RMCPMessage(datagram).body)
      return try OpenSessionRequest(parsing: packet.payload)
    } catch {
      return nil
    }
  }

  @Test func `a cancelled task gives its call up`() throws {
    let bench = try BMCBench()
    let silent = try DatagramSocket(.v4)
    try silent.bind(to: loopback(0))
    let client = try bench.client(silent.localAddress.port)
    try bench.run {
      var failure: BMCFailure?
      let task = bench.loop.spawn {
        do throws(BMCFailure) { _ = try await client.request(GetDeviceID()) } catch {
          failure = error
        }
      }
      try await bench.loop.sleep(for: .milliseconds(5))
      task.cancel()
      await task.value
      #expect(failure == .cancelled)
    }
    client.close()
  }

  @Test func `a closed client answers nobody`() throws {
    let bench = try BMCBench()
    let client = try bench.client(try freePort())
    client.close()
    try bench.run {
      await #expect(throws: BMCFailure.cancelled) { try await client.request(GetDeviceID()) }
    }
  }

  @Test func `two clients of one controller keep their sessions apart`() throws {
    let simulator = try OpenIPMISimulator(hasChassis: false)
    let bench = try BMCBench()
    let one = try bench.client(simulator.port)
    let two = try bench.client(simulator.port) { $0.version = .version15 }
    try bench.run {
      for _ in 0..<3 {
        try await expectSimulator(one)
        try await expectSimulator(two)
      }
      one.close()
      try await expectSimulator(two)
      two.close()
    }
    #expect(one.facts?.isVersion20 == true && two.facts?.isVersion20 == false)
  }
}

@Suite struct `A fleet` {
  @Test func `has a result for each, whatever became of it`() throws {
    let simulators = try (0..<3).map { _ in try OpenIPMISimulator(hasChassis: false) }
    let bench = try BMCBench()
    let silent = try DatagramSocket(.v4)
    try silent.bind(to: loopback(0))
    let credentials = BMCCredentials(
      userName: try #require(UserName("ipmiusr")), password: try Secret("test", atMost: 20))
    var options = SessionOptions()
    options.deadline = .milliseconds(800)
    var ports = simulators.map(\.port)
    ports.insert(try freePort(), at: 1)
    ports.append(try silent.localAddress.port)
    let hosts = ports.map {
      BMCHost(
        name: "\($0)", address: loopback($0), credentials: credentials, options: options)
    }
    var results: [Int: Result<Bool, BMCFailure>] = [:]
    try bench.run {
      let fleet = BMCFleet(on: bench.sockets, window: 2)
      try await fleet.run(hosts) { _, client async throws(BMCFailure) in
        try await client.request(GetDeviceID()).manufacturerID == 0x1291
      } onResult: { index, result in
        #expect(results[index] == nil)
        results[index] = result
      }
    }
    #expect(results.count == 5)
    for index in [0, 2, 3] { #expect(results[index] == .success(true)) }
    #expect(results[1] == .failure(.portClosed))
    #expect(results[4] == .failure(.noAnswer(.openSession)))
  }

  @Test func `ends at its deadline, those that had not begun included`() throws {
    let bench = try BMCBench()
    let silent = try DatagramSocket(.v4)
    try silent.bind(to: loopback(0))
    let port = try silent.localAddress.port
    let hosts = (0..<50).map {
      BMCHost(
        name: "\($0)", address: loopback(port),
        credentials: BMCCredentials(userName: .null, password: .empty))
    }
    var failures: [Int: BMCFailure] = [:]
    try bench.run {
      let fleet = BMCFleet(on: bench.sockets, window: 10, deadline: .milliseconds(30))
      try await fleet.run(hosts) { _, client async throws(BMCFailure) in
        _ = try await client.request(GetDeviceID())
      } onResult: { index, result in
        if case .failure(let failure) = result { failures[index] = failure }
      }
    }
    #expect(failures.count == 50)
    #expect(failures.values.allSatisfy { $0 == .deadline })
  }
}
