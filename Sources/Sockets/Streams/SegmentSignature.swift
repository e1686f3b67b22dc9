internal import CLinux
internal import EventLoop
internal import Glibc

/// The key by which both ends of a TCP connection sign each segment with MD5 (RFC 2385).
///
/// The bytes are overwritten when the last reference goes away; no description shows them.
@safe public final class SegmentSignature: @unchecked Sendable {
  // Written by `init` alone.
  private let bytes: UnsafeMutableRawBufferPointer

  /// The most bytes that a key has.
  public static var keyLimit: Int { Int(CRIMP_SIGNATURE_KEY_LIMIT) }

  /// A key of these bytes; nil when there are none, or more than `keyLimit`.
  public init?(key: RawSpan) {
    guard (1...Self.keyLimit).contains(key.byteCount) else { return nil }
    unsafe bytes = .allocate(byteCount: key.byteCount, alignment: 1)
    unsafe key.withUnsafeBytes { source in unsafe bytes.copyMemory(from: source) }
  }

  deinit {
    if let start = unsafe bytes.baseAddress { unsafe explicit_bzero(start, bytes.count) }
    unsafe bytes.deallocate()
  }

  /// Signs all segments of the socket, and takes none without a signature.
  func apply(to descriptor: Int32, _ family: InternetFamily) throws(SystemError) {
    _ = try Syscalls.retrying("setsockopt TCP_MD5SIG") {
      unsafe crimp_stream_sign(descriptor, family.rawValue, bytes.baseAddress, bytes.count)
    }
  }
}

extension SegmentSignature: Hashable {
  /// Whether both are the same object: keys are not compared.
  public static func == (left: SegmentSignature, right: SegmentSignature) -> Bool { left === right }

  /// Hashes the identity.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(self))
  }
}

extension SegmentSignature: CustomStringConvertible, CustomReflectable {
  /// The word `hidden`.
  public var description: String { "hidden" }
  /// A mirror that shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
