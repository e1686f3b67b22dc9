public import LinkLayer
public import MonotonicTime

/// Finds the hosts that speak by themselves, as in a capture of somebody else's: it asks nothing.
public struct PassiveScan: Machine {
  /// What was heard.
  public typealias Report = ScanReport
  /// The sums, at the end.
  public typealias Outcome = ScanOutcome

  private let identity: LinkIdentity
  private let targets: ScanTargets?
  private var stations = FoundStations()
  private var isFinished = false

  /// Listens on a link of `identity`'s kind, for `targets` alone if there are any.
  public init(for targets: ScanTargets? = nil, identity: LinkIdentity) {
    self.targets = targets
    self.identity = identity
  }

  /// All nodes: advertisements that nobody asked for go to them.
  public var multicastGroups: [IPv6Address] { [.allNodes, .allMLDv2Routers] }

  /// Nothing is ever due.
  public var deadline: Instant? { nil }

  /// Has nothing to say.
  public mutating func start(at now: Instant) -> Actions { [] }

  /// Has nothing to do.
  public mutating func fire(at now: Instant) -> Actions { [] }

  /// Takes what a station says of its address.
  public mutating func receive(_ frame: LinkFrame, at now: Instant) -> Actions {
    guard !isFinished, let (address, station) = host(in: frame),
      targets.map({ $0.index(of: address) != nil }) ?? true
    else { return [] }
    let host = ScannedHost(address: address, station: station)
    return stations.note(host).map { [.report($0)] } ?? []
  }

  /// Ends now.
  public mutating func stop(at now: Instant) -> Actions {
    guard !isFinished else { return [] }
    isFinished = true
    var outcome = ScanOutcome()
    outcome.hosts = stations.count
    outcome.duplicates = stations.duplicateCount
    return [.finish(outcome)]
  }

  private func host(in frame: LinkFrame) -> (IPAddress, HardwareAddress)? {
    if let claim = frame.neighborClaim(on: identity) { return (claim.address, claim.station) }
    guard case .multicastListenerReport(let source, _) = frame.payload, source.isLinkLocal else {
      return nil
    }
    return (.v6(source), frame.source)
  }
}
