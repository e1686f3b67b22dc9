import LinkLayer
import Links

/// How far the addresses that are to be announced are this host's.
struct AddressStanding {
  /// Those that may be announced at once.
  var ready: [IPAddress] = []
  /// Those that duplicate address detection is still at work on: an advertisement from a tentative
  /// address is forbidden (RFC 4862, section 5.4).
  var tentative: [IPAddress] = []
  /// Those that duplicate address detection has refused.
  var refused: [IPAddress] = []
  /// Which interfaces have them, of those that another one has than is announced on. No dictionary, which
  /// the runtime would think of before the first frame.
  var elsewhere: [(address: IPAddress, interfaceIndex: Int32)] = []

  /// Those that are announced, at once or later.
  var announced: [IPAddress] { tentative.isEmpty ? ready : ready + tentative }
}

extension Station {
  /// How far `addresses` are this host's. Refuses those that it does not have at all, with `hint` behind
  /// the words.
  func standing(
    of addresses: [IPAddress], hint: String = ""
  ) throws(CommandFailure) -> AddressStanding {
    if let standing = try standingOfFew(addresses) { return standing }
    var own: [IPAddress: InterfaceAddress] = [:]
    for entry in try hostAddresses {
      // Of one that stands twice, the entry of this interface counts.
      guard own[entry.address] == nil || entry.interfaceIndex == interface.index else { continue }
      own[entry.address] = entry
    }
    var standing = AddressStanding()
    for address in addresses {
      guard let entry = own[address] else {
        throw CommandFailure(
          .unavailable,
          "\(address) is not an address of this host: expected one, or --force for another's\(hint)"
        )
      }
      if entry.interfaceIndex != interface.index {
        standing.elsewhere.append((address, entry.interfaceIndex))
      }
      if entry.isDADFailed {
        standing.refused.append(address)
      } else if entry.isTentative {
        standing.tentative.append(address)
      } else {
        standing.ready.append(address)
      }
    }
    return standing
  }

  /// Up to so many addresses are asked about one by one before the table is read.
  private static let fewAddresses = 8

  /// The same of a few addresses, if the kernel says of each that it may be used.
  private func standingOfFew(
    _ addresses: [IPAddress]
  ) throws(CommandFailure) -> AddressStanding? {
    guard addresses.count <= Self.fewAddresses else { return nil }
    var standing = AddressStanding()
    standing.ready = addresses
    for address in addresses {
      let index = try worded { () throws(NetlinkError) in
        try tables.interfaceIndex(ofUsable: address)
      }
      guard let index else { return nil }
      if index != interface.index { standing.elsewhere.append((address, index)) }
    }
    return standing
  }

  /// The macvlan above this interface that has all of the addresses, when one has any: they must be
  /// announced with its hardware address, not with this interface's.
  func macvlan(of standing: AddressStanding) throws(CommandFailure) -> String? {
    for (address, index) in standing.elsewhere {
      let home = try worded { () throws(NetlinkError) in try tables.interface(at: index) }
      guard home.isMACVLAN, home.linkIndex == interface.index else { continue }
      let above = standing.elsewhere.filter { $0.interfaceIndex == index }
      guard above.count == standing.announced.count + standing.refused.count else {
        throw CommandFailure(
          .unavailable,
          "\(address) is on \(home.name), with a hardware address of its own, and not all of the "
            + "others are: announce those of \(home.name) by themselves")
      }
      return home.name
    }
    return nil
  }
}
