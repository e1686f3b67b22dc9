extension MessageReader {
  /// The three algorithms of an Open Session message, 8 bytes each.
  mutating func cipherSuite() throws(IPMIError) -> CipherSuite {
    CipherSuite(
      authentication: AuthenticationAlgorithm(rawValue: try algorithm(kind: 0)),
      integrity: IntegrityAlgorithm(rawValue: try algorithm(kind: 1)),
      confidentiality: ConfidentialityAlgorithm(rawValue: try algorithm(kind: 2)))
  }

  private mutating func algorithm(kind: UInt8) throws(IPMIError) -> UInt8 {
    let found = try u8()
    guard found == kind else { throw malformed(found) }
    // Two reserved bytes, and a length that is always 8.
    try skip(3)
    let number = try u8()
    try skip(3)
    return number
  }

  /// The console's session ID in a message that reports an error, which may end before it.
  mutating func sessionIDOfRefusal() throws(IPMIError) -> UInt32? {
    guard remaining >= 6 else { return nil }
    try skip(2)
    return try u32()
  }

  /// All that has not been read, as a digest. Throws `IPMIError.malformed` when no digest is so
  /// long.
  mutating func digest() throws(IPMIError) -> Digest {
    let count = remaining
    guard count <= Digest.maximumByteCount else { throw malformed(count, width: 0) }
    return Digest(copying: try span(count))
  }
}

extension [UInt8] {
  /// Appends the tag and the status that an answer begins with, and whom it is for: nobody in a refusal that
  /// ends before.
  mutating func append(
    messageTag: UInt8, _ status: RMCPPlusStatus, _ role: UInt8 = 0, for consoleSessionID: UInt32?
  ) {
    append(contentsOf: [messageTag, status.rawValue])
    guard let consoleSessionID else { return }
    append(contentsOf: [role, 0])
    append(littleEndian: consoleSessionID)
  }

  /// Appends the three algorithms, 8 bytes each.
  mutating func append(_ suite: CipherSuite) {
    append(contentsOf: [0, 0, 0, 8, suite.authentication.rawValue, 0, 0, 0])
    append(contentsOf: [1, 0, 0, 8, suite.integrity.rawValue, 0, 0, 0])
    append(contentsOf: [2, 0, 0, 8, suite.confidentiality.rawValue, 0, 0, 0])
  }
}
