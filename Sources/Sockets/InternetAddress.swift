internal import CLinux
internal import Glibc
public import LinkLayer

/// An address of IPv4 or IPv6 and a port: one end of a UDP datagram or a TCP connection.
public struct InternetAddress: Hashable, Sendable {
  /// The address.
  public var address: IPAddress
  /// The port; 0 lets the kernel choose where one is bound.
  public var port: UInt16
  /// The index of the interface on which an IPv6 address of one link is meant (RFC 4007); 0 for none.
  public var scope: UInt32

  /// The end at `address`, `port`.
  @inlinable public init(_ address: IPAddress, port: UInt16, scope: UInt32 = 0) {
    self.address = address
    self.port = port
    self.scope = scope
  }

  /// Which version of IP it is of.
  @inlinable public var family: InternetFamily { address.isIPv6 ? .v6 : .v4 }
}

/// A version of IP, as a socket has one.
public enum InternetFamily: UInt8, Hashable, Sendable, CaseIterable {
  /// IPv4.
  case v4 = 4
  /// IPv6.
  case v6 = 6

  /// The address that stands for any of this host's own: `0.0.0.0` or `::`.
  @inlinable public var unspecified: IPAddress {
    switch self {
    case .v4: .v4(.unspecified)
    case .v6: .v6(.unspecified)
    }
  }
}

extension InternetAddress: LosslessStringConvertible {
  /// The address and its port: `192.0.2.1:623`, `[2001:db8::1]:623`, `[fe80::1%eth0]:623`.
  public var description: String {
    address.isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// The address with its zone and without its port.
  public var host: String {
    guard scope != 0 else { return address.description }
    return "\(address)%\(Self.zone(scope))"
  }

  /// Reads an address with a port, or one without, which then is 0. An IPv6 address with a port stands
  /// in brackets; its zone, if any, is an interface's name or index. Returns nil for anything else.
  public init?(_ description: String) {
    self.init(description, defaultPort: 0)
  }

  /// Reads an address with a port, or one without, which then is `defaultPort`.
  public init?(_ description: String, defaultPort: UInt16) {
    guard let (host, port) = HostAndPort.split(description) else { return nil }
    guard let address = Self(host: host, port: port ?? defaultPort) else { return nil }
    self = address
  }

  /// Reads an address without a port, perhaps with a zone: `fe80::1%eth0`.
  init?(host: Substring, port: UInt16) {
    guard let percent = host.firstIndex(of: "%") else {
      guard let address = IPAddress(String(host)) else { return nil }
      self.init(address, port: port)
      return
    }
    guard case .v6(let address)? = IPAddress(String(host[..<percent])),
      let scope = Self.scope(String(host[host.index(after: percent)...]))
    else { return nil }
    self.init(.v6(address), port: port, scope: scope)
  }

  private static func scope(_ zone: String) -> UInt32? {
    let index = unsafe if_nametoindex(zone)
    if index != 0 { return index }
    guard let number = UInt32(zone), number != 0 else { return nil }
    return number
  }

  private static func zone(_ scope: UInt32) -> String {
    var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
    guard unsafe if_indextoname(scope, &name) != nil, let end = name.firstIndex(of: 0) else {
      return String(scope)
    }
    return String(decoding: name[..<end].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// A host and perhaps a port, as people write them.
public enum HostAndPort {
  /// Takes `HOST`, `HOST:PORT`, `IPv6`, `[IPv6]` or `[IPv6]:PORT` apart; nil when the brackets or the
  /// port are wrong, or there is no host. Whether the host is a name or an address is not asked.
  public static func split(_ text: String) -> (host: Substring, port: UInt16?)? {
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return nil }
      return rest(text[text.index(after: end)...], host: text.dropFirst()[..<end])
    }
    let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
    // More than one colon without brackets: an IPv6 address, which cannot have a port then.
    guard colons == 1, let colon = text.firstIndex(of: ":") else {
      return rest("", host: text[...])
    }
    return rest(text[colon...], host: text[..<colon])
  }

  private static func rest(
    _ port: Substring, host: Substring
  ) -> (host: Substring, port: UInt16?)? {
    guard !host.isEmpty else { return nil }
    guard !port.isEmpty else { return (host, nil) }
    let digits = port.dropFirst()
    guard port.first == ":", !digits.isEmpty,
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = UInt16(digits)
    else { return nil }
    return (host, number)
  }
}

extension InternetAddress {
  /// The address as CLinux wants it.
  @inline(__always) var kernelForm: crimp_internet_address {
    var form = crimp_internet_address()
    switch address {
    case .v4(let address): form.low = UInt64(address.rawValue)
    case .v6(let address):
      form.high = address.high
      form.low = address.low
    }
    form.scope = scope
    form.port = port
    form.family = family.rawValue
    return form
  }

  /// The address that CLinux tells, nil when it tells none.
  @inline(__always) init?(_ form: crimp_internet_address) {
    switch InternetFamily(rawValue: form.family) {
    case .v4: address = .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: form.low)))
    case .v6: address = .v6(IPv6Address(high: form.high, low: form.low))
    case nil: return nil
    }
    port = form.port
    scope = form.scope
  }
}
