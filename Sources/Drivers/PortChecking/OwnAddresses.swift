internal import LinkLayer
internal import Machines
internal import Sockets

/// Which addresses are this host's: those from which it would speak to itself.
struct OwnAddresses {
  private var known: [IPAddress: Bool] = [:]

  /// Whether `address` is this host's.
  mutating func contains(_ address: IPAddress) -> Bool {
    if let answer = known[address] { return answer }
    let answer = Self.ask(address)
    known[address] = answer
    return answer
  }

  private static func ask(_ address: IPAddress) -> Bool {
    let end = InternetAddress(address, port: 9)
    // A connected socket of UDP sends nothing; it only chooses a route and a source.
    guard let socket = try? DatagramSocket(end.family), (try? socket.connect(to: end)) != nil,
      let own = try? socket.localAddress
    else { return false }
    return own.address == address
  }
}

extension DeliveryFailure {
  /// What the failure means to a machine.
  ///
  /// That no neighbour answers, the kernel tells its own sockets by an ICMP message from itself.
  func portEvent(_ own: inout OwnAddresses) -> PortFailure {
    guard !isLocal else { return .local(errno) }
    let isVersion6 = destination.family == .v6
    let report = UnreachableReport(
      type: type, code: code, isVersion6: isVersion6, reporter: reporter?.address)
    if let reporter, report.saysNoNeighbor, reporter.address != destination.address,
      own.contains(reporter.address)
    {
      return .local(errno)
    }
    return .report(report)
  }
}

/// Why a question did not arrive.
enum PortFailure {
  /// This host's kernel says so, with this number of `errno(3)`.
  case local(Int32)
  /// The network says so.
  case report(UnreachableReport)
}

extension UnreachableReport {
  /// "Host unreachable", of ICMPv6 "address unreachable".
  fileprivate var saysNoNeighbor: Bool {
    isVersion6 ? type == 1 && code == 3 : type == 3 && code == 1
  }
}
