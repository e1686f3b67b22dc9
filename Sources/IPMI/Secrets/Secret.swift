/// A password or a key. Its bytes are overwritten when the last copy goes away, and no description
/// shows them.
public struct Secret: Sendable {
  private let storage: SecretBytes

  /// No bytes: the password of a user who has none.
  public static let empty = Secret(copying: [UInt8]().messageBytes)

  /// A secret of these bytes, however many they are: a key that was computed.
  public init(copying bytes: RawSpan) {
    storage = SecretBytes(copying: bytes)
  }

  /// A secret of these bytes, from outside.
  ///
  /// - Parameters:
  ///   - bytes: the secret.
  ///   - limit: how many bytes it may have: 16 for a password of an IPMI 1.5 session, 20 for one of
  ///     2.0 and for the controller's key.
  /// - Throws: `SecretTooLong`; a password is never cut.
  public init(copying bytes: RawSpan, atMost limit: Int) throws(SecretTooLong) {
    guard bytes.byteCount <= limit else {
      throw SecretTooLong(byteCount: bytes.byteCount, limit: limit)
    }
    self.init(copying: bytes)
  }

  /// A secret of the UTF-8 bytes of `text`. Throws `SecretTooLong` when they are more than `limit`.
  public init(_ text: String, atMost limit: Int) throws(SecretTooLong) {
    var bytes = [UInt8](text.utf8)
    defer { bytes.wipe() }
    try self.init(copying: bytes.messageBytes, atMost: limit)
  }

  /// How many bytes it has.
  public var byteCount: Int { storage.byteCount }

  /// The bytes, lent.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get { unsafe _overrideLifetime(storage.span, borrowing: self) }
  }

  /// Whether the bytes are those of `other`. Takes the same time whether they are or not.
  public func isEqualInConstantTime(to other: Secret) -> Bool {
    bytes.isEqualInConstantTime(to: other.bytes)
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The word `hidden`.
  public var description: String { "hidden" }
  /// The word `hidden`.
  public var debugDescription: String { description }
  /// A mirror that shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A secret has more bytes than the protocol can carry.
public struct SecretTooLong: Error, Hashable {
  /// How many bytes the secret has.
  public let byteCount: Int
  /// How many it may have.
  public let limit: Int

  /// An error of these figures.
  public init(byteCount: Int, limit: Int) {
    self.byteCount = byteCount
    self.limit = limit
  }
}

/// The bytes, in memory that nothing else shares and that is never moved. Never changed between
/// `init` and `deinit`, hence sendable.
@safe private final class SecretBytes: @unchecked Sendable {
  private let memory: UnsafeMutableRawBufferPointer

  init(copying bytes: RawSpan) {
    unsafe memory = .allocate(byteCount: bytes.byteCount, alignment: 1)
    unsafe bytes.withUnsafeBytes { source in unsafe memory.copyMemory(from: source) }
  }

  deinit {
    unsafe wipe(memory)
    unsafe memory.deallocate()
  }

  var byteCount: Int { unsafe memory.count }

  var span: RawSpan {
    @_lifetime(borrow self)
    get {
      unsafe _overrideLifetime(
        RawSpan(_unsafeBytes: UnsafeRawBufferPointer(memory)), borrowing: self)
    }
  }
}
