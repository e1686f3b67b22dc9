internal import EventLoop
internal import IPMI
public import Machines
internal import MonotonicTime
public import Sockets

/// Runs a presence sweep over addresses.
public struct BMCDiscovery {
  private let sockets: BMCSockets
  private let options: PresenceSweep.Options
  private let examinesSilentHosts: Bool

  /// A discovery that speaks by `sockets`.
  ///
  /// - Parameter examinesSilentHosts: whether the owner of an address that is silent is asked for on its
  ///   link, as clients have it done: for few hosts that should be there, not for a sweep.
  public init(
    on sockets: BMCSockets, options: PresenceSweep.Options = PresenceSweep.Options(),
    examinesSilentHosts: Bool = false
  ) {
    self.sockets = sockets
    self.options = options
    self.examinesSilentHosts = examinesSilentHosts
  }

  /// Asks each of `addresses`, and calls `onResult` with its place among them and what was found out,
  /// as it comes. An address that is given twice is asked once, at its first place.
  ///
  /// - Throws: `BMCFailure.socket` when there is no socket to ask by, `.cancelled` when the task is
  ///   cancelled.
  public func run(
    _ addresses: [InternetAddress],
    onResult: @escaping (Int, PresenceSweep.Presence) -> Void
  ) async throws(BMCFailure) {
    for family in Set(addresses.map(\.family)) {
      if let failure = sockets.open(family) { throw failure }
    }
    let run = DiscoveryRun(sockets, addresses, options, onResult)
    defer { run.end() }
    run.start()
    let examination =
      examinesSilentHosts
      ? sockets.loop.schedule(after: sockets.silenceBeforeExamination) { run.examineSilentHosts() }
      : nil
    defer { examination?.cancel() }
    do throws(CancellationError) {
      try await run.completion.value
    } catch {
      throw .cancelled
    }
  }
}

/// A sweep under way.
private final class DiscoveryRun: Stranger {
  let completion: Completion<Void>
  private let sockets: BMCSockets
  private let addresses: [InternetAddress]
  /// Where the addresses were given.
  private let places: [Int]
  private let indexes: [InternetAddress: Int]
  private let onResult: (Int, PresenceSweep.Presence) -> Void
  private var sweep: PresenceSweep
  private var heard: Set<InternetAddress> = []
  private var alarm: Alarm?

  init(
    _ sockets: BMCSockets, _ addresses: [InternetAddress], _ options: PresenceSweep.Options,
    _ onResult: @escaping (Int, PresenceSweep.Presence) -> Void
  ) {
    var unique: [InternetAddress] = []
    var places: [Int] = []
    var indexes: [InternetAddress: Int] = [:]
    for (place, address) in addresses.enumerated() where indexes[address] == nil {
      indexes[address] = unique.count
      unique.append(address)
      places.append(place)
    }
    self.sockets = sockets
    self.addresses = unique
    self.places = places
    self.indexes = indexes
    self.onResult = onResult
    completion = Completion(on: sockets.loop)
    var random = sockets.branchRandom()
    sweep = PresenceSweep(count: unique.count, options: options, random: &random)
    alarm = Alarm(on: sockets.loop) { [weak self] in self?.perform { $0.fire(at: $1) } }
  }

  func start() {
    sockets.strangers.append(self)
    perform { $0.start(at: $1) }
  }

  func examineSilentHosts() {
    for address in addresses where !heard.contains(address) { sockets.examine(address) }
  }

  func end() {
    sockets.strangers.removeAll { $0 === self }
    alarm = nil
  }

  func receive(_ datagram: RawSpan, from source: InternetAddress, at now: Instant) {
    guard let index = indexes[source] else { return }
    heard.insert(source)
    carryOut(sweep.receive(datagram, from: index, at: now))
  }

  func suspect(_ failure: BMCFailure, of destination: InternetAddress) {
    guard let index = indexes[destination] else { return }
    sweep.suspect(failure, of: index)
  }

  private func perform(_ body: (inout PresenceSweep, Instant) -> [PresenceSweep.Action]) {
    carryOut(body(&sweep, sockets.loop.now))
  }

  private func carryOut(_ actions: [PresenceSweep.Action]) {
    for action in actions {
      switch action {
      case .send(let datagram, let index): sockets.send(datagram, to: addresses[index])
      case .result(let index, let presence): onResult(places[index], presence)
      case .finish: completion.fulfil(())
      }
    }
    alarm?.deadline = sweep.deadline
  }
}
