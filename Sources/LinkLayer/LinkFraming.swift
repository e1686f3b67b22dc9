/// How a link frames what it carries.
public enum LinkFraming: Hashable, Sendable {
  /// Ethernet II, and IEEE 802.3 with SNAP on receipt.
  case ethernet
  /// IP over InfiniBand, as Linux's packet sockets see it: `IPoIBHeader`. VLAN tags do not exist
  /// there and are not written.
  case ipoib

  func headerByteCount(tag: VLANTag?) -> Int {
    switch self {
    case .ethernet: tag == nil ? 14 : 14 + VLANTag.byteCount
    case .ipoib: IPoIBHeader.byteCount
    }
  }
}

/// What is put behind a payload.
public enum LinkPadding: Hashable, Sendable {
  /// Nothing.
  case none
  /// Zeros up to Ethernet's least frame of 60 bytes without the check sequence (IEEE 802.3 clause
  /// 3.2.8); 64 with a tag, so that it is not too short once a switch has taken the tag away.
  /// Nothing on other links.
  case ethernetMinimum
  /// So many zeros.
  case bytes(Int)

  func byteCount(after count: Int, framing: LinkFraming, tag: VLANTag?) -> Int {
    switch self {
    case .none: 0
    case .ethernetMinimum where framing == .ethernet: max(0, (tag == nil ? 60 : 64) - count)
    case .ethernetMinimum: 0
    case .bytes(let count): max(0, count)
    }
  }
}
