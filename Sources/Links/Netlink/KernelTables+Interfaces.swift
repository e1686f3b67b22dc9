import Glibc
import LinkLayer

extension KernelTables {
  /// All interfaces of the namespace.
  public func interfaces() throws(NetlinkError) -> [Interface] {
    try dump(Interface.request(flags: .dump)) {
      (message, entries) throws(NetlinkFormatError) in
      guard message.type == .newLink else { return }
      entries.append(try Interface(message))
    }
  }

  /// The interface with this name or alternative name.
  ///
  /// - Throws: `.noSuchInterface` when there is none.
  public func interface(named name: String) throws(NetlinkError) -> Interface {
    // The kernel finds alternative names by IFLA_IFNAME too, but takes long ones only by their
    // own attribute; what no interface can be called, it calls an invalid argument.
    let count = name.utf8.count
    guard (1..<InterfaceMessage.alternativeNameLimit).contains(count), !name.utf8.contains(0) else {
      throw .noSuchInterface(name)
    }
    var request = Interface.request()
    request.attribute(
      count < InterfaceMessage.nameLimit
        ? InterfaceMessage.Attribute.name : InterfaceMessage.Attribute.alternativeName, name)
    return try interface(request, otherwise: .noSuchInterface(name))
  }

  /// The interface with this index.
  ///
  /// - Throws: `.noSuchInterfaceIndex` when there is none.
  public func interface(at index: Int32) throws(NetlinkError) -> Interface {
    guard index > 0 else { throw .noSuchInterfaceIndex(index) }
    return try interface(
      Interface.request(index: index), otherwise: .noSuchInterfaceIndex(index))
  }

  private func interface(
    _ request: consuming NetlinkRequest, otherwise missing: NetlinkError
  ) throws(NetlinkError) -> Interface {
    let answer: Interface?
    do throws(NetlinkError) {
      answer = try ask(request) { (message) throws(NetlinkFormatError) in try Interface(message) }
    } catch {
      guard case .refused(let refusal) = error, refusal.errno == ENODEV else { throw error }
      throw missing
    }
    guard let answer else { throw missing }
    return answer
  }

  /// The addresses of the interface with this index, or of all.
  public func addresses(of index: Int32? = nil) throws(NetlinkError) -> [InterfaceAddress] {
    var request = NetlinkRequest(.getAddress, .dump)
    request.structure {
      $0.append(UInt32(0))
      $0.append(index ?? 0)
    }
    return try dump(about: index, request) { (message, entries) throws(NetlinkFormatError) in
      guard message.type == .newAddress, let address = try InterfaceAddress(message) else {
        return
      }
      // Kernels before 4.20 do not filter.
      if let index, address.interfaceIndex != index { return }
      entries.append(address)
    }
  }

  /// As `dump(_:_:)`; that the kernel knows no such device is told of the interface `index`.
  func dump<Entry>(
    about index: Int32?, _ request: consuming NetlinkRequest,
    _ read: (borrowing NetlinkMessageView, inout [Entry]) throws(NetlinkFormatError) -> Void
  ) throws(NetlinkError) -> [Entry] {
    do throws(NetlinkError) {
      return try dump(request, read)
    } catch {
      guard let index, case .refused(let refusal) = error, refusal.errno == ENODEV else {
        throw error
      }
      throw .noSuchInterfaceIndex(index)
    }
  }
}

extension Interface {
  /// Begins an `RTM_GETLINK`.
  fileprivate static func request(index: Int32 = 0, flags: NetlinkFlags = []) -> NetlinkRequest {
    var request = NetlinkRequest(.getLink, flags)
    request.interfaceHeader(index: index)
    request.attribute(
      InterfaceMessage.Attribute.extensionMask, InterfaceMessage.skipStatistics)
    return request
  }
}

extension NetlinkRequest {
  /// Appends the fixed structure of a link message.
  mutating func interfaceHeader(
    index: Int32, flags: InterfaceFlags = [], change: InterfaceFlags = []
  ) {
    structure { $0.appendInterfaceHeader(index: index, flags: flags, change: change) }
  }

  /// Appends `struct ifinfomsg`. `flags` are set where `change` has a bit.
  mutating func appendInterfaceHeader(
    index: Int32 = 0, flags: InterfaceFlags = [], change: InterfaceFlags = []
  ) {
    append(UInt32(0))
    append(index)
    append(flags.rawValue)
    append(change.rawValue)
  }
}
