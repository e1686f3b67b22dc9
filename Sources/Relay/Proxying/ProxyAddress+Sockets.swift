public import LinkLayer
public import Proxies
public import Sockets

extension ProxyAddress {
  /// A port of a host, which is an address if it can be read as one, else a name for the proxy to look up.
  public init(host: String, port: UInt16) {
    guard let address = IPAddress(host) else {
      self.init(.name(host), port: port)
      return
    }
    self.init(address, port: port)
  }

  /// A port of an address.
  public init(_ address: IPAddress, port: UInt16) {
    switch address {
    case .v4(let address): self.init(.ipv4(address.rawValue), port: port)
    case .v6(let address): self.init(.ipv6(high: address.high, low: address.low), port: port)
    }
  }

  /// The address; nil for a name that is none.
  public var internetAddress: InternetAddress? {
    switch host {
    case .ipv4(let address): InternetAddress(.v4(IPv4Address(rawValue: address)), port: port)
    case .ipv6(let high, let low):
      InternetAddress(.v6(IPv6Address(high: high, low: low)), port: port)
    case .name(let name): IPAddress(name).map { InternetAddress($0, port: port) }
    }
  }

  /// The name, if it is one and no address.
  public var name: String? {
    guard case .name(let name) = host, IPAddress(name) == nil else { return nil }
    return name
  }

  /// `HOST:PORT`.
  var text: String { internetAddress?.description ?? "\(name ?? ""):\(port)" }
}
