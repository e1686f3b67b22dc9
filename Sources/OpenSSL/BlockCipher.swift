internal import DynamicLibrary
internal import IPMI

/// AES-128 in cipher block chaining mode without padding, its context made once.
@safe struct BlockCipher: ~Copyable {
  enum Direction: CInt {
    case decrypt = 0
    case encrypt = 1
  }

  private let library: Libcrypto
  private let algorithm: OpaquePointer
  private let context: OpaquePointer

  private static let name = "AES-128-CBC"
  private static let byteCount = 16

  init(_ library: Libcrypto) throws(LibraryError) {
    guard let algorithm = unsafe library.fetchCipher(nil, Self.name, nil) else {
      throw Libcrypto.lacks(Self.name)
    }
    guard let context = unsafe library.newCipherContext() else {
      unsafe library.freeCipher(algorithm)
      throw Libcrypto.lacks(Self.name)
    }
    self.library = library
    unsafe self.algorithm = algorithm
    unsafe self.context = context
  }

  deinit {
    // Overwrites the last key.
    unsafe library.freeCipherContext(context)
    unsafe library.freeCipher(algorithm)
  }

  func run(
    _ direction: Direction, key: RawSpan, _ vector: Octets16, _ bytes: inout [UInt8],
    from start: Int
  ) {
    precondition(key.byteCount == Self.byteCount, "AES-128 takes 16 bytes of key")
    precondition(
      start >= 0 && start <= bytes.count && (bytes.count - start) % Self.byteCount == 0,
      "AES takes whole blocks")
    let count = CInt(bytes.count - start)
    guard count > 0 else { return }
    prepare(direction, key, vector)
    let written = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      guard let blocks = unsafe buffer.baseAddress?.advanced(by: start) else { return CInt(0) }
      var written: CInt = 0
      let updated = unsafe library.updateCipher(context, blocks, &written, blocks, count)
      return updated == 1 ? written : 0
    }
    precondition(written == count, "AES is out of memory")
  }

  private func prepare(_ direction: Direction, _ key: RawSpan, _ vector: Octets16) {
    let started = unsafe key.withUnsafeBytes { key in
      unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Octets16.byteCount) {
        octets in
        for index in 0..<Octets16.byteCount { unsafe octets[index] = vector[index] }
        return unsafe library.startCipher(
          context, algorithm, nil, key.baseAddress?.assumingMemoryBound(to: UInt8.self),
          UnsafePointer(octets.baseAddress), direction.rawValue) == 1
          && library.setCipherPadding(context, 0) == 1
      }
    }
    precondition(started, "AES is out of memory")
  }
}
