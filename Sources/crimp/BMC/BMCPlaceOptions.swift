public import ArgumentParser
public import LinkLayer
import Sockets

/// Where the controllers of `crimp bmc` are.
struct BMCPlaceOptions: ParsableArguments {
  @Option(
    name: .customLong("address"),
    help: ArgumentHelp(
      "An address of this host, or a prefix: each of its addresses is a BMC; may be given again. "
        + "127.0.0.1 without it.", valueName: "address[/length]"))
  var prefixes: [IPPrefix] = []

  @Option(help: "The UDP port; 0 takes a free one.")
  var port: UInt16 = 623

  @Option(help: "So many ports at each address, from --port on: each is another BMC.")
  var ports = 1

  func validate() throws {
    guard (1...65535).contains(ports), Int(port) + ports <= 65536 else {
      throw ValidationError("--ports \(ports): expected 1 or more, up to port 65535")
    }
    guard port != 0 || ports == 1 && count == 1 else {
      throw ValidationError("--port 0: expected a port, unless there is one address and one port")
    }
    for prefix in prefixes where prefix.address.isUnspecified || prefix.address.isMulticast {
      throw ValidationError("--address \(prefix): expected an address of this host")
    }
    guard prefixes.allSatisfy({ $0.address.bitCount - $0.length <= 16 }),
      count <= BMCCommand.limit
    else {
      throw ValidationError("--address: expected at most \(BMCCommand.limit) BMCs in all")
    }
  }

  /// How many controllers there are.
  var count: Int { max(1, addresses.count) * ports }

  /// Whether nothing outside of this host can reach any of them.
  var isLoopbackAlone: Bool {
    addresses.allSatisfy { address in
      switch address {
      case .v4(let address): address.rawValue >> 24 == 127
      case .v6(let address): address.high == 0 && address.low == 1
      }
    }
  }

  /// Each controller's address and port.
  var places: [InternetAddress] {
    addresses.flatMap { address in
      (0..<ports).map { InternetAddress(address, port: port + UInt16($0)) }
    }
  }

  private var addresses: [IPAddress] {
    guard !prefixes.isEmpty else { return [.v4(IPv4Address(rawValue: 0x7f00_0001))] }
    var seen: Set<IPAddress> = []
    return prefixes.flatMap(\.members).filter { seen.insert($0).inserted }
  }
}

extension IPPrefix: ExpressibleByArgument {
  /// Reads an address, or an address with a prefix length.
  public init?(argument: String) {
    if let address = IPAddress(argument) {
      self.init(host: address)
    } else {
      self.init(argument)
    }
  }

  /// The addresses of the prefix, but for the first and the last of IPv4's 127.0.0.0/8, which mean
  /// the network and a broadcast.
  fileprivate var members: [IPAddress] {
    let hostBits = address.bitCount - length
    guard hostBits > 0, hostBits <= 16 else { return hostBits == 0 ? [address] : [] }
    let network = network
    return (0..<(1 << hostBits)).compactMap { offset in
      switch network {
      case .v4(let first):
        let member = first.rawValue + UInt32(offset)
        return member == 0x7f00_0000 || member == 0x7fff_ffff
          ? nil : .v4(IPv4Address(rawValue: member))
      case .v6(let first):
        return .v6(IPv6Address(high: first.high, low: first.low + UInt64(offset)))
      }
    }
  }
}
