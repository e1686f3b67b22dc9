import CLinux
import LinkLayer

extension Interface {
  /// The Ethernet or loopback interface of this name, asked about by ioctl (`netdevice(7)`): the
  /// kernel answers without the lock under which it changes interfaces, and there is little to read.
  /// What ioctls do not tell is as of a bare interface; the carrier is taken from whether it runs.
  ///
  /// Nil when there is no interface of this name, or its addresses are not six bytes long: ask
  /// ``KernelTables/interface(named:)`` then.
  public init?(ethernet name: String) {
    var answer = crimp_interface()
    guard unsafe crimp_describe_interface(name, &answer) == 0 else { return nil }
    let type = HardwareType(rawValue: answer.hardware_type)
    guard type == .ethernet || type == .loopback else { return nil }
    let address = answer.hardware_address
    var flags = InterfaceFlags(rawValue: answer.flags)
    if flags.contains(.running) { flags.insert(.lowerUp) }
    self.init(
      index: answer.index, name: name, hardwareType: type,
      hardwareAddress: HardwareAddress(
        MACAddress(address.0, address.1, address.2, address.3, address.4, address.5)),
      broadcastAddress: HardwareAddress(type == .loopback ? MACAddress.zero : .broadcast),
      mtu: Int(answer.mtu), flags: flags)
  }
}
