import LinkLayer
import Glibc

// Changes of addresses, neighbours and routes. All need CAP_NET_ADMIN.

extension KernelTables {
  /// Adds an address to its interface; with `.noDuplicateDetection` an IPv6 address can be used
  /// at once.
  ///
  /// - Throws: `.refused` with `EEXIST` when the interface has the address already.
  public func add(_ address: InterfaceAddress) throws(NetlinkError) {
    try change(about: address.interfaceIndex, address.request(.newAddress, [.create, .exclusive]))
  }

  /// Takes an address from its interface.
  ///
  /// - Throws: `.refused` with `EADDRNOTAVAIL` when the interface does not have it.
  public func remove(_ address: InterfaceAddress) throws(NetlinkError) {
    try change(about: address.interfaceIndex, address.request(.deleteAddress, []))
  }

  /// Makes or replaces a neighbour entry.
  public func set(_ neighbor: Neighbor) throws(NetlinkError) {
    try change(about: neighbor.interfaceIndex, neighbor.request(.newNeighbor, [.create, .replace]))
  }

  /// Deletes a neighbour entry.
  ///
  /// - Throws: `.refused` with `ENOENT` when there is none.
  public func remove(_ neighbor: Neighbor) throws(NetlinkError) {
    var key = neighbor
    key.hardwareAddress = nil
    key.state = []
    try change(about: neighbor.interfaceIndex, key.request(.deleteNeighbor, []))
  }

  /// Adds a route.
  ///
  /// - Throws: `.refused` with `EEXIST` when there is such a route already, with `ENETUNREACH`
  ///   when the gateway is not on a link.
  public func add(_ route: Route) throws(NetlinkError) {
    try change(about: route.interfaceIndex, route.request(.newRoute, [.create, .exclusive]))
  }

  /// Deletes a route.
  ///
  /// - Throws: `.refused` with `ESRCH` when there is none.
  public func remove(_ route: Route) throws(NetlinkError) {
    try change(about: route.interfaceIndex, route.request(.deleteRoute, []))
  }

  /// As `change(_:)`; that there is no such device is told of the interface `index`.
  func change(about index: Int32?, _ request: consuming NetlinkRequest) throws(NetlinkError) {
    do throws(NetlinkError) {
      try change(request)
    } catch {
      guard let index, case .refused(let refusal) = error, refusal.errno == ENODEV else {
        throw error
      }
      throw .noSuchInterfaceIndex(index)
    }
  }
}

extension InterfaceAddress {
  fileprivate func request(
    _ type: NetlinkMessageType, _ flags: NetlinkFlags
  ) -> NetlinkRequest {
    var request = NetlinkRequest(type, flags.union(.acknowledge))
    request.structure { header in
      header.append(address.family.rawValue)
      header.append(UInt8(clamping: prefixLength))
      header.append(UInt8(truncatingIfNeeded: self.flags.rawValue))
      header.append(scope.rawValue)
      header.append(interfaceIndex)
    }
    request.attribute(AddressMessage.Attribute.local, address)
    request.attribute(AddressMessage.Attribute.address, peer ?? address)
    request.attribute(AddressMessage.Attribute.flags, self.flags.rawValue)
    if let broadcast { request.attribute(AddressMessage.Attribute.broadcast, broadcast) }
    if let label { request.attribute(AddressMessage.Attribute.label, label) }
    return request
  }
}

extension Neighbor {
  fileprivate func request(
    _ type: NetlinkMessageType, _ flags: NetlinkFlags
  ) -> NetlinkRequest {
    var request = NetlinkRequest(type, flags.union(.acknowledge))
    request.neighborHeader(
      family: address.family, index: interfaceIndex, state: state, flags: self.flags)
    request.attribute(NeighborMessage.Attribute.destination, address)
    if let hardwareAddress {
      request.attribute(NeighborMessage.Attribute.hardwareAddress, hardwareAddress)
    }
    return request
  }
}

extension Route {
  fileprivate func request(
    _ type: NetlinkMessageType, _ flags: NetlinkFlags
  ) -> NetlinkRequest {
    var request = NetlinkRequest(type, flags.union(.acknowledge))
    let isOnLink = gateway == nil && kind == .unicast && family == .ipv4
    request.routeHeader(
      family: family, destinationLength: destination?.length ?? 0,
      protocol: RouteMessage.madeByAdministrator, scope: isOnLink ? .link : .universe, kind: kind)
    if let destination {
      request.attribute(RouteMessage.Attribute.destination, destination.address)
    }
    if let gateway { request.attribute(gateway, asGatewayOf: family) }
    if let interfaceIndex {
      request.attribute(RouteMessage.Attribute.outputInterface, interfaceIndex)
    }
    if let preferredSource {
      request.attribute(RouteMessage.Attribute.preferredSource, preferredSource)
    }
    if metric != 0 { request.attribute(RouteMessage.Attribute.priority, metric) }
    request.attribute(RouteMessage.Attribute.table, table)
    return request
  }
}

extension NetlinkRequest {
  /// A gateway of the other family stands in `RTA_VIA`, with its own family before it.
  fileprivate mutating func attribute(_ gateway: IPAddress, asGatewayOf family: AddressFamily) {
    guard gateway.family != family else {
      return attribute(RouteMessage.Attribute.gateway, gateway)
    }
    attribute(RouteMessage.Attribute.via) { request in
      request.append(UInt16(gateway.family.rawValue))
      request.append(gateway)
    }
  }
}
