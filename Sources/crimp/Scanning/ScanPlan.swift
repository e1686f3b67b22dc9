import LinkLayer
import Links
import Machines

/// What `crimp scan` was asked for.
struct ScanOrders {
  var link = LinkSettings()
  /// What is asked; nil for the networks of the interface.
  var targets: ScanTargets?
  var options = ScanOptions()
  /// Whether the interface's own networks are meant, and hosts of IPv6 that no list holds.
  var asksIPv4 = true
  var asksIPv6 = true
  /// The address to ask from.
  var source: IPAddress?
  /// When the scan ends, whatever is outstanding; nil for no such end.
  var timeLimit: Duration?
  /// Shuffles what is asked.
  var isRandom = false
  /// Whether makers are told.
  var tellsVendors = true
}

/// What a scan comes down to on one interface.
struct ScanPlan {
  let place: LinkPlace
  /// What is asked address by address.
  let targets: ScanTargets
  /// The addresses that all nodes are asked from; none when they are not asked.
  let sources: [IPv6Address]
  /// The interface's addresses, or the one given, that questions come from.
  let own: [IPPrefix]

  init(_ orders: ScanOrders) throws(CommandFailure) {
    var settings = orders.link
    let named = orders.targets
    if settings.interface == nil, settings.replayPath == nil, named == nil {
      settings = try LinkPlace.settingsOfMainInterface(settings)
    }
    // One address stands for all: they are to be on one link.
    let example = named.flatMap { $0.count > 0 ? $0[$0.count / 2] : nil }
    place = try LinkPlace(settings, for: [example].compactMap { $0 })
    let addresses = try place.addresses
    own = orders.source.map { [IPPrefix(host: $0)] } ?? addresses
    if let named {
      (targets, sources) = (named, [])
      return
    }
    targets = try Self.networks(among: orders.asksIPv4 ? addresses : [])
    sources = orders.asksIPv6 ? Self.sources(among: own) : []
    guard targets.count > 0 || !sources.isEmpty else {
      throw CommandFailure(
        .unavailable,
        "interface \(place.properties.name) has no address of a network: name what to scan")
    }
  }

  private static func networks(among own: [IPPrefix]) throws(CommandFailure) -> ScanTargets {
    let networks = own.filter { !$0.address.isIPv6 && $0.length < 32 }
    do throws(ScanTargets.Failure) {
      return try ScanTargets(networks.map { AddressRange($0) })
    } catch {
      throw CommandFailure(
        .usage,
        "the interface's networks have more than \(ScanTargets.limit) addresses: name a part")
    }
  }

  private static func sources(among own: [IPPrefix]) -> [IPv6Address] {
    own.compactMap { prefix in
      guard case .v6(let address) = prefix.address else { return nil }
      return address
    }
  }
}
