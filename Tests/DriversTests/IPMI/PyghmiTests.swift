import Drivers
import EventLoop
import IPMI
import Machines
import Support
import Testing

/// pyghmi's controller at work: user `admin`, password `password`.
private final class PyghmiController {
  let port: UInt16
  private let tool: RunningTool

  init() throws {
    port = try freePort()
    let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    tool = try RunningTool(
      "python3-pyghmi", ["\(root)/Fixtures/peers/pyghmi/bmc.py", "\(port)"])
    let running = tool
    try #require(try eventually { try running.outputSoFar().contains("ready") })
  }

  /// What its machine has told: a line for each change.
  var told: [String] {
    get throws { try tool.outputSoFar().split(separator: "\n").dropFirst().map(String.init) }
  }
}

/// Against pyghmi's controller, which serves suite 3 alone and answers with it whatever is asked for.
@Suite struct `Clients and pyghmi's controller` {
  private func client(
    _ bench: BMCBench, _ controller: PyghmiController, user: String = "admin",
    password: String = "password", _ change: (inout SessionOptions) -> Void = { _ in }
  ) throws -> BMCClient {
    try bench.client(controller.port, user: user, password: password) {
      $0.deadline = .seconds(3)
      change(&$0)
    }
  }

  @Test func `agree on suite 3, and power goes on and off`() throws {
    let controller = try PyghmiController()
    let bench = try BMCBench()
    let client = try client(bench, controller)
    try bench.run {
      #expect(try await !client.request(GetChassisStatus()).isPowerOn)
      _ = try await client.request(ChassisControl(.powerUp))
      #expect(try await client.request(GetChassisStatus()).isPowerOn)
      _ = try await client.request(ChassisControl(.softShutdown))
      _ = try await client.request(ChassisControl(.powerDown))
      #expect(try await !client.request(GetChassisStatus()).isPowerOn)
      await #expect(throws: BMCFailure.self) { try await client.request(GetSystemGUID()) }
      client.close()
    }
    #expect(try controller.told == ["on", "shut down", "off"])
    #expect(client.facts?.suite == .suite3)
  }

  @Test func `type on a line that says it again`() throws {
    let controller = try PyghmiController()
    let bench = try BMCBench()
    let client = try client(bench, controller)
    var shown: [UInt8] = []
    var isAttached = false
    let console = BMCConsole(client, onOutput: { shown += $0 }) {
      if $0 == .attached { isAttached = true }
    }
    try bench.run {
      // There is no line to a machine that is off.
      _ = try await client.request(ChassisControl(.powerUp))
      console.start()
      while !isAttached { try await bench.loop.sleep(for: .milliseconds(10)) }
      // It loses what is typed before its handler of the line is in place.
      for _ in 0..<30 where shown.isEmpty {
        console.type(Array("HELLO PYGHMI".utf8))
        try await bench.loop.sleep(for: .milliseconds(100))
      }
      console.stop()
      let outcome = try await console.outcome()
      #expect(outcome == .closed)
      client.close()
    }
    #expect(String(decoding: shown, as: UTF8.self).contains("HELLO PYGHMI"))
  }

  @Test func `say what is wrong`() throws {
    let controller = try PyghmiController()
    let bench = try BMCBench()
    func refusal(_ client: BMCClient) async throws -> BMCFailure? {
      defer { client.close() }
      do throws(BMCFailure) {
        _ = try await client.request(GetChassisStatus())
        return nil
      } catch {
        return error
      }
    }
    try bench.run {
      var failure = try await refusal(client(bench, controller, password: "wrong"))
      #expect(failure == .wrongUserOrPassword)
      // It answers nobody whom it does not know.
      failure = try await refusal(client(bench, controller, user: "nobody"))
      #expect(failure == .noAnswer(.userLookup))
      failure = try await refusal(client(bench, controller) { $0.minimumSuite = .suite17 })
      #expect(failure == .noCipherSuite(nil))
      failure = try await refusal(client(bench, controller) { $0.version = .version15 })
      #expect(failure == .noAnswer(.capabilities))
    }
  }
}
