import LinkLayer

/// Between which addresses a packet travels, and where its ends are known to be.
struct IPEndpoints {
  /// Who sent it.
  var source: IPAddress
  /// Whom it is for.
  var destination: IPAddress

  /// Appends `source > destination`, each with its port if it has one.
  func write(_ sourcePort: UInt16?, _ destinationPort: UInt16?, into text: inout LineText) {
    IPEndpoints.write(source, sourcePort, into: &text)
    text.append(" > ")
    IPEndpoints.write(destination, destinationPort, into: &text)
  }

  private static func write(_ address: IPAddress, _ port: UInt16?, into text: inout LineText) {
    switch address {
    case .v4(let address): text.append(address)
    case .v6(let address): text.append(address)
    }
    guard let port else { return }
    text.append(character: ".")
    text.append(port)
  }

  /// The checksum of a message of `count` bytes between the two, before its bytes are added.
  func pseudoHeader(_ protocolNumber: IPProtocol, count: Int) -> InternetChecksum {
    var sum = InternetChecksum()
    switch (source, destination) {
    case (.v4(let source), .v4(let destination)):
      sum.addPseudoHeader(
        source: source, destination: destination, protocol: protocolNumber, length: count)
    case (.v6(let source), .v6(let destination)):
      sum.addPseudoHeader(
        source: source, destination: destination, protocol: protocolNumber, length: count)
    default: break
    }
    return sum
  }
}
