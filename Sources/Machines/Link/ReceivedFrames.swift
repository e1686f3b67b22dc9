import LinkLayer

extension LinkFrame {
  /// The ARP packet of the frame, when it is of `identity`'s kind of link. The hardware type is not
  /// compared: FDDI and some Wi-Fi bridges write another for the same six bytes.
  func arpPacket(on identity: LinkIdentity) -> ARPPacket? {
    guard case .arp(let packet) = payload,
      packet.senderHardwareAddress.count == identity.hardwareAddress.count,
      packet.operation == .request || packet.operation == .reply
    else { return nil }
    return packet
  }

  /// Whether the frame was sent to `station` alone. InfiniBand does not tell a receiver: Linux puts
  /// zeros where the destination was, and it is believed to be right.
  func isAddressed(to station: HardwareAddress) -> Bool {
    destination == station || station.count != 6 && destination.isZero
  }

  /// The neighbour discovery packet of the frame, if a receiver may believe it: RFC 4861, section
  /// 7.1.
  var ndpPacket: NDPPacket? {
    guard case .ndp(let packet) = payload, packet.isValid else { return nil }
    return packet
  }
}

extension NDPPacket {
  /// The Neighbor Solicitation that this is, unless for a group.
  var solicitation: NeighborSolicitation? {
    guard case .neighborSolicitation(let solicitation) = message,
      !solicitation.targetAddress.isMulticast
    else { return nil }
    return solicitation
  }

  /// The Neighbor Advertisement that this is, unless of a group.
  var advertisement: NeighborAdvertisement? {
    guard case .neighborAdvertisement(let advertisement) = message,
      !advertisement.targetAddress.isMulticast
    else { return nil }
    return advertisement
  }
}
