import LinkLayer
import Links
import Machines

extension AnnouncementPlan {
  /// More directed requests than this in a round go to the gateways and to the neighbours named
  /// with `--notify` alone: a table of 500 neighbours times 1,000 addresses is a storm.
  private static let directedLimit = 2_000
  /// Rounds of more frames than this are paced unless `--rate` says otherwise: all of them go to every
  /// station of the link, and switches police ARP.
  private static let unpacedFrames = 100
  /// How fast paced rounds go at least, and at most; between the two, in a second.
  private static let usualRates = 1_000.0...10_000.0

  /// Up to so many addresses are announced to all before the neighbours have been read, which
  /// takes a fifth of the time to the first frame.
  private static let fewAddresses = 8

  /// Whether the frames to all go out before the neighbours are read.
  static func readsNeighborsLater(
    _ request: AnnounceRequest, addresses: [IPAddress], at place: LinkPlace
  ) -> Bool {
    addresses.count <= fewAddresses && request.rate == nil && request.link.recordPath == nil
      && !place.isReplay
  }

  /// What `request` asks for, with the neighbours that the kernel knows of unless these come later.
  init(
    _ request: AnnounceRequest, addresses: [IPAddress], at place: LinkPlace
  ) throws(CommandFailure) {
    let isLater = Self.readsNeighborsLater(request, addresses: addresses, at: place)
    let neighbors = isLater ? [] : try Self.neighbors(request, of: addresses, at: place)
    self.init(
      addresses: addresses, neighbors: neighbors, forms: request.forms,
      sender: request.hardwareAddress,
      isRouter: try Self.isRouter(request, addresses, place),
      schedule: request.schedule)
    neighborsFollow = isLater
    if let wait = request.carrierWait { carrierPatience = Duration(seconds: wait) }
    // A count that was asked for is meant for advertisements too.
    if request.count != nil { advertisementLimit = nil }
    pace = Self.pace(request, frames: addresses.count * (3 + neighbors.count))
  }

  /// The same for `addresses` that come after the others, of `total` in all: a rate that was asked for is
  /// shared by all that go on at the same time.
  init(
    _ request: AnnounceRequest, late addresses: [IPAddress], of total: Int, at place: LinkPlace
  ) throws(CommandFailure) {
    var shared = request
    shared.rate = request.rate.map { rate in
      // The product of the two may be more than an Int holds.
      max(1, rate / total * addresses.count + rate % total * addresses.count / total)
    }
    try self.init(shared, addresses: addresses, at: place)
    guard neighborsFollow else { return }
    neighborsFollow = false
    neighbors = try Self.neighbors(request, of: addresses, at: place)
    pace = Self.pace(request, frames: addresses.count * (3 + neighbors.count))
  }

  /// How fast `frames` go that are due at once.
  static func pace(_ request: AnnounceRequest, frames: Int) -> FramePace {
    if let rate = request.rate { return .framesPerSecond(Double(rate)) }
    guard frames > unpacedFrames else { return .unlimited }
    let rate = min(max(Double(frames), usualRates.lowerBound), usualRates.upperBound)
    return .framesPerSecond(rate)
  }

  /// The gateways, the neighbours named, and those of the kernel's table that are in a network of the
  /// addresses, each once.
  static func neighbors(
    _ request: AnnounceRequest, of addresses: [IPAddress], at place: LinkPlace
  ) throws(CommandFailure) -> [NeighborTarget] {
    guard request.sendsDirected else { return [] }
    let named = request.notified.map { NeighborTarget(address: $0) }
    // The kernel's tables are of the network without the tag.
    guard request.link.tag == nil else { return named }
    let table = try place.neighbors()
    let first = try place.gateways() + named
    let near = table.isEmpty ? [] : Self.near(table, to: addresses, in: try place.networks())
    let all = unique(first + near, table)
    guard all.count * addresses.count > directedLimit else { return all }
    if !request.link.quiet {
      StandardStream.error.writeLine(
        "crimp: \(addresses.count) addresses for \(all.count) neighbours: directed requests go to "
          + "the gateways and to those of --notify alone")
    }
    return unique(first, table)
  }

  /// Those of `table` that are in a network of `addresses`. Where an address is in none, but by itself,
  /// all of its family are; and link-local neighbours are in every IPv6 network of a link.
  static func near(
    _ table: [NeighborTarget], to addresses: [IPAddress], in networks: [IPPrefix]
  ) -> [NeighborTarget] {
    let shared = Set(
      networks.filter { $0.length < $0.address.bitCount }
        .compactMap { IPPrefix(address: $0.network, length: $0.length) })
    var homes: Set<IPPrefix> = []
    var isStray = (v4: false, v6: false)
    for address in addresses {
      let own = shared.filter { $0.contains(address) }
      homes.formUnion(own)
      guard own.isEmpty else { continue }
      if address.isIPv6 { isStray.v6 = true } else { isStray.v4 = true }
    }
    let hasIPv6 = addresses.contains(where: \.isIPv6)
    return table.filter { neighbor in
      let address = neighbor.address
      let isMeant = address.isIPv6 ? isStray.v6 || hasIPv6 && address.isLinkLocal : isStray.v4
      return isMeant || homes.contains { $0.contains(address) }
    }
  }

  /// Each address once, with the hardware address that `table` knows.
  private static func unique(
    _ targets: [NeighborTarget], _ table: [NeighborTarget]
  ) -> [NeighborTarget] {
    let known = Dictionary(
      table.map { ($0.address, $0.hardwareAddress) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<IPAddress> = []
    return targets.filter { seen.insert($0.address).inserted }.map { target in
      NeighborTarget(
        address: target.address,
        hardwareAddress: target.hardwareAddress ?? known[target.address] ?? nil)
    }
  }

  /// R must tell the truth: hosts drop a default router that says it is none.
  private static func isRouter(
    _ request: AnnounceRequest, _ addresses: [IPAddress], _ place: LinkPlace
  ) throws(CommandFailure) -> Bool {
    if let given = request.isRouter { return given }
    guard addresses.contains(where: \.isIPv6) else { return false }
    return try place.forwardsIPv6()
  }
}

extension AnnounceRequest {
  /// The forms that are not switched off.
  fileprivate var forms: AnnouncementForms {
    var forms: AnnouncementForms = []
    if sendsAdvertisement {
      forms.insert(isNew ? .newAddressAdvertisement : .neighborAdvertisement)
    }
    if sendsRequest { forms.insert(.gratuitousRequest) }
    if sendsReply { forms.insert(.gratuitousReply) }
    if sendsDirected { forms.insert(.directedRequest) }
    return forms
  }

  fileprivate var schedule: AnnouncementSchedule {
    var schedule = AnnouncementSchedule.standard
    if let count { schedule.burst = .rounds(count, every: Duration(seconds: interval ?? 1)) }
    schedule.secondBurstDelay = secondBurstDelay.map { Duration(seconds: $0) }
    schedule.refreshInterval = refreshInterval.map { max(Duration(seconds: $0), .milliseconds(10)) }
    return schedule
  }

  /// The addresses to announce, those given and with `--all` those of the interface, and how far they
  /// are this host's.
  ///
  /// Refuses an address that is not this host's, unless `--force` is given.
  func standing(at place: LinkPlace) throws(CommandFailure) -> AddressStanding {
    var announced = addresses
    if all {
      if let station = place.station {
        announced += try station.usableAddresses
      } else {
        announced += try place.addresses.map(\.address)
      }
    }
    // A set of one address takes the runtime a tenth of a millisecond to think of.
    if announced.count > 1 {
      var seen: Set<IPAddress> = []
      announced = announced.filter { seen.insert($0).inserted }
    }
    guard !announced.isEmpty else {
      throw CommandFailure(
        .unavailable, "interface \(place.properties.name) has no address: nothing to announce")
    }
    guard !force, let station = place.station else {
      var standing = AddressStanding()
      standing.ready = announced
      return standing
    }
    return try station.standing(of: announced, hint: hintAboutForeign)
  }

  /// What may have been meant where an address is not this host's: the word behind `--confirm`.
  private var hintAboutForeign: String {
    confirmations == [.gateway]
      ? "; the host that must answer is named as --confirm=HOST, in one word" : ""
  }
}
