public import IPMI

/// The randomness of sessions: session IDs, random numbers of the handshake, initialization vectors.
///
/// The HMAC-SHA256 of a counter under a key of 32 random bytes: who has seen numbers cannot tell the
/// next, and who has the key, as a recording does, draws the same again.
public struct SessionRandom: RandomNumberGenerator, Sendable {
  private let key: Secret
  private let cryptography: any Cryptography
  private var counter: UInt64 = 0
  private var block: [UInt64] = []

  /// The numbers that `key` determines.
  public init(key: Secret, cryptography: any Cryptography) {
    self.key = key
    self.cryptography = cryptography
  }

  /// Exactly these numbers, and then zeros: a session that was recorded is played again.
  init(replaying numbers: [UInt64], cryptography: any Cryptography) {
    self.init(key: .empty, cryptography: cryptography)
    block = numbers.reversed()
    counter = .max
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    if let number = block.popLast() { return number }
    guard counter < .max else { return 0 }
    var message: [UInt8] = []
    message.append(littleEndian: UInt32(truncatingIfNeeded: counter))
    message.append(littleEndian: UInt32(truncatingIfNeeded: counter >> 32))
    counter += 1
    let digest = cryptography.hmac(.sha256, key: key.bytes, message.messageBytes)
    for start in stride(from: 24, through: 0, by: -8) {
      block.append((0..<8).reduce(0) { $0 << 8 | UInt64(digest[start + $1]) })
    }
    return block.popLast() ?? 0
  }

  /// A generator of its own for one of many sessions; drawn from this one.
  public mutating func branch() -> SessionRandom {
    var bytes: [UInt8] = []
    for _ in 0..<4 {
      let number = next()
      bytes.append(littleEndian: UInt32(truncatingIfNeeded: number))
      bytes.append(littleEndian: UInt32(truncatingIfNeeded: number >> 32))
    }
    defer { bytes.wipe() }
    return SessionRandom(key: Secret(copying: bytes.messageBytes), cryptography: cryptography)
  }

  /// A session ID: not 0.
  mutating func sessionID() -> UInt32 {
    let number = UInt32(truncatingIfNeeded: next())
    return number == 0 ? 1 : number
  }
}
