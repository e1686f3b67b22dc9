internal import DynamicLibrary
internal import IPMI

/// MD5, its context made once.
@safe struct MessageDigest: ~Copyable {
  private let library: Libcrypto
  private let algorithm: OpaquePointer
  private let context: OpaquePointer

  private static let byteCount = 16

  init(_ library: Libcrypto) throws(LibraryError) {
    guard let algorithm = unsafe library.fetchDigest(nil, "MD5", nil) else {
      throw Libcrypto.lacks("MD5")
    }
    guard let context = unsafe library.newDigestContext() else {
      unsafe library.freeDigest(algorithm)
      throw Libcrypto.lacks("MD5")
    }
    self.library = library
    unsafe self.algorithm = algorithm
    unsafe self.context = context
  }

  deinit {
    unsafe library.freeDigestContext(context)
    unsafe library.freeDigest(algorithm)
  }

  func digest(_ bytes: RawSpan) -> Digest {
    let updated = unsafe bytes.withUnsafeBytes { bytes in
      unsafe library.startDigest(context, algorithm, nil) == 1
        && library.updateDigest(
          context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count) == 1
    }
    precondition(updated, "MD5 is out of memory")
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.byteCount) {
      output in
      var count: CUnsignedInt = 0
      guard let start = output.baseAddress,
        unsafe library.finishDigest(context, start, &count) == 1, count == Self.byteCount
      else { preconditionFailure("MD5 is out of memory") }
      return unsafe Digest(copying: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(output)))
    }
  }
}
