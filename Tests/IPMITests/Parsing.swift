import IPMI

/// Lends the bytes of an array that has no other owner.
func parse<Value>(_ bytes: [UInt8], _ body: (RawSpan) throws -> Value) rethrows -> Value {
  try body(bytes.messageBytes)
}

/// Every shorter beginning of the bytes, the empty one included.
func beginnings(of bytes: [UInt8]) -> [[UInt8]] {
  bytes.indices.map { Array(bytes[..<$0]) }
}

/// The bytes with one bit turned, for every bit.
func oneBitTurned(in bytes: [UInt8]) -> [[UInt8]] {
  (0..<bytes.count * 8).map { bit in
    var turned = bytes
    turned[bit / 8] ^= 1 << UInt8(bit % 8)
    return turned
  }
}

extension [UInt8] {
  /// That many random bytes.
  static func random(count: Int, using generator: inout some RandomNumberGenerator) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}
