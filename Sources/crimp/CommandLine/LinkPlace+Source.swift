import LinkLayer
import Links
import Machines

extension LinkPlace {
  /// The address that a request for `target` comes from: the one given, the interface's in the
  /// target's network, its first, or none (0.0.0.0: a probe, which every owner answers). `addresses`
  /// are the interface's, read once for all targets.
  func source4(
    _ given: IPAddress?, for target: IPv4Address?, among addresses: [IPPrefix]
  ) throws(CommandFailure) -> IPv4Address {
    if let given {
      guard case .v4(let address) = given else { throw Self.wrongFamily(given, "an IPv4") }
      return address
    }
    let own = addresses.compactMap { prefix -> (IPv4Address, Bool)? in
      guard case .v4(let address) = prefix.address else { return nil }
      return (address, target.map { prefix.contains(.v4($0)) } ?? true)
    }
    return own.first { $0.1 }?.0 ?? own.first?.0 ?? .unspecified
  }

  /// The address that a solicitation for `target` comes from: the one given, a link-local one for a
  /// link-local target, the interface's in the target's network, or its link-local one.
  func source6(
    _ given: IPAddress?, for target: IPv6Address, among addresses: [IPPrefix]
  ) throws(CommandFailure) -> IPv6Address {
    if let given {
      guard case .v6(let address) = given else { throw Self.wrongFamily(given, "an IPv6") }
      return address
    }
    let own = addresses.compactMap { prefix -> (IPv6Address, Bool)? in
      guard case .v6(let address) = prefix.address else { return nil }
      return (address, prefix.contains(.v6(target)))
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

  /// The randomness of the machine of this number: new each time, and in a replay that of the
  /// recording.
  func random(_ number: Int) -> MachineRandom {
    MachineRandom(seed: seed.value &+ UInt64(truncatingIfNeeded: number))
  }

  private static func wrongFamily(_ given: IPAddress, _ expected: String) -> CommandFailure {
    CommandFailure(.usage, "--source \(given): expected \(expected) address")
  }
}
