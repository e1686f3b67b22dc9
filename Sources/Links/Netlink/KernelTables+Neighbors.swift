public import LinkLayer
import Glibc

extension KernelTables {
  /// The neighbours on the interface with this index, or on all: ARP's and NDP's tables.
  ///
  /// The entries that the kernel keeps for groups and for interfaces without ARP (`NOARP`) are
  /// left out, as `ip neigh` leaves them out. Proxy entries are in a table that is not read here.
  public func neighbors(of index: Int32? = nil) throws(NetlinkError) -> [Neighbor] {
    var request = NetlinkRequest(.getNeighbor, .dump)
    request.neighborHeader(family: .unspecified)
    if let index {
      request.attribute(NeighborMessage.Attribute.interfaceIndex, index)
    }
    return try dump(about: index, request) { (message, entries) throws(NetlinkFormatError) in
      guard message.type == .newNeighbor, let neighbor = try Neighbor(message) else { return }
      guard neighbor.state.isDisjoint(with: .noARP) else { return }
      if let index, neighbor.interfaceIndex != index { return }
      entries.append(neighbor)
    }
  }

  /// The entry for `address` on the interface with this index, `nil` when there is none.
  public func neighbor(
    _ address: IPAddress, on index: Int32
  ) throws(NetlinkError) -> Neighbor? {
    var request = NetlinkRequest(.getNeighbor, [])
    request.neighborHeader(family: address.family, index: index)
    request.attribute(NeighborMessage.Attribute.destination, address)
    return try nilWhenAbsent(about: index, request) { (message) throws(NetlinkFormatError) in
      try Neighbor(message)
    }
  }

  /// The forwarding table of the bridge with this index: which address is behind which port.
  public func forwardingEntries(of bridge: Int32) throws(NetlinkError) -> [ForwardingEntry] {
    var request = NetlinkRequest(.getNeighbor, .dump)
    request.neighborHeader(family: .bridge)
    request.attribute(NeighborMessage.Attribute.master, bridge)
    return try dump(about: bridge, request) { (message, entries) throws(NetlinkFormatError) in
      guard message.type == .newNeighbor, let entry = try ForwardingEntry(message) else { return }
      entries.append(entry)
    }
  }

  /// The bridge's entry for one address, `nil` when the bridge has none: it then floods.
  public func forwardingEntry(
    for address: HardwareAddress, of bridge: Int32
  ) throws(NetlinkError) -> ForwardingEntry? {
    var request = NetlinkRequest(.getNeighbor, [])
    request.neighborHeader(family: .bridge)
    request.attribute(NeighborMessage.Attribute.hardwareAddress, address)
    request.attribute(NeighborMessage.Attribute.master, bridge)
    return try nilWhenAbsent(about: bridge, request) { (message) throws(NetlinkFormatError) in
      try ForwardingEntry(message)
    }
  }

  /// As `ask(_:_:)`; that there is no such entry is an answer.
  private func nilWhenAbsent<Answer>(
    about index: Int32, _ request: consuming NetlinkRequest,
    _ read: (borrowing NetlinkMessageView) throws(NetlinkFormatError) -> Answer?
  ) throws(NetlinkError) -> Answer? {
    do throws(NetlinkError) {
      return try ask(request, read)
    } catch {
      guard case .refused(let refusal) = error else { throw error }
      switch refusal.errno {
      case ENOENT: return nil
      case ENODEV: throw .noSuchInterfaceIndex(index)
      default: throw error
      }
    }
  }
}

extension NetlinkRequest {
  /// Appends `struct ndmsg`.
  mutating func neighborHeader(
    family: AddressFamily, index: Int32 = 0, state: NeighborState = [],
    flags: NeighborFlags = []
  ) {
    structure { request in
      request.append(family.rawValue)
      request.append(UInt8(0))
      request.append(UInt16(0))
      request.append(index)
      request.append(state.rawValue)
      request.append(flags.rawValue)
      request.append(UInt8(0))
    }
  }
}
