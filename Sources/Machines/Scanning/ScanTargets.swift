public import LinkLayer

/// The addresses that a scan asks for, in rising order and each of them once, however often it was
/// named. They are kept as ranges: sixteen million take no more memory than one.
public struct ScanTargets: Hashable, Sendable {
  /// How many addresses a scan takes at most: those of 10.0.0.0/8.
  public static let limit = 1 << 24

  /// Why targets cannot be taken.
  public enum Failure: Error, Hashable, Sendable {
    /// There are more than `limit` of them.
    case tooMany
  }

  private struct Span: Hashable, Sendable {
    var first: UInt128
    var last: UInt128
    /// How many addresses stand before it.
    var offset = 0
  }

  private let spans: [Span]
  /// How many addresses there are.
  public let count: Int

  /// The addresses of `ranges`.
  ///
  /// - Throws: `tooMany` for more than `limit`, each counted once.
  public init(_ ranges: [AddressRange]) throws(Failure) {
    var merged: [Span] = []
    let sorted = ranges.map { Span(first: $0.first.position, last: $0.last.position) }
      .sorted { $0.first < $1.first }
    for span in sorted {
      // Neighbours are not joined: an end that is all ones has no successor.
      guard let before = merged.last, span.first <= before.last else {
        merged.append(span)
        continue
      }
      merged[merged.count - 1].last = max(before.last, span.last)
    }
    var count = 0
    for index in merged.indices {
      merged[index].offset = count
      let more = merged[index].last - merged[index].first
      guard more < UInt128(Self.limit - count) else { throw .tooMany }
      count += Int(more) + 1
    }
    (spans, self.count) = (merged, count)
  }

  /// The address of this number, which must be from 0 to below `count`.
  public subscript(index: Int) -> IPAddress {
    let span = spans[spanIndex { $0.offset <= index }]
    return IPAddress(position: span.first + UInt128(index - span.offset))
  }

  /// The number of `address`; nil when it is none of the targets.
  public func index(of address: IPAddress) -> Int? {
    let position = address.position
    guard let first = spans.first, first.first <= position else { return nil }
    let span = spans[spanIndex { $0.first <= position }]
    guard position <= span.last else { return nil }
    return span.offset + Int(position - span.first)
  }

  /// Whether addresses of IPv6 are among the targets.
  public var haveIPv6: Bool {
    spans.contains { IPAddress(position: $0.first).isIPv6 }
  }

  /// The last span that begins as `isBefore` asks; the first one does.
  private func spanIndex(_ isBefore: (Span) -> Bool) -> Int {
    var (low, high) = (0, spans.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if isBefore(spans[middle]) { low = middle } else { high = middle }
    }
    return low
  }
}
