public import EventLoop
internal import Glibc
public import LinkLayer
internal import Links

/// One move of the service address from owner A to owner B, seen by a client that pings it every
/// millisecond.
public struct FailoverTrial {
  /// The network that the address moves in.
  public let network: LaboratoryNetwork
  /// What moves.
  public let scenario: FailoverScenario
  /// Who announces.
  public let announcer: Announcer
  /// How long the client is watched after the move.
  public let patience: Duration

  /// Describes a trial.
  public init(
    network: LaboratoryNetwork, scenario: FailoverScenario, announcer: Announcer, patience: Duration
  ) {
    self.network = network
    self.scenario = scenario
    self.announcer = announcer
    self.patience = patience
  }

  /// Carries the trial out, and leaves the address with neither owner.
  ///
  /// - Throws: `LaboratoryError`.
  public func run(on loop: EventLoop) async throws(LaboratoryError) -> FailoverResult {
    for host in [network.ownerA, network.ownerB] { try scenario.prepare(host) }
    try scenario.assign(to: network.ownerA)
    try network.client.forgetNeighbor(scenario.serviceAddress)
    let stream = try asLaboratory {
      try network.client.run { try EchoStream(to: scenario.serviceAddress, on: loop) }
    }
    defer { stream.stop() }
    try asLaboratory { try stream.start() }
    try await settle(stream, on: loop)
    let before = try caches()
    let result = try await move(stream, from: before, on: loop)
    try scenario.withdraw(from: network.ownerB)
    return result
  }

  /// Waits until the client's entry has the age that the scenario asks for.
  private func settle(_ stream: EchoStream, on loop: EventLoop) async throws(LaboratoryError) {
    try await pause(.milliseconds(1_300), on: loop)
    guard stream.answers > 0 else {
      try? scenario.withdraw(from: network.ownerA)
      throw .unreachableBeforeMove
    }
    guard scenario == .locktime else { return }
    try network.client.forgetNeighbor(scenario.serviceAddress)
    try await pause(.milliseconds(100), on: loop)
  }

  private func move(
    _ stream: EchoStream, from before: FailoverResult.Caches, on loop: EventLoop
  ) async throws(LaboratoryError) -> FailoverResult {
    let recovered = Completion<Duration?>(on: loop)
    try scenario.withdraw(from: network.ownerA)
    stream.awaitRecovery { recovered.fulfil($0) }
    try scenario.assign(to: network.ownerB)
    let child = try start(on: loop)
    let limit = loop.schedule(after: patience) { recovered.fulfil(nil) }
    defer { limit.cancel() }
    let outage: Duration?
    do {
      outage = try await recovered.value
    } catch {
      try? child?.send(signal: SIGTERM)
      throw .interrupted
    }
    let after = try caches()
    let status = try await end(of: child, on: loop)
    return FailoverResult(
      scenario: scenario, announcer: announcer.name, outage: outage, patience: patience,
      before: before, after: after, status: status)
  }

  private func start(on loop: EventLoop) throws(LaboratoryError) -> ChildProcess? {
    guard let command = announcer.command(for: scenario), let program = command.first else {
      return nil
    }
    var description = ChildProcess.Command(program, Array(command.dropFirst()))
    description.output = .null
    description.error = .null
    let ready = description
    return try asLaboratory {
      try network.ownerB.run { try ChildProcess(ready, on: loop) }
    }
  }

  /// How the announcer ended; one that is still at it after two seconds is stopped.
  private func end(
    of child: ChildProcess?, on loop: EventLoop
  ) async throws(LaboratoryError) -> Int32? {
    guard let child else { return nil }
    let limit = loop.schedule(after: .seconds(2)) { try? child.send(signal: SIGTERM) }
    defer { limit.cancel() }
    do {
      guard case .exited(let code) = try await child.exitStatus else { return nil }
      return code
    } catch {
      throw .interrupted
    }
  }

  private func caches() throws(LaboratoryError) -> FailoverResult.Caches {
    let address = try scenario.hardwareAddress(of: network.ownerB)
    return FailoverResult.Caches(
      neighbor: try network.client.neighbor(scenario.serviceAddress)?.hardwareAddress,
      serviceHardwareAddress: address, port: try network.port(of: address))
  }

  private func pause(_ duration: Duration, on loop: EventLoop) async throws(LaboratoryError) {
    do {
      try await loop.sleep(for: duration)
    } catch {
      throw .interrupted
    }
  }
}

/// What the client saw of a move, and what the caches said before and after.
public struct FailoverResult: Hashable, Sendable {
  /// The client's neighbour entry and the switch's table.
  public struct Caches: Hashable, Sendable {
    /// Where the client sends for the service address; nil when it has no entry.
    public var neighbor: HardwareAddress?
    /// The hardware address by which the new owner carries the service.
    public var serviceHardwareAddress: HardwareAddress
    /// The switch's port for that address; nil when the switch does not know it and floods.
    public var port: String?
  }

  /// What moved.
  public var scenario: FailoverScenario
  /// Who announced.
  public var announcer: String
  /// From the old owner's last answer to the new owner's first; nil when none came in time.
  public var outage: Duration?
  /// How long the client was watched.
  public var patience: Duration
  /// Before the move.
  public var before: Caches
  /// When the client had an answer again, or no patience left.
  public var after: Caches
  /// The announcer's exit status; nil when nothing was run or it was stopped.
  public var status: Int32?
}
