public import LinkLayer

extension AnnouncementConfirmation {
  /// An address, and the host that is to believe in it.
  public struct Subject: Hashable, Sendable {
    /// The address that was announced.
    public let address: IPAddress
    /// The host that is asked: the gateway, as a rule.
    public let host: NeighborTarget
    /// Another address of this host in the network of `host`: an echo that is answered to it and not
    /// to `address` tells a host that sends elsewhere from one that answers no echo.
    public let control: IPAddress?
    let question: Question

    /// Creates a subject; nil when the addresses are not of one family, or not each another.
    public init?(address: IPAddress, host: NeighborTarget, control: IPAddress? = nil) {
      guard let question = Question(host: host.address, address: address) else { return nil }
      if let control {
        guard control != address, Question(host: host.address, address: control) != nil else {
          return nil
        }
      }
      self.address = address
      self.host = host
      self.control = control
      self.question = question
    }
  }

  /// "Who has `host`, tell `address`."
  enum Question: Hashable, Sendable {
    case arp(host: IPv4Address, address: IPv4Address)
    case ndp(host: IPv6Address, address: IPv6Address)

    /// Nil when the addresses are not of one family, or the same.
    init?(host: IPAddress, address: IPAddress) {
      guard host != address else { return nil }
      switch (address, host) {
      case (.v4(let address), .v4(let host)): self = .arp(host: host, address: address)
      case (.v6(let address), .v6(let host)): self = .ndp(host: host, address: address)
      case (.v4, .v6), (.v6, .v4): return nil
      }
    }
  }
}
