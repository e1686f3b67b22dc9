import LinkLayer
import Links

extension LinkPlace {
  /// The address that a request for `target` comes from: the one given, the interface's in the
  /// target's network, its first, or none (0.0.0.0: a probe, which every owner answers).
  func source4(
    _ given: IPAddress?, for target: IPv4Address?
  ) throws(CommandFailure) -> IPv4Address {
    if let given {
      guard case .v4(let address) = given else { throw Self.wrongFamily(given, "an IPv4") }
      return address
    }
    let own = interfaceAddresses.compactMap { entry -> (IPv4Address, Bool)? in
      guard case .v4(let address) = entry.address else { return nil }
      let prefix = IPPrefix(address: entry.address, length: entry.prefixLength)
      return (address, target.map { prefix?.contains(.v4($0)) ?? false } ?? true)
    }
    return own.first { $0.1 }?.0 ?? own.first?.0 ?? .unspecified
  }

  /// The address that a solicitation for `target` comes from: the one given, a link-local one for a
  /// link-local target, the interface's in the target's network, or its link-local one.
  func source6(
    _ given: IPAddress?, for target: IPv6Address
  ) throws(CommandFailure) -> IPv6Address {
    if let given {
      guard case .v6(let address) = given else { throw Self.wrongFamily(given, "an IPv6") }
      return address
    }
    let own = interfaceAddresses.compactMap { entry -> (IPv6Address, Bool)? in
      guard case .v6(let address) = entry.address, !entry.isTentative else { return nil }
      let prefix = IPPrefix(address: entry.address, length: entry.prefixLength)
      return (address, prefix?.contains(.v6(target)) ?? false)
    }
    guard let source = own.first(where: { $0.1 })?.0 ?? own.first(where: { $0.0.isLinkLocal })?.0
    else {
      guard isReplay else {
        throw CommandFailure(
          .unavailable,
          "interface \(properties.name) has no IPv6 address to ask from: give one with --source")
      }
      return .unspecified
    }
    return source
  }

  /// A seed for what is random: new each time, and the same for each run of a replay.
  func seed(_ number: Int) -> UInt64 {
    isReplay ? UInt64(number) : .random(in: .min ... .max)
  }

  private var interfaceAddresses: [InterfaceAddress] {
    guard let station else { return [] }
    return station.hostAddresses.filter { $0.interfaceIndex == station.interface.index }
  }

  private static func wrongFamily(_ given: IPAddress, _ expected: String) -> CommandFailure {
    CommandFailure(.usage, "--source \(given): expected \(expected) address")
  }
}
