internal import DynamicLibrary
internal import Sockets

/// What OpenSSL reads its records from and writes them to: any stream, without a copy in between.
@safe final class StreamBIO {
  let base: any ByteStream
  /// With what error number the base failed; 0 while it has not.
  private(set) var lossNumber: Int32 = 0
  /// Whether the base has ended.
  private(set) var hasEnded = false
  private let crypto: TLSLibcrypto

  init(_ base: any ByteStream, _ crypto: TLSLibcrypto) {
    self.base = base
    self.crypto = crypto
  }

  /// The BIO for this stream, which its owner keeps alive as long as OpenSSL has the BIO.
  @unsafe func makeBIO() -> OpaquePointer? {
    guard let method = unsafe Self.method, let bio = unsafe crypto.newBIO(method) else {
      return nil
    }
    unsafe crypto.setData(bio, Unmanaged.passUnretained(self).toOpaque())
    unsafe crypto.setInitialized(bio, 1)
    return unsafe bio
  }

  // MARK: What OpenSSL calls

  private static let retryRead: CInt = 0x1 | 0x8
  private static let retryWrite: CInt = 0x2 | 0x8
  private static let allRetries: CInt = 0xf
  private static let flush: CInt = 11
  private static let endOfFile: CInt = 2
  /// `BIO_TYPE_SOURCE_SINK`, and a number above OpenSSL's own.
  private static let kind: CInt = 0x0400 | 0x7e

  /// Made once, and never freed.
  private nonisolated(unsafe) static let method: OpaquePointer? = {
    guard let crypto = try? TLSLibcrypto.loaded(),
      let method = unsafe crypto.newMethod(kind, "crimp stream")
    else { return nil }
    _ = unsafe crypto.setRead(method) { bio, buffer, count in
      guard let stream = unsafe StreamBIO.of(bio), let bio = unsafe bio else { return -1 }
      return unsafe stream.read(bio, buffer, count)
    }
    _ = unsafe crypto.setWrite(method) { bio, bytes, count in
      guard let stream = unsafe StreamBIO.of(bio), let bio = unsafe bio else { return -1 }
      return unsafe stream.write(bio, bytes, count)
    }
    _ = unsafe crypto.setControl(method) { bio, command, _, _ in
      switch command {
      case StreamBIO.flush: 1
      case StreamBIO.endOfFile: (unsafe StreamBIO.of(bio)?.hasEnded) == true ? 1 : 0
      default: 0
      }
    }
    return unsafe method
  }()

  @unsafe private static func of(_ bio: OpaquePointer?) -> StreamBIO? {
    guard let crypto = try? TLSLibcrypto.loaded(), let data = unsafe crypto.data(bio) else {
      return nil
    }
    return unsafe Unmanaged<StreamBIO>.fromOpaque(data).takeUnretainedValue()
  }

  @unsafe private func read(
    _ bio: OpaquePointer, _ buffer: UnsafeMutablePointer<CChar>?, _ count: CInt
  ) -> CInt {
    unsafe crypto.clearFlags(bio, Self.allRetries)
    guard count > 0, lossNumber == 0 else { return -1 }
    let room = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
    switch unsafe base.read(into: room) {
    case .moved(let read): return CInt(clamping: read)
    case .end:
      hasEnded = true
      return 0
    case .blocked: unsafe crypto.setFlags(bio, Self.retryRead)
    case .failed(let code): lossNumber = code
    }
    return -1
  }

  @unsafe private func write(
    _ bio: OpaquePointer, _ bytes: UnsafePointer<CChar>?, _ count: CInt
  ) -> CInt {
    unsafe crypto.clearFlags(bio, Self.allRetries)
    guard count > 0, lossNumber == 0 else { return -1 }
    switch unsafe base.write(UnsafeRawBufferPointer(start: bytes, count: Int(count))) {
    case .moved(let written): return CInt(clamping: written)
    case .end: lossNumber = brokenPipe
    case .blocked: unsafe crypto.setFlags(bio, Self.retryWrite)
    case .failed(let code): lossNumber = code
    }
    return -1
  }
}

/// `EPIPE`.
private let brokenPipe: Int32 = 32
