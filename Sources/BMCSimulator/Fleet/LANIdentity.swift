internal import LinkLayer
public import Sockets

extension LANConfiguration.Identity {
  /// The place of a controller at this address and port: a hardware address that is made of it, and the network
  /// that its class had. A controller over IPv6 has no IPv4 parameters.
  public init(at place: InternetAddress) {
    let address = place.address
    let bytes = address.bytes
    // 02: assigned by nobody but us (IEEE 802c).
    let hardware: [UInt8] = [0x02, 0xbc] + bytes.suffix(4)
    guard !address.isIPv6 else {
      self.init(mask: [0, 0, 0, 0], hardwareAddress: hardware, port: place.port)
      return
    }
    let mask: [UInt8] = bytes[0] == 127 ? [255, 0, 0, 0] : [255, 255, 255, 0]
    let gateway = bytes[0] == 127 ? [127, 0, 0, 1] : Array(bytes.prefix(3)) + [1]
    self.init(
      address: bytes, mask: mask, gateway: gateway, hardwareAddress: hardware, port: place.port)
  }
}
