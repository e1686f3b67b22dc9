public import LinkLayer

// Changes of interfaces: what a laboratory is built of. All need CAP_NET_ADMIN.

extension KernelTables {
  /// Switches an interface on or off.
  public func setUp(_ isUp: Bool = true, _ index: Int32) throws(NetlinkError) {
    try changeLink(index, flags: isUp ? .up : [], change: .up) { _ in }
  }

  /// Gives an interface another link-layer address.
  public func setHardwareAddress(
    _ address: HardwareAddress, of index: Int32
  ) throws(NetlinkError) {
    try changeLink(index) { $0.attribute(InterfaceMessage.Attribute.address, address) }
  }

  /// Sets the largest payload of a frame, in bytes.
  public func setMTU(_ mtu: Int, of index: Int32) throws(NetlinkError) {
    try changeLink(index) {
      $0.attribute(InterfaceMessage.Attribute.mtu, UInt32(clamping: mtu))
    }
  }

  /// Makes an interface a port of the bridge (or bond, or VRF) with the index `master`, or of
  /// none.
  public func setMaster(_ master: Int32?, of index: Int32) throws(NetlinkError) {
    try changeLink(index) {
      $0.attribute(InterfaceMessage.Attribute.master, master ?? 0)
    }
  }

  /// Moves an interface to another namespace. It is switched off by that, and may get another
  /// index there.
  public func move(
    _ index: Int32, to namespace: borrowing NetworkNamespace
  ) throws(NetlinkError) {
    let descriptor = namespace.descriptor
    try changeLink(index) {
      $0.attribute(InterfaceMessage.Attribute.namespaceDescriptor, descriptor)
    }
  }

  /// Deletes a virtual interface; of a veth pair, both ends go.
  public func deleteInterface(_ index: Int32) throws(NetlinkError) {
    var request = NetlinkRequest(.deleteLink, .acknowledge)
    request.interfaceHeader(index: index)
    try change(about: index, request)
  }

  /// Creates a pair of interfaces, each of which receives what the other sends.
  ///
  /// - Parameters:
  ///   - name: the name of the end in this namespace.
  ///   - peer: the name of the other end.
  ///   - namespace: where the other end is to be.
  public func createPair(
    _ name: String, peer: String, in namespace: borrowing NetworkNamespace
  ) throws(NetlinkError) {
    let descriptor = namespace.descriptor
    try createPair(name, peer: peer, peerNamespace: descriptor)
  }

  /// Creates a pair of interfaces in this namespace, each of which receives what the other sends.
  public func createPair(_ name: String, peer: String) throws(NetlinkError) {
    try createPair(name, peer: peer, peerNamespace: nil)
  }

  private func createPair(
    _ name: String, peer: String, peerNamespace: Int32?
  ) throws(NetlinkError) {
    let peerInformation: UInt16 = 1  // VETH_INFO_PEER
    try create(name, kind: "veth") { data in
      data.attribute(peerInformation) { end in
        // A link message within the message: its header, then its attributes.
        end.appendInterfaceHeader()
        end.attribute(InterfaceMessage.Attribute.name, peer)
        if let peerNamespace {
          end.attribute(InterfaceMessage.Attribute.namespaceDescriptor, peerNamespace)
        }
      }
    }
  }

  /// Creates a bridge without ports. It does not run the spanning tree protocol, so its ports
  /// forward at once.
  public func createBridge(_ name: String) throws(NetlinkError) {
    try create(name, kind: "bridge") { _ in }
  }

  /// Creates an interface with its own link-layer address above another one.
  ///
  /// - Parameters:
  ///   - name: the name of the new interface.
  ///   - lower: the index of the interface below.
  ///   - mode: how frames to other such interfaces go.
  ///   - address: the link-layer address; the kernel chooses one otherwise.
  public func createMACVLAN(
    _ name: String, above lower: Int32, mode: MACVLANMode = .bridge,
    hardwareAddress address: HardwareAddress? = nil
  ) throws(NetlinkError) {
    let modeAttribute: UInt16 = 1  // IFLA_MACVLAN_MODE
    try create(
      name, kind: "macvlan",
      with: { request in
        request.attribute(InterfaceMessage.Attribute.link, lower)
        if let address { request.attribute(InterfaceMessage.Attribute.address, address) }
      },
      data: { $0.attribute(modeAttribute, mode.rawValue) })
  }

  private func create(
    _ name: String, kind: String, with attributes: (inout NetlinkRequest) -> Void = { _ in },
    data: (inout NetlinkRequest) -> Void
  ) throws(NetlinkError) {
    var request = NetlinkRequest(.newLink, [.create, .exclusive, .acknowledge])
    request.interfaceHeader(index: 0)
    request.attribute(InterfaceMessage.Attribute.name, name)
    attributes(&request)
    request.attribute(InterfaceMessage.Attribute.linkInformation) { information in
      information.attribute(InterfaceMessage.Information.kind, kind)
      information.attribute(InterfaceMessage.Information.data, data)
    }
    try change(request)
  }

  private func changeLink(
    _ index: Int32, flags: InterfaceFlags = [], change mask: InterfaceFlags = [],
    _ attributes: (inout NetlinkRequest) -> Void
  ) throws(NetlinkError) {
    var request = NetlinkRequest(.newLink, .acknowledge)
    request.interfaceHeader(index: index, flags: flags, change: mask)
    attributes(&request)
    try change(about: index, request)
  }
}

/// How frames go from one macvlan interface to another above the same lower one
/// (`MACVLAN_MODE_*`).
public struct MACVLANMode: RawRepresentable, Hashable, Sendable {
  /// The number of the mode.
  public var rawValue: UInt32

  /// The mode with this number, known or not.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Not at all.
  public static let `private` = MACVLANMode(rawValue: 1)
  /// Out to the switch and back.
  public static let vepa = MACVLANMode(rawValue: 2)
  /// Directly.
  public static let bridge = MACVLANMode(rawValue: 4)
  /// There is only one, which owns the lower interface.
  public static let passThrough = MACVLANMode(rawValue: 8)
}
