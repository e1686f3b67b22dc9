public import LinkLayer
internal import Proxies
internal import Sockets

/// Where a proxy's clients may be connected to.
///
/// Without a rule that allows something, all targets are allowed but this host itself, by whichever of its
/// addresses, its links (169.254.0.0/16, fe80::/10) and groups: what listens there counts on not being
/// reached from outside. These take a rule that names them: the address itself, the name, or a network of
/// such addresses alone, as 127.0.0.0/8 is one. `*` and 10.0.0.0/8 mean others.
public struct TargetRules: Hashable, Sendable {
  /// Hosts and ports.
  public struct Rule: Hashable, Sendable {
    /// Which hosts.
    public enum Hosts: Hashable, Sendable {
      /// All.
      case all
      /// Those whose address is in a network.
      case network(IPPrefix)
      /// This name, in small letters.
      case name(String)
      /// All names that end with this, which begins with a dot.
      case suffix(String)
    }

    /// Which hosts.
    public var hosts: Hosts
    /// Which of their ports.
    public var ports: ClosedRange<UInt16>

    /// A rule for these ports of these hosts.
    public init(_ hosts: Hosts, ports: ClosedRange<UInt16> = 0...UInt16.max) {
      self.hosts = hosts
      self.ports = ports
    }
  }

  /// What is allowed; nothing here for all that is usual.
  public var allowed: [Rule]
  /// What is not, even if allowed.
  public var denied: [Rule]

  /// Rules.
  public init(allowed: [Rule] = [], denied: [Rule] = []) {
    self.allowed = allowed
    self.denied = denied
  }

  /// Whether a name may be looked up for this port; if not, none of its addresses may be reached.
  func admits(name: String, port: UInt16) -> Bool {
    !denied.contains { $0.covers(name: name, port: port) }
      && (allowed.isEmpty || allowed.contains { $0.ports.contains(port) && $0.mayCover(name) })
  }

  /// Whether an address may be reached, which a client named or a name led to.
  ///
  /// - Parameter isOwn: whether an address is this host's, as the kernel says. It is asked of those alone that
  ///   no rule names.
  func admits(
    _ address: IPAddress, port: UInt16, name: String?,
    isOwn: (IPAddress) -> Bool = { $0.staysOnThisHost() }
  ) -> Bool {
    let address = address.unmapped
    guard !denied.contains(where: { $0.covers(address, port: port) }) else { return false }
    if let name, allowed.contains(where: { $0.covers(name: name, port: port) }) { return true }
    let rules = allowed.filter { $0.covers(address, port: port) }
    if rules.contains(where: \.isIntimate) { return true }
    return (allowed.isEmpty || !rules.isEmpty) && !Self.isIntimate(address) && !isOwn(address)
  }

  /// This host by the addresses that each host has, its links, and groups.
  private static func isIntimate(_ address: IPAddress) -> Bool {
    intimate.contains { $0.contains(address) }
  }

  fileprivate static let intimate = [
    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32",
    "::/127", "fe80::/10", "ff00::/8",
  ].compactMap { IPPrefix($0) }
}

extension TargetRules.Rule {
  fileprivate func covers(name: String, port: UInt16) -> Bool {
    guard ports.contains(port) else { return false }
    let name = name.lowercased()
    let plain = name.hasSuffix(".") ? String(name.dropLast()) : name
    return switch hosts {
    case .name(let wanted): plain == wanted
    case .suffix(let suffix): plain.hasSuffix(suffix)
    case .all, .network: false
    }
  }

  /// Whether it covers the name, or may cover an address that the name has.
  fileprivate func mayCover(_ name: String) -> Bool {
    switch hosts {
    case .all, .network: true
    case .name, .suffix: covers(name: name, port: ports.lowerBound)
    }
  }

  /// Whether it names one address, or none but such as each host keeps for itself: then it means this host too.
  fileprivate var isIntimate: Bool {
    guard case .network(let network) = hosts else { return false }
    return network.length == network.address.bitCount
      || TargetRules.intimate.contains {
        $0.length <= network.length && $0.contains(network.address)
      }
  }

  fileprivate func covers(_ address: IPAddress, port: UInt16) -> Bool {
    guard ports.contains(port) else { return false }
    return switch hosts {
    case .all: true
    case .network(let network): network.contains(address)
    case .name, .suffix: false
    }
  }

  /// Reads `HOSTS` or `HOSTS:PORTS`: hosts are `*`, an address or a network (of IPv6 in brackets when ports
  /// follow), a name, or `.NAME` for all names below; ports are `22` or `1-500`. Nil for anything else.
  public init?(_ text: String) {
    var hosts = text[...]
    var ports: ClosedRange<UInt16> = 0...UInt16.max
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return nil }
      hosts = text[..<end].dropFirst()
      let rest = text[text.index(after: end)...]
      if !rest.isEmpty {
        guard rest.first == ":", let range = Self.ports(rest.dropFirst()) else { return nil }
        ports = range
      }
    } else if text.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1,
      let colon = text.firstIndex(of: ":")
    {
      guard let range = Self.ports(text[text.index(after: colon)...]) else { return nil }
      ports = range
      hosts = text[..<colon]
    }
    guard let which = Hosts(String(hosts)) else { return nil }
    self.init(which, ports: ports)
  }

  private static func ports(_ text: Substring) -> ClosedRange<UInt16>? {
    let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = ends.first.flatMap({ UInt16($0) }), let last = UInt16(ends[ends.count - 1]),
      first <= last
    else { return nil }
    return first...last
  }
}

extension TargetRules.Rule.Hosts {
  fileprivate init?(_ text: String) {
    if text == "*" {
      self = .all
    } else if let address = IPAddress(text) {
      self = .network(IPPrefix(host: address))
    } else if let network = IPPrefix(text) {
      self = .network(network)
    } else if text.contains("/") || text.contains(":") || text.isEmpty || text == "." {
      return nil
    } else {
      let name = text.lowercased()
      self = name.hasPrefix(".") ? .suffix(name) : .name(name)
    }
  }
}
