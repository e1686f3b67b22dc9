internal import LinkLayer

extension LinkProperties {
  /// The properties of a kernel interface, as ``KernelTables`` told them.
  public init(_ interface: Interface) {
    self.init(
      name: interface.name, interfaceIndex: interface.index, hardwareType: interface.hardwareType,
      hardwareAddress: interface.hardwareAddress, broadcastAddress: interface.broadcastAddress,
      mtu: interface.mtu)
  }

  /// Whether a packet ring carries this interface's frames as capture files have them: Ethernet, the
  /// loopback interface, and InfiniBand.
  public var isServedByRing: Bool {
    let types: [HardwareType] = [.ethernet, .loopback, .infiniBand]
    return types.contains(hardwareType) && hardwareAddress.count == (framing == .ipoib ? 20 : 6)
  }

  /// Refuses interfaces whose frames begin neither as Ethernet's nor as InfiniBand's: tunnels,
  /// whose packets have no link-layer header at all, and radio monitors.
  func checkHardware() throws(LinkError) {
    guard hardwareAddress.count == (framing == .ipoib ? 20 : 6) else {
      throw .unsupportedHardware(name)
    }
  }
}
