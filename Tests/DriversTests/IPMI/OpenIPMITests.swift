import Drivers
import EventLoop
import IPMI
import Machines
import Support
import Testing

/// Against OpenIPMI's simulator, which serves IPMI 1.5 in every authentication type, and the suites
/// 0, 1, 2, 3, 6 and 11 of IPMI 2.0 (it derives the keys of 7, 8 and 12 as nobody else does).
@Suite struct `Clients and OpenIPMI's simulator` {
  @Test(arguments: [AuthenticationType.none, .md2, .md5, .straightPassword])
  func `speak IPMI 1.5`(_ type: AuthenticationType) throws {
    let simulator = try OpenIPMISimulator()
    let bench = try BMCBench()
    let client = try bench.client(simulator.port) {
      $0.version = .version15
      $0.authenticationTypes = [type]
    }
    try bench.run {
      let before = try await client.request(GetChassisStatus())
      #expect(!before.power.contains(.on))
      _ = try await client.request(ChassisControl(.powerUp))
      let after = try await client.request(GetChassisStatus())
      #expect(after.power.contains(.on))
      client.close()
    }
    #expect(simulator.power == "1")
    #expect(client.facts?.authenticationType == type)
  }

  @Test(arguments: [0, 1, 2, 3, 6, 11] as [UInt8])
  func `speak IPMI 2.0`(_ id: UInt8) throws {
    let simulator = try OpenIPMISimulator()
    let bench = try BMCBench()
    let suite = try #require(CipherSuite(id: id))
    let client = try bench.client(simulator.port) {
      $0.version = .version20
      $0.suites = [suite]
    }
    try bench.run {
      try await expectSimulator(client)
      _ = try await client.request(ChassisControl(.powerUp))
      let after = try await client.request(GetChassisStatus())
      #expect(after.power.contains(.on))
      client.close()
    }
    #expect(simulator.power == "1")
    #expect(client.facts?.suite == suite)
  }

  @Test func `come to suite 3 at once, because 17 is refused`() throws {
    let simulator = try OpenIPMISimulator()
    let bench = try BMCBench()
    let client = try bench.client(simulator.port)
    try bench.run {
      _ = try await client.request(GetChassisStatus())
      client.close()
    }
    #expect(client.facts?.suite == .suite3)
  }

  @Test func `exchange 9 datagrams for a status in a fresh session, and 2 in a kept one`() throws {
    let simulator = try OpenIPMISimulator()
    let bench = try BMCBench()
    let client = try bench.client(simulator.port) { $0.suites = [.suite3] }
    try bench.run {
      _ = try await client.request(GetChassisStatus())
      #expect(bench.sockets.sentCount == 4)
      #expect(bench.sockets.receivedCount == 4)
      _ = try await client.request(GetChassisStatus())
      #expect(bench.sockets.sentCount == 5)
      #expect(bench.sockets.receivedCount == 5)
      client.close()
    }
    #expect(bench.sockets.sentCount == 6)
  }

  @Test func `speak with two keys`() throws {
    let simulator = try OpenIPMISimulator(key: "abcdefghijklmnopqrs", hasChassis: false)
    let bench = try BMCBench()
    let right = try bench.client(simulator.port, key: "abcdefghijklmnopqrs")
    let wrong = try bench.client(simulator.port, key: "abcdefghijklmnopqr")
    try bench.run {
      _ = try await right.request(GetDeviceID())
      await #expect(throws: BMCFailure.wrongKey) { try await wrong.request(GetDeviceID()) }
    }
    right.close()
    wrong.close()
  }

  @Test func `say what is wrong`() throws {
    let simulator = try OpenIPMISimulator(hasChassis: false)
    let bench = try BMCBench()
    func refusal(
      user: String = "ipmiusr", password: String = "test",
      _ change: @escaping (inout SessionOptions) -> Void = { _ in }
    ) async throws -> BMCFailure? {
      let client = try bench.client(simulator.port, user: user, password: password, change)
      defer { client.close() }
      do throws(BMCFailure) {
        _ = try await client.request(GetDeviceID())
        return nil
      } catch {
        return error
      }
    }
    try bench.run {
      var refused = try await refusal()
      #expect(refused == nil)
      refused = try await refusal(password: "wrong")
      #expect(refused == .wrongUserOrPassword)
      refused = try await refusal(user: "nobody")
      #expect(refused == .wrongUser)
      guard case .noCipherSuite? = try await refusal({ $0.suites = [.suite17] }) else {
        Issue.record("the simulator knows no SHA-256")
        return
      }
      refused = try await refusal(user: "nobody") { $0.version = .version15 }
      #expect(refused == .wrongUser)
      refused = try await refusal(password: "wrong") { $0.version = .version15 }
      #expect(refused == .passwordNotConfirmed)
    }
  }

  @Test func `many calls of many tasks are answered each its own`() throws {
    let simulator = try OpenIPMISimulator(hasChassis: false)
    let bench = try BMCBench()
    let client = try bench.client(simulator.port)
    var answers: [UInt8: BMCAnswer] = [:]
    try bench.run {
      var tasks: [Task<Void, Never>] = []
      for number in 0..<20 as Range<UInt8> {
        tasks.append(
          bench.loop.spawn {
            // Even numbers ask for the device, odd ones for the privilege level of the session.
            let call =
              number % 2 == 0
              ? BMCCall(GetDeviceID()) : BMCCall(SetSessionPrivilegeLevel(.unspecified))
            do { answers[number] = try await client.call(call) } catch { Issue.record(error) }
          })
      }
      for task in tasks { await task.value }
      client.close()
    }
    #expect(answers.count == 20)
    #expect(answers.allSatisfy { $0.value.data.count == ($0.key % 2 == 0 ? 15 : 1) })
  }
}
