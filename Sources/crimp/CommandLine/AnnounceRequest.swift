import LinkLayer

/// What `crimp announce` was asked to do, whichever parser read it.
struct AnnounceRequest: Equatable, Sendable {
  /// Where the work goes after the first round.
  enum Course: Equatable, Sendable {
    /// Return when the first round has left; the rest goes on in the background.
    case returnAfterFirstRound
    /// Stay until the last round has left.
    case foreground
    /// Go to the background before the first round.
    case background
  }

  /// Who has to answer before the move counts as proven.
  enum Confirmation: Equatable, Sendable {
    case gateway
    case host(IPAddress)
  }

  var link = LinkSettings()
  var addresses: [IPAddress] = []
  /// Every address of the interface.
  var all = false
  /// Neighbours that get a directed request besides the gateway and the table's.
  var notified: [IPAddress] = []

  var sendsRequest = true
  var sendsReply = true
  var sendsDirected = true
  var sendsAdvertisement = true
  /// The RFC 9131 form (all routers, no override) instead of the takeover form.
  var isNew = false
  /// The router flag of NAs; nil reads the interface's forwarding state.
  var isRouter: Bool?

  /// Rounds to send; nil takes the standard spread of 0, 1, 3 and 5 s.
  var count: Int?
  /// Seconds between the rounds of `count`; nil for 1.
  var interval: Double?
  /// Seconds after the first burst at which the whole burst is sent again.
  var secondBurstDelay: Double?
  /// Seconds between refreshes until SIGTERM.
  var refreshInterval: Double?
  /// Frames a second at most.
  var rate: Int?
  /// The sender hardware address, when it is not the interface's (VRRP).
  var hardwareAddress: HardwareAddress?
  /// Announce an address that is not this host's.
  var force = false

  /// Seconds that a carrier is waited for before the first round.
  var carrierWait: Double?

  var course = Course.returnAfterFirstRound
  var pidfilePath: String?

  /// Who must answer: the gateways, hosts by name, one for each family, or both.
  var confirmations: [Confirmation] = []
  /// Seconds that the confirmation may take; nil for 10.
  var deadline: Double?
}

extension AnnounceRequest {
  /// Refuses what cannot be meant, naming the argument and what was expected.
  func validate() throws(CommandFailure) {
    if addresses.isEmpty, !all {
      throw CommandFailure(
        .usage, "ADDRESS is missing: give an address, --addresses-file, or --all with --interface")
    }
    if all, link.interface == nil, link.replayPath == nil {
      throw CommandFailure(.usage, "--all needs --interface: whose addresses are meant?")
    }
    try Self.requirePositive(count, "--count", "a whole number of rounds, 1 or more")
    try Self.requirePositive(rate, "--rate", "frames a second, 1 or more")
    try Self.requireSeconds(interval, "--interval")
    try Self.requireSeconds(secondBurstDelay, "--again")
    try Self.requireSeconds(refreshInterval, "--refresh")
    try Self.requireSeconds(deadline, "--deadline")
    try Self.requireSeconds(carrierWait, "--wait")
    if interval != nil, count == nil {
      throw CommandFailure(.usage, "--interval needs --count: the spread of four has its own times")
    }
    if deadline != nil, confirmations.isEmpty {
      throw CommandFailure(.usage, "--deadline needs --confirm: nothing else has one")
    }
    // Told here too for all of them, so that no run is begun that could only fail.
    for address in addresses where !address.namesOneHost {
      throw CommandFailure(.usage, "\(address): expected the address of one host")
    }
    try validateForms()
    try validateConfirmations()
    if course == .background, !confirmations.isEmpty || link.recordPath != nil {
      throw CommandFailure(
        .usage, "--background: expected without --confirm and --record, which need the caller")
    }
    let isSingleRound = count == 1 && secondBurstDelay == nil && refreshInterval == nil
    if pidfilePath != nil, course == .returnAfterFirstRound, isSingleRound {
      throw CommandFailure(
        .usage, "--pidfile needs --background or --foreground: a single round leaves no process")
    }
  }

  /// Who must answer for `address`: the host of its family, else the gateway if that is asked.
  func confirmation(for address: IPAddress) -> Confirmation? {
    for case .host(let host) in confirmations where host.isIPv6 == address.isIPv6 {
      return .host(host)
    }
    return confirmations.contains(.gateway) ? .gateway : nil
  }

  /// One host for each family, which is another than the address, and one for every family announced.
  private func validateConfirmations() throws(CommandFailure) {
    guard !confirmations.isEmpty else { return }
    var hosts: [IPAddress] = []
    for case .host(let host) in confirmations {
      guard host.namesOneHost else {
        throw CommandFailure(.usage, "--confirm=\(host): expected the address of one host")
      }
      if let other = hosts.first(where: { $0.isIPv6 == host.isIPv6 && $0 != host }) {
        throw CommandFailure(
          .usage, "--confirm=\(host) and --confirm=\(other): expected one host for each family")
      }
      hosts.append(host)
    }
    if link.tag != nil, confirmations.contains(.gateway) {
      throw CommandFailure(
        .usage, "--confirm with --vlan: expected --confirm=HOST, a host of that VLAN")
    }
    for address in addresses {
      guard let host = hosts.first, confirmation(for: address) == nil || hosts.contains(address)
      else { continue }
      throw CommandFailure(
        .usage, "--confirm=\(host): expected another host of the family of \(address)")
    }
  }

  /// Every family that is announced keeps a form that it can be told by.
  private func validateForms() throws(CommandFailure) {
    guard !sendsDirected else { return }
    if !sendsRequest, !sendsReply, all || addresses.contains(where: { !$0.isIPv6 }) {
      throw CommandFailure(
        .usage, "--no-request --no-reply --no-directed leave nothing to send: keep one form")
    }
    if !sendsAdvertisement, addresses.contains(where: \.isIPv6) {
      throw CommandFailure(
        .usage, "--no-advertisement --no-directed leave nothing to send for IPv6: keep one form")
    }
  }

  private static func requirePositive(
    _ value: Int?, _ name: String, _ expected: String
  ) throws(CommandFailure) {
    guard let value, value < 1 else { return }
    throw CommandFailure(.usage, "\(name) \(value): expected \(expected)")
  }

  private static func requireSeconds(_ value: Double?, _ name: String) throws(CommandFailure) {
    guard let value, !(value > 0 && value < 1e9) else { return }
    throw CommandFailure(.usage, "\(name) \(value): expected seconds, more than 0 and below 1e9")
  }
}
