internal import COpenSSL
internal import DynamicLibrary
internal import IPMI

/// HMAC with one hash, its context made once: making one takes three times as long as a use.
@safe struct KeyedHash: ~Copyable {
  private let library: Libcrypto
  private let context: OpaquePointer
  private let byteCount: Int

  init(_ library: Libcrypto, _ hash: HashAlgorithm) throws(LibraryError) {
    guard let algorithm = unsafe library.fetchMAC(nil, "HMAC", nil) else {
      throw Libcrypto.lacks("HMAC")
    }
    // The context keeps the algorithm.
    defer { unsafe library.freeMAC(algorithm) }
    guard let context = unsafe library.newMACContext(algorithm) else {
      throw Libcrypto.lacks("HMAC")
    }
    guard unsafe Self.choose(hash.openSSLName, library, context) else {
      unsafe library.freeMACContext(context)
      throw Libcrypto.lacks(hash.openSSLName)
    }
    self.library = library
    unsafe self.context = context
    byteCount = hash.byteCount
  }

  /// Tells the context its hash, which it keeps; the key is a placeholder.
  private static func choose(
    _ name: String, _ library: Libcrypto, _ context: OpaquePointer
  ) -> Bool {
    var name = Array(name.utf8CString)
    return unsafe name.withUnsafeMutableBufferPointer { text in
      unsafe "digest".withCString { key in
        let parameters = unsafe [
          crimp_openssl_parameter(
            key: key, data_type: CUnsignedInt(CRIMP_OPENSSL_PARAMETER_TEXT),
            data: text.baseAddress, data_size: text.count - 1, return_size: 0),
          crimp_openssl_parameter(),
        ]
        return unsafe library.startMAC(context, [0], 1, parameters) == 1
      }
    }
  }

  deinit {
    // Overwrites the last key.
    unsafe library.freeMACContext(context)
  }

  func digest(key: RawSpan, _ bytes: RawSpan) -> Digest {
    start(key)
    let updated = unsafe bytes.withUnsafeBytes { bytes in
      unsafe library.updateMAC(
        context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
    precondition(updated == 1, "HMAC is out of memory")
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: byteCount) { output in
      var count = 0
      guard let start = output.baseAddress,
        unsafe library.finishMAC(context, start, &count, byteCount) == 1, count == byteCount
      else { preconditionFailure("HMAC is out of memory") }
      return unsafe Digest(copying: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(output)))
    }
  }

  private func start(_ key: RawSpan) {
    // No key at all would mean the last one. HMAC fills keys with zeros, so that one zero is the
    // empty key.
    let started =
      key.isEmpty
      ? unsafe library.startMAC(context, [0], 1, nil)
      : unsafe key.withUnsafeBytes { key in
        unsafe library.startMAC(
          context, key.baseAddress?.assumingMemoryBound(to: UInt8.self), key.count, nil)
      }
    precondition(started == 1, "HMAC is out of memory")
  }
}

extension HashAlgorithm {
  /// What OpenSSL calls it.
  var openSSLName: String {
    switch self {
    case .md5: "MD5"
    case .sha1: "SHA1"
    case .sha256: "SHA256"
    }
  }
}
