import AddressSpecifications
import LinkLayer
import Sockets

/// Who may come to a server: `range`, `sourceport`, `lowport`.
struct SocatAdmission {
  private let range: SocatRange?
  private let port: Int64?
  private let wantsLowPort: Bool

  /// The terms of an address.
  init(_ address: SingleAddress, _ opener: SocatOpener) async throws(SocatFailure) {
    range = try await SocatRange(address, opener)
    port = address.options.number("sourceport")
    wantsLowPort = address.options.isOn("lowport")
  }

  /// Whether a peer may come; if not, the reason is logged.
  func lets(_ peer: SocketAddress, _ log: SocatLog) -> Bool {
    guard let internet = peer.internetAddress, let reason = refusal(of: internet) else {
      return true
    }
    log.warning("refusing connection from \(SocatWords.address(peer)) due to \(reason)")
    return false
  }

  private func refusal(of peer: InternetAddress) -> String? {
    if let range, !range.contains(peer.address) { return "range option" }
    if let port, port != Int64(peer.port) { return "wrong sourceport" }
    return wantsLowPort && peer.port > 1023 ? "high sourceport" : nil
  }
}

/// Addresses that may come (`range`).
struct SocatRange {
  private let network: IPAddress
  private let mask: IPAddress

  /// Nil when there is no such option.
  init?(_ address: SingleAddress, _ opener: SocatOpener) async throws(SocatFailure) {
    guard let text = address.options.text("range") else { return nil }
    let isSix = text.hasPrefix("[")
    let wrong = SocatFailure(
      "xioparsenetwork_ip\(isSix ? 6 : 4)(\"\(text)\",,): missing netmask delimiter")
    guard let mark = text.lastIndex(where: { $0 == "/" || (!isSix && $0 == ":") }) else {
      throw wrong
    }
    let host = String(text[..<mark])
    let rest = String(text[text.index(after: mark)...])
    let found = try await opener.resolve(host, 0, isSix ? .v6 : .v4)
    guard let network = found.first?.address else { throw wrong }
    self.network = network
    if text[mark] == ":" {
      guard let mask = IPAddress(rest) else { throw wrong }
      self.mask = mask
    } else {
      guard let bits = Int(rest), (0...(isSix ? 128 : 32)).contains(bits) else { throw wrong }
      mask = Self.mask(bits, isSix: isSix)
    }
  }

  private static func mask(_ bits: Int, isSix: Bool) -> IPAddress {
    guard isSix else {
      return .v4(IPv4Address(rawValue: bits == 0 ? 0 : ~UInt32(0) << UInt32(32 - bits)))
    }
    let high = bits >= 64 ? ~UInt64(0) : bits == 0 ? 0 : ~UInt64(0) << UInt64(64 - bits)
    let low = bits <= 64 ? 0 : ~UInt64(0) << UInt64(128 - bits)
    return .v6(IPv6Address(high: high, low: low))
  }

  /// Whether an address may come.
  func contains(_ address: IPAddress) -> Bool {
    switch (address, network, mask) {
    case (.v4(let address), .v4(let network), .v4(let mask)):
      address.rawValue & mask.rawValue == network.rawValue & mask.rawValue
    case (.v6(let address), .v6(let network), .v6(let mask)):
      address.high & mask.high == network.high & mask.high
        && address.low & mask.low == network.low & mask.low
    default: false
    }
  }
}
