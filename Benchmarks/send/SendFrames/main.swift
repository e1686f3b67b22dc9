import Glibc
import LinkLayer
import Links

// Frames a second through a packet socket, 64 a system call: what trafgen is compared with.
//
// usage: send-frames INTERFACE COUNT BYTES DESTINATION

let arguments = CommandLine.arguments
guard arguments.count == 5, let count = Int(arguments[2]), let length = Int(arguments[3]),
  let destination = MACAddress(arguments[4]), count > 0, length >= 42
else {
  print("usage: send-frames INTERFACE COUNT BYTES DESTINATION")
  exit(64)
}

let interface = try KernelTables().interface(named: arguments[1])
let properties = LinkProperties(
  name: interface.name, interfaceIndex: interface.index,
  hardwareAddress: interface.hardwareAddress, mtu: interface.mtu)
let link = try PacketSocketLink(properties, .sendOnly)
let own = interface.hardwareAddress
let address = IPv4Address(192, 0, 2, 1)
let frame = LinkFrame(
  destination: HardwareAddress(destination), source: own,
  payload: .arp(
    ARPPacket(
      operation: .request, senderHardwareAddress: own, senderProtocolAddress: address,
      targetHardwareAddress: HardwareAddress(MACAddress.broadcast),
      targetProtocolAddress: address)))
let bytes = frame.bytes(framing: .ethernet, padding: .bytes(length - 42))

let slots = 64
var batch = FrameBatch()
for _ in 0..<slots { batch.append(bytes) }
var left = count
while left >= slots {
  left -= try link.send(batch)
}
for _ in 0..<left { try link.send(bytes) }
