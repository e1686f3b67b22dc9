internal import CLinux
internal import LinkLayer

/// Datagrams laid end to end, to be sent with as few system calls as it takes.
///
/// Removing all keeps the room, so that a batch filled again and again allocates once.
public struct DatagramBatch: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var entries: [crimp_datagram] = []

  /// Creates an empty batch.
  public init() {}

  /// How many datagrams there are.
  public var count: Int { entries.count }

  /// Whether there is none.
  public var isEmpty: Bool { entries.isEmpty }

  /// Adds a datagram.
  ///
  /// - Parameters:
  ///   - payload: at most 65,507 bytes over IPv4, 65,527 over IPv6; longer ones are refused when sent.
  ///   - destination: where it goes; nil for the peer that the socket is connected to.
  ///   - source: which of this host's addresses it leaves from, its port unused; nil for the one that
  ///     the socket is bound to or the route prefers. Whoever answers, answers from the address that
  ///     was asked.
  public mutating func append(
    _ payload: [UInt8], to destination: InternetAddress?, from source: InternetAddress? = nil
  ) {
    append(payload.count, to: destination, from: source)
    bytes.append(contentsOf: payload)
  }

  /// Adds a datagram of bytes that are lent, as `receive` lends them, behind `header`.
  public mutating func append(
    _ payload: RawSpan, behind header: [UInt8] = [], to destination: InternetAddress?,
    from source: InternetAddress? = nil
  ) {
    append(header.count + payload.byteCount, to: destination, from: source)
    bytes.append(contentsOf: header)
    unsafe payload.withUnsafeBytes { buffer in unsafe bytes.append(contentsOf: buffer) }
  }

  private mutating func append(
    _ count: Int, to destination: InternetAddress?, from source: InternetAddress?
  ) {
    var entry = crimp_datagram()
    if let destination { entry.peer = destination.kernelForm }
    if let source { entry.local = source.kernelForm }
    entry.offset = bytes.count
    entry.length = UInt32(clamping: count)
    entries.append(entry)
  }

  /// Removes all datagrams and keeps the room that they took.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }

  /// Removes the first `count` datagrams: those that a socket has taken.
  public mutating func removeFirst(_ count: Int) {
    guard count > 0 else { return }
    guard count < entries.count else { return removeAll() }
    // Their bytes stay until the batch is empty: moving the rest would cost more than it frees.
    entries.removeFirst(count)
  }

  /// Where the datagram at `index`, which must be below `count`, goes; nil for the connected peer.
  public func destination(at index: Int) -> InternetAddress? {
    InternetAddress(entries[index].peer)
  }

  /// A copy of the payload at `index`, which must be below `count`.
  public func payload(at index: Int) -> [UInt8] {
    let entry = entries[index]
    return Array(bytes[entry.offset..<(entry.offset + Int(entry.length))])
  }
}
