public import Machines
internal import EventLoop
public import Sockets

/// One controller of many.
public struct BMCHost: Sendable {
  /// What people call it.
  public var name: String
  /// Its address and port.
  public var address: InternetAddress
  /// Who asks it.
  public var credentials: BMCCredentials
  /// How it is asked.
  public var options: SessionOptions

  /// A controller of these.
  public init(
    name: String, address: InternetAddress, credentials: BMCCredentials,
    options: SessionOptions = SessionOptions()
  ) {
    self.name = name
    self.address = address
    self.credentials = credentials
    self.options = options
  }
}

/// Has the same done by many controllers at a time, and tells each one's result as it comes.
public struct BMCFleet {
  /// What the clients speak by.
  public let sockets: BMCSockets
  /// How many controllers are spoken to at once.
  public var window: Int
  /// How long all may take; nil for as long as each one's own deadline allows.
  public var deadline: Duration?

  /// A fleet that speaks by `sockets`.
  ///
  /// - Parameters:
  ///   - window: how many at once; nil for as many as can all answer at once, and no more than 2048: a
  ///     storm of questions is lost where it is widest, in the switches.
  ///   - deadline: how long all may take.
  public init(on sockets: BMCSockets, window: Int? = nil, deadline: Duration? = nil) {
    self.sockets = sockets
    self.window = max(1, window ?? min(sockets.safeWindow, 2048))
    self.deadline = deadline
  }

  /// Runs `body` for each of `hosts`, and calls `onResult` with its place among them and what came of
  /// it. Each host gets exactly one result. Its session is closed then.
  ///
  /// - Throws: `CancellationError` when the task is cancelled: what is under way is given up.
  public func run<Value>(
    _ hosts: [BMCHost],
    _ body: @escaping (BMCHost, BMCClient) async throws(BMCFailure) -> Value,
    onResult: @escaping (Int, Result<Value, BMCFailure>) -> Void
  ) async throws(CancellationError) {
    guard !hosts.isEmpty else { return }
    let run = FleetRun(sockets, hosts, body, onResult)
    let timer = deadline.map { deadline in
      sockets.loop.schedule(after: deadline) { run.expire() }
    }
    defer { timer?.cancel() }
    for _ in 0..<min(window, hosts.count) { run.startNext() }
    do throws(CancellationError) {
      try await run.completion.value
    } catch {
      run.expire(.cancelled)
      throw error
    }
  }
}

/// A run over a fleet, under way.
private final class FleetRun<Value> {
  let completion: Completion<Void>
  private let sockets: BMCSockets
  private let hosts: [BMCHost]
  private let body: (BMCHost, BMCClient) async throws(BMCFailure) -> Value
  private let onResult: (Int, Result<Value, BMCFailure>) -> Void
  private var next = 0
  private var remaining: Int
  private var running: [Int: (client: BMCClient, task: Task<Void, Never>)] = [:]
  private var expiry: BMCFailure?

  init(
    _ sockets: BMCSockets, _ hosts: [BMCHost],
    _ body: @escaping (BMCHost, BMCClient) async throws(BMCFailure) -> Value,
    _ onResult: @escaping (Int, Result<Value, BMCFailure>) -> Void
  ) {
    self.sockets = sockets
    self.hosts = hosts
    self.body = body
    self.onResult = onResult
    remaining = hosts.count
    completion = Completion(on: sockets.loop)
  }

  func startNext() {
    guard expiry == nil, next < hosts.count else { return }
    let index = next
    next += 1
    let host = hosts[index]
    let client = BMCClient(
      host.address, credentials: host.credentials, options: host.options, on: sockets)
    let task = sockets.loop.spawn { [self] in await serve(index, host, client) }
    running[index] = (client, task)
  }

  private func serve(_ index: Int, _ host: BMCHost, _ client: BMCClient) async {
    let result: Result<Value, BMCFailure>
    do throws(BMCFailure) {
      result = .success(try await body(host, client))
    } catch {
      result = .failure(error)
    }
    client.close()
    guard running.removeValue(forKey: index) != nil else { return }
    finish(index, result)
    startNext()
  }

  private func finish(_ index: Int, _ result: Result<Value, BMCFailure>) {
    remaining -= 1
    onResult(index, result)
    if remaining == 0 { completion.fulfil(()) }
  }

  /// Gives up all that is under way and all that has not begun.
  func expire(_ failure: BMCFailure = .deadline) {
    guard expiry == nil else { return }
    expiry = failure
    let unfinished = running.sorted { $0.key < $1.key }
    running = [:]
    for (_, entry) in unfinished {
      entry.client.close(failure)
      entry.task.cancel()
    }
    for (index, _) in unfinished { finish(index, .failure(failure)) }
    for index in next..<hosts.count { finish(index, .failure(failure)) }
  }
}
