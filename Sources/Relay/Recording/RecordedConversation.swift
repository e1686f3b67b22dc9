internal import LinkLayer
internal import Machines
internal import Sockets

/// A relayed connection as the packets of a TCP conversation between a client and the address that it
/// connected to. A value: bytes and ends in, IP packets out.
///
/// The relay sees streams and no packets. So these are the packets that a quiet network would have carried:
/// the handshake, every piece with the numbers that it has in the stream, acknowledged by what the other
/// side sends next, FIN where a stream ended and RST where it was lost. RFC 9293, section 3.
struct RecordedConversation {
  /// Where one side's stream stands.
  private struct End {
    let address: InternetAddress
    /// The number of the next byte that it sends.
    var next: UInt32
    var hasEnded = false
  }

  /// The most bytes that go into one packet: what fits into 16 bits of length with both headers.
  static let longestPiece = 32 * 1024

  /// What both sides agree on in the handshake: the longest pieces, and windows of a gibibyte (RFC 7323), so
  /// that no number of bytes in flight looks like too many.
  private static let options: [UInt8] = [
    2, 4, UInt8(longestPiece >> 8), UInt8(longestPiece & 0xff), 1, 3, 3, 14,
  ]

  private var client: End
  private var server: End
  private var isOver = false

  /// A conversation that has not begun.
  ///
  /// - Parameter number: with which number both sides begin.
  init(from client: InternetAddress, to server: InternetAddress, number: UInt32 = 0) {
    self.client = End(address: client, next: number)
    self.server = End(address: server, next: number)
  }

  /// The handshake: SYN, SYN and ACK, ACK.
  mutating func begin() -> [[UInt8]] {
    let first = packet(.near, [.syn], acknowledges: false)
    client.next &+= 1
    let second = packet(.far, [.syn, .ack])
    server.next &+= 1
    return [first, second, packet(.near, [.ack])]
  }

  /// Bytes that a side sent.
  mutating func sent(_ side: StreamRelay.Side, _ bytes: RawSpan) -> [[UInt8]] {
    guard !isOver else { return [] }
    var packets: [[UInt8]] = []
    var offset = 0
    while offset < bytes.byteCount {
      let count = min(Self.longestPiece, bytes.byteCount - offset)
      let piece = bytes.extracting(offset..<(offset + count))
      packets.append(packet(side, [.psh, .ack], carrying: piece))
      advance(side, UInt32(truncatingIfNeeded: count))
      offset += count
    }
    return packets
  }

  /// A side has sent all.
  mutating func ended(_ side: StreamRelay.Side) -> [[UInt8]] {
    guard !isOver, !(side == .near ? client : server).hasEnded else { return [] }
    let packets = [packet(side, [.fin, .ack])]
    advance(side, 1)
    if side == .near { client.hasEnded = true } else { server.hasEnded = true }
    return packets + [packet(side.other, [.ack])]
  }

  /// The connection is over.
  ///
  /// - Parameter lost: which side was lost; nil when both streams ended, or the relay ended them.
  mutating func over(lost: StreamRelay.Side?) -> [[UInt8]] {
    guard !isOver else { return [] }
    if let lost {
      isOver = true
      return [packet(lost, [.rst, .ack])]
    }
    let packets = ended(.near) + ended(.far)
    isOver = true
    return packets
  }

  private mutating func advance(_ side: StreamRelay.Side, _ count: UInt32) {
    if side == .near { client.next &+= count } else { server.next &+= count }
  }

  private func packet(
    _ side: StreamRelay.Side, _ flags: TCPFlags, acknowledges: Bool = true,
    carrying payload: RawSpan = RawSpan()
  ) -> [UInt8] {
    let (sender, receiver) = side == .near ? (client, server) : (server, client)
    return TCPPacket(
      source: sender.address, destination: receiver.address, sequenceNumber: sender.next,
      acknowledgmentNumber: acknowledges ? receiver.next : 0, flags: flags,
      options: flags.contains(.syn) ? Self.options : []
    ).bytes(carrying: payload)
  }
}
