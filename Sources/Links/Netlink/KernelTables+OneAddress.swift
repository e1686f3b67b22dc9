import Glibc
public import LinkLayer

extension KernelTables {
  /// The interface on which `address` is this host's and may be spoken from, asked about this address
  /// alone: the kernel goes through no table and waits for no lock, however many addresses there are.
  ///
  /// Nil is not the last word. An address in a VRF stands in another table than the one that is
  /// asked, and one that is tentative may be used later: ``addresses(of:)`` tells.
  public func interfaceIndex(ofUsable address: IPAddress) throws(NetlinkError) -> Int32? {
    // The kernel takes a packet to nobody for one to itself.
    guard !address.isUnspecified else { return nil }
    do throws(NetlinkError) {
      return try address.isIPv6 ? interfaceOfEntry(of: address) : interfaceOfDelivery(to: address)
    } catch {
      guard case .refused = error else { throw error }
      return nil
    }
  }

  /// The interface of the route by which the kernel delivers packets to this one address to itself. It
  /// makes one for every IPv4 address; for single IPv4 addresses, older kernels tell no entry.
  private func interfaceOfDelivery(to address: IPAddress) throws(NetlinkError) -> Int32? {
    var request = NetlinkRequest(.getRoute, [])
    request.routeHeader(
      family: address.family, destinationLength: address.bitCount,
      flags: RouteMessage.matchesTable)
    request.attribute(RouteMessage.Attribute.destination, address)
    return try ask(request) { (message) throws(NetlinkFormatError) in
      try message.require(RouteMessage.byteCount)
      let kind = RouteKind(
        rawValue: message.body.native(at: RouteMessage.kind))
      let length: UInt8 = message.body.native(at: RouteMessage.destinationLength)
      guard kind == .local, Int(length) == address.bitCount else { return nil }
      var attributes = message.attributes(after: RouteMessage.byteCount)
      while let attribute = try attributes.next() {
        guard attribute.type == RouteMessage.Attribute.outputInterface else { continue }
        return try attribute.integer()
      }
      return nil
    }
  }

  /// The interface of an IPv6 address whose entry allows its use. A route alone would not tell: an
  /// optimistic address (RFC 4429) has one, and must not be advertised to override.
  private func interfaceOfEntry(of address: IPAddress) throws(NetlinkError) -> Int32? {
    var request = NetlinkRequest(.getAddress, [])
    request.structure {
      $0.append(UInt32(address.family.rawValue))
      $0.append(Int32(0))
    }
    request.attribute(AddressMessage.Attribute.address, address)
    return try ask(request) { (message) throws(NetlinkFormatError) in
      guard let entry = try InterfaceAddress(message), entry.address == address,
        !entry.isTentative, !entry.isDADFailed
      else { return nil }
      return entry.interfaceIndex
    }
  }
}
