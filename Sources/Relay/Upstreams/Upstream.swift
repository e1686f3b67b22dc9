public import Machines
public import Proxies
public import Sockets
internal import Synchronization

/// One target of a relay: a server, with all the addresses that it has.
///
/// The workers of a relay share it, each on its own thread: so its counts are of all of them.
public final class Upstream: Sendable {
  /// What people call it: its name and port.
  public let name: String
  /// What a host file calls it (``UpstreamAccounts``).
  public let account: String
  /// Where it is reached, tried in this order.
  public let addresses: [SocketAddress]
  /// What it is called by those that do not look its name up themselves: a proxy on the way, and TLS.
  public let destination: ProxyAddress?
  /// Which of this host's addresses connections to it come from; nil for what holds for all targets.
  public let source: SocketAddress?

  private let state: Mutex<UpstreamHealth>
  private let enabled = Atomic<Bool>(true)
  private let active = Atomic<Int>(0)
  private let connections = Atomic<UInt64>(0)
  private let failures = Atomic<UInt64>(0)
  private let bytes = Atomic<UInt64>(0)
  private let moved = Atomic<UInt64>(0)

  /// A target at these addresses, of which there is at least one: its own, or those of the proxy through
  /// which it is reached.
  public init(
    _ name: String, _ addresses: [SocketAddress], destination: ProxyAddress? = nil,
    from source: SocketAddress? = nil, account: String? = nil,
    health: UpstreamHealth = UpstreamHealth()
  ) {
    precondition(!addresses.isEmpty, "A target needs an address.")
    self.name = name
    self.account = account ?? name
    self.addresses = addresses
    self.destination = destination
    self.source = source
    state = Mutex(health)
  }

  /// A target at one address, called by it.
  public convenience init(_ address: SocketAddress) {
    self.init(address.description, [address])
  }

  /// Whether it is up, as checks and connections found it.
  public var health: UpstreamHealth { state.withLock { $0 } }

  /// Whether new connections may go there.
  public var isEnabled: Bool {
    get { enabled.load(ordering: .relaxed) }
    set { enabled.store(newValue, ordering: .relaxed) }
  }

  /// How many connections it has now, those being made included.
  public var activeCount: Int { active.load(ordering: .relaxed) }

  /// How many connections went there.
  public var connectionCount: UInt64 { connections.load(ordering: .relaxed) }

  /// How many attempts at one failed.
  public var failureCount: UInt64 { failures.load(ordering: .relaxed) }

  /// By how many bytes it is compared with others: what its connections moved, both ways, and what a host
  /// file says of it besides (``UpstreamAccounts``). It stops at the greatest number.
  public internal(set) var byteCount: UInt64 {
    get { bytes.load(ordering: .relaxed) }
    set { bytes.store(newValue, ordering: .relaxed) }
  }

  /// How many bytes its connections moved here, both ways; those that go on as of their last `credit`.
  public var movedByteCount: UInt64 { moved.load(ordering: .relaxed) }

  // MARK: Accounts

  /// A connection is being made, and is this target's until `leave`.
  func enter() { active.add(1, ordering: .relaxed) }

  /// A connection that `enter` counted is over, or went to another target.
  func leave() { active.subtract(1, ordering: .relaxed) }

  /// A connection stands.
  func noteConnection() {
    connections.wrappingAdd(1, ordering: .relaxed)
    note(true)
  }

  /// An attempt at a connection failed.
  func noteFailure() {
    failures.wrappingAdd(1, ordering: .relaxed)
    note(false)
  }

  /// Counts an attempt, and returns whether that changed the target's state.
  @discardableResult
  func note(_ isGood: Bool) -> Bool { state.withLock { $0.note(isGood) } }

  /// Takes it for up until it fails again: nobody looks any more whether it is.
  public func forgetHealth() {
    state.withLock { $0 = UpstreamHealth(rise: $0.rise, fall: $0.fall) }
  }

  /// Counts bytes that a connection moved.
  func add(bytes count: UInt64) {
    guard count > 0 else { return }
    moved.wrappingAdd(count, ordering: .relaxed)
    var current = bytes.load(ordering: .relaxed)
    while true {
      let (sum, overflow) = current.addingReportingOverflow(count)
      let outcome = bytes.weakCompareExchange(
        expected: current, desired: overflow ? .max : sum, ordering: .relaxed)
      if outcome.exchanged { return }
      current = outcome.original
    }
  }
}
