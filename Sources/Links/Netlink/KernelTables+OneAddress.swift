import Glibc
public import LinkLayer

extension KernelTables {
  /// Whether `address` is this host's and may be spoken from, asked about this address alone: the
  /// kernel goes through no table and waits for no lock, however many addresses there are.
  ///
  /// False is not the last word. An address in a VRF stands in another table than the one that is
  /// asked, and one that is tentative may be used later: ``addresses(of:)`` tells.
  public func mayUse(_ address: IPAddress) throws(NetlinkError) -> Bool {
    // The kernel takes a packet to nobody for one to itself.
    guard !address.isUnspecified else { return false }
    do throws(NetlinkError) {
      return try address.isIPv6 ? mayUseEntry(of: address) : isDelivered(address)
    } catch {
      guard case .refused = error else { throw error }
      return false
    }
  }

  /// Whether the kernel has a route by which it delivers packets to this one address to itself. It
  /// makes one for every IPv4 address; for single IPv4 addresses, older kernels tell no entry.
  private func isDelivered(_ address: IPAddress) throws(NetlinkError) -> Bool {
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
      return kind == .local && Int(length) == address.bitCount
    } ?? false
  }

  /// Whether the entry of an IPv6 address allows its use. A route alone would not tell: an
  /// optimistic address (RFC 4429) has one, and must not be advertised to override.
  private func mayUseEntry(of address: IPAddress) throws(NetlinkError) -> Bool {
    var request = NetlinkRequest(.getAddress, [])
    request.structure {
      $0.append(UInt32(address.family.rawValue))
      $0.append(Int32(0))
    }
    request.attribute(AddressMessage.Attribute.address, address)
    return try ask(request) { (message) throws(NetlinkFormatError) in
      guard let entry = try InterfaceAddress(message), entry.address == address else {
        return false
      }
      return !entry.isTentative && !entry.isDADFailed
    } ?? false
  }
}
