import Glibc
import SocketSupport
import Support

/// Random bytes without an end, the same for sender and receiver: byte `n` of the stream is known, so that
/// one that is lost, doubled or out of order is seen.
struct Pattern {
  /// A prime, so that no buffer's size divides it.
  private static let period = 1_048_573
  private let bytes: [UInt8]

  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * Self.period)
    while bytes.count < Self.period {
      withUnsafeBytes(of: generator.next()) { bytes += $0 }
    }
    bytes.removeLast(bytes.count - Self.period)
    // Twice over: a piece from anywhere in the first lies whole in both.
    self.bytes = bytes + bytes
  }

  /// `count` bytes, at most the period, from `offset` on.
  func piece(at offset: Int, _ count: Int) -> ArraySlice<UInt8> {
    let start = offset % Self.period
    return bytes[start..<(start + min(count, Self.period))]
  }

  /// Whether `piece` is what stands at `offset`.
  func matches(_ piece: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    let start = offset % Self.period
    guard piece.count <= Self.period, let first = piece.baseAddress else { return false }
    return bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      return memcmp(base + start, first, piece.count) == 0
    }
  }
}

extension StreamPeer {
  /// Sends `total` bytes of the pattern in pieces of random sizes, and ends.
  func send(_ pattern: Pattern, _ total: Int, seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    var sent = 0
    while sent < total {
      let most = [10, 2000, 100_000, 1_000_000].randomElement(using: &generator) ?? 1
      let count = min(Int.random(in: 1...most, using: &generator), total - sent)
      guard try await send(pattern.piece(at: sent, count)) == 0 else { break }
      sent += count
    }
    endWriting()
  }

  /// Receives to the end; returns how many bytes came before one that is not the pattern's.
  func receive(_ pattern: Pattern, piece: Int = 65536) async throws -> Int {
    var received = 0
    var isRight = true
    _ = try await drain(piece: piece) { bytes in
      isRight = isRight && pattern.matches(bytes, at: received)
      if isRight { received += bytes.count }
    }
    return received
  }
}
