import EventLoop
import Glibc
import Machines
import Relay
import SocketSupport
import Sockets
import Testing

/// What a test is repeated with: the way of the bytes, and the kind of sockets.
struct PumpCase: CustomTestStringConvertible {
  var mode: PumpOptions.Mode
  var address: SocketAddress

  var testDescription: String { "\(mode), \(address.domain)" }

  var isTCP: Bool { address.domain != .unix }

  static let modes: [PumpOptions.Mode] = [.copy, .splice, .adaptive]

  /// TCP over both versions of IP, and UNIX.
  static let all = modes.flatMap { mode in
    [loopback(.v4), loopback(.v6), .unix(path: "@crimp-test-\(getpid())-pump-\(mode)")].map {
      PumpCase(mode: mode, address: $0)
    }
  }

  /// TCP alone: what UNIX sockets have no word for.
  static let tcp = all.filter(\.isTCP)

  /// What never leaves this process's own system calls: under a virtual clock, which does not wait for
  /// the network's interrupts, these alone are sure.
  static let unix = all.filter { !$0.isTCP }

  static let internet4 = all.filter { $0.address.domain == .internet(.v4) }
}

/// A client and a server with a pump between them.
final class RelayedConnection {
  let client: StreamPeer
  let server: StreamPeer
  let engine: RelayEngine
  let pump: Pump
  private let ended: Completion<PumpReport>

  init(
    _ test: PumpCase, on loop: EventLoop, _ configure: (inout PumpOptions) -> Void = { _ in },
    engine: RelayEngine? = nil, inserting: [UInt8] = []
  ) async throws {
    let near = try await connection(at: test.address, on: loop)
    let far = try await connection(at: test.address, on: loop)
    client = StreamPeer(near.client, on: loop)
    server = StreamPeer(far.server, on: loop)
    self.engine = engine ?? RelayEngine(on: loop)
    var options = PumpOptions()
    options.mode = test.mode
    configure(&options)
    let ended = Completion<PumpReport>(on: loop)
    self.ended = ended
    pump = Pump(near.server, far.client, options, on: self.engine) { ended.fulfil($0) }
    pump.insert(inserting, toward: .far)
    try pump.start()
  }

  var hasEnded: Bool { ended.isFulfilled }

  var report: PumpReport {
    get async throws { try await ended.value }
  }

  func close() {
    client.close()
    server.close()
  }
}

extension EventLoop {
  /// Runs a test's body on the loop, and cancels it rather than hang.
  func test(
    atMost limit: Duration = .seconds(60), _ body: @escaping () async throws -> Void
  ) throws {
    let timer = schedule(after: limit) { self.stop() }
    defer { timer.cancel() }
    try run { try await body() }
  }

  /// Begins something that goes on beside the test; `value` waits for it.
  func begin<Value>(_ body: @escaping () async throws -> Value) -> Beside<Value> {
    let completion = Completion<Result<Value, any Error>>(on: self)
    spawn {
      do {
        completion.fulfil(.success(try await body()))
      } catch {
        completion.fulfil(.failure(error))
      }
    }
    return Beside(completion: completion)
  }
}

/// What goes on beside a test.
struct Beside<Value> {
  fileprivate let completion: Completion<Result<Value, any Error>>

  var value: Value {
    get async throws { try await completion.value.get() }
  }
}
