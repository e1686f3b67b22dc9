internal import DynamicLibrary
internal import EventLoop
internal import Glibc
internal import LinkLayer
public import Sockets

/// TLS around a stream.
///
/// A read or a write begins or goes on with the handshake if that is not done; but a certificate's problem,
/// and a deadline, are better told by `TLSHandshake` before. An end of writing is TLS's own (`close_notify`)
/// and then the base's; an end that comes without the former is a loss.
@safe public final class TLSStream: ByteStream {
  /// Who is at the other end, for messages.
  public let peer: String
  /// What it was made with.
  public let context: TLSContext
  /// Why it failed; nil while it has not. `read` and `write` tell the same by an error number: `EPROTO`,
  /// `ECONNABORTED` for what may have been cut short, or the base's.
  public private(set) var failure: TLSError?
  /// Whether the handshake is done.
  public private(set) var isEstablished = false

  let bio: StreamBIO
  private let connection: OpaquePointer
  private let expectation: TLSExpectation
  private var problem: CertificateProblem?
  private var hasToldEnd = false
  /// What reading has come to for good.
  private var readingEnd: Transfer?

  private var ssl: Libssl { context.ssl }
  private var crypto: TLSLibcrypto { context.crypto }
  private var base: any ByteStream { bio.base }

  /// A stream around `base`, which it owns.
  ///
  /// - Parameters:
  ///   - context: which part it takes, and what it shows and believes.
  ///   - expectation: what is asked of the other end by name.
  ///   - peer: who is at the other end, for messages: an address or a name.
  /// - Throws: `TLSConfigurationError.failed` for want of memory, or for a name that can be none.
  public init(
    over base: any ByteStream, _ context: TLSContext,
    _ expectation: TLSExpectation = TLSExpectation(), peer: String
  ) throws(TLSConfigurationError) {
    self.peer = peer
    self.context = context
    self.expectation = expectation
    bio = StreamBIO(base, context.crypto)
    context.crypto.clearErrors()
    guard let connection = unsafe context.ssl.newConnection(context.context) else {
      throw .failed(reason: context.crypto.lastReason)
    }
    unsafe self.connection = connection
    guard let pipe = unsafe bio.makeBIO() else {
      throw .failed(reason: context.crypto.lastReason)
    }
    unsafe ssl.setBIO(connection, pipe, pipe)
    _ = unsafe ssl.setValue(connection, 0, Unmanaged.passUnretained(self).toOpaque())
    if context.role == .client {
      unsafe ssl.setConnecting(connection)
    } else {
      unsafe ssl.setAccepting(connection)
    }
    try expect()
  }

  deinit {
    unsafe ssl.freeConnection(connection)
  }

  private func expect() throws(TLSConfigurationError) {
    if let name = expectation.serverName, !name.isEmpty, IPAddress(name) == nil {
      let isSet = unsafe name.withCString { text in
        unsafe ssl.controlConnection(
          connection, SSLNumber.setServerName, 0, UnsafeMutableRawPointer(mutating: text))
      }
      guard isSet == 1 else { throw .failed(reason: "\(name) can be no server's name") }
    }
    guard let name = expectation.certifiedName else { return }
    guard IPAddress(name) == nil else {
      guard unsafe crypto.expectAddress(ssl.parameters(connection), name) == 1 else {
        throw .failed(reason: "\(name) can be no address")
      }
      return
    }
    unsafe ssl.setHostFlags(connection, SSLNumber.wholeWildcards)
    guard unsafe ssl.expectHost(connection, name) == 1 else {
      throw .failed(reason: "\(name) can be no certificate's name")
    }
  }

  // MARK: Handshake

  /// Goes on with the handshake: true once it is done, false when the loop must tell more of the
  /// descriptors first.
  public func shakeHands() throws(TLSError) -> Bool {
    if isEstablished { return true }
    if let failure { throw failure }
    crypto.clearErrors()
    let status = unsafe ssl.shakeHands(connection)
    if status == 1 {
      isEstablished = true
      return true
    }
    guard let failed = unsafe note(status) else { return false }
    throw failed
  }

  /// What OpenSSL's verification found, told from within `shakeHands`.
  @unsafe func judged(_ code: Int32, _ certificate: OpaquePointer?) {
    // The first problem is the reason.
    guard problem == nil else { return }
    let words = unsafe crypto.verificationReason(CLong(code)).map { unsafe String(cString: $0) }
    problem = CertificateProblem(
      code, unsafe certificate.map { unsafe PeerCertificate($0, crypto) },
      expected: expectation.certifiedName ?? "", words: words ?? "")
  }

  // MARK: Bytes

  /// The base's.
  public var readDescriptor: Int32 { base.readDescriptor }

  /// The base's.
  public var writeDescriptor: Int32 { base.writeDescriptor }

  /// Never: the descriptor carries records.
  public var canSplice: Bool { false }

  /// Never: records may be left.
  public var shortReadsEmpty: Bool { false }

  /// The base's.
  public var transport: any ByteStream { base.transport }

  /// Reads what has come, a record after the other, as long as there is room.
  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    if let readingEnd { return readingEnd }
    var filled = 0
    while filled < buffer.count {
      var count = 0
      crypto.clearErrors()
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let status = unsafe ssl.read(connection, room.baseAddress, room.count, &count)
      guard status == 1 else {
        let transfer = unsafe ending(status)
        if transfer != .blocked { readingEnd = transfer }
        return filled > 0 ? .moved(filled) : transfer
      }
      isEstablished = true
      filled += count
    }
    return .moved(filled)
  }

  @unsafe private func ending(_ status: CInt) -> Transfer {
    if let failure { return .failed(failure.errno) }
    if isEstablished, unsafe ssl.error(connection, status) == SSLNumber.errorZeroReturn {
      return .end
    }
    guard let failed = unsafe note(status) else { return .blocked }
    return .failed(failed.errno)
  }

  /// Writes as many records as the base takes. After `blocked` the next call begins with the same bytes, and
  /// has at least as many.
  public func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    var sent = 0
    while sent < bytes.count {
      if let failure { return sent > 0 ? .moved(sent) : .failed(failure.errno) }
      var count = 0
      crypto.clearErrors()
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
      let status = unsafe ssl.write(connection, rest.baseAddress, rest.count, &count)
      guard status == 1 else {
        let failed = unsafe note(status)
        if sent > 0 { return .moved(sent) }
        return failed.map { .failed($0.errno) } ?? .blocked
      }
      isEstablished = true
      sent += count
    }
    return .moved(sent)
  }

  /// Sends `close_notify`, and then ends the base's writing. What the other end still says can be read.
  public func endWriting() -> Transfer {
    if let failure { return .failed(failure.errno) }
    // Before the handshake there is nobody to tell.
    guard isEstablished else { return base.endWriting() }
    if !hasToldEnd {
      crypto.clearErrors()
      let status = unsafe ssl.shutDown(connection)
      if status < 0 {
        guard let failed = unsafe note(status) else { return .blocked }
        return .failed(failed.errno)
      }
      hasToldEnd = true
    }
    return base.endWriting()
  }

  /// What a failed write to the base means.
  public func writeFailure(_ code: Int32) -> Transfer { .failed(code) }

  /// Resets the base: the other end learns that this is no end.
  public func reset() {
    base.reset()
  }

  /// Sends `close_notify` if that fits, and closes the base.
  public func close() {
    if isEstablished, failure == nil, !hasToldEnd, readDescriptor >= 0 {
      hasToldEnd = true
      crypto.clearErrors()
      _ = unsafe ssl.shutDown(connection)
    }
    base.close()
  }

  // MARK: What was agreed

  /// The version that is spoken: `TLSv1.3`.
  public var versionName: String {
    unsafe ssl.versionName(connection).map { unsafe String(cString: $0) } ?? ""
  }

  /// The cipher that is used: `TLS_AES_256_GCM_SHA384`.
  public var cipherName: String {
    unsafe ssl.cipherName(ssl.currentCipher(connection)).map { unsafe String(cString: $0) } ?? ""
  }

  /// What is spoken inside, as both agreed (ALPN); nil when nothing was said of it.
  public var applicationProtocol: String? {
    var start: UnsafePointer<UInt8>?
    var count: CUnsignedInt = 0
    unsafe ssl.selectedProtocol(connection, &start, &count)
    guard count > 0 else { return nil }
    return unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
  }

  /// The name by which a client asked for this server (SNI); nil when it did not.
  public var requestedName: String? {
    unsafe ssl.serverName(connection, 0).map { unsafe String(cString: $0) }
  }

  /// What the other end's certificate says; nil when it showed none.
  public var peerCertificate: PeerCertificate? {
    guard let certificate = unsafe ssl.peerCertificate(connection) else { return nil }
    defer { unsafe crypto.freeCertificate(certificate) }
    return unsafe PeerCertificate(certificate, crypto)
  }

  // MARK: Failures

  /// What a call that did not succeed came to: nil when it must be tried again later.
  @unsafe private func note(_ status: CInt) -> TLSError? {
    let cause: TLSError.Cause
    switch unsafe ssl.error(connection, status) {
    case SSLNumber.errorWantRead, SSLNumber.errorWantWrite: return nil
    case SSLNumber.errorSyscall: cause = lossCause
    case SSLNumber.errorZeroReturn: cause = .endedEarly
    default: cause = TLSFailure(crypto).cause(problem, bio, isEstablished: isEstablished)
    }
    let failed = failure ?? TLSError(with: peer, cause)
    failure = failed
    return failed
  }

  private var lossCause: TLSError.Cause {
    guard bio.lossNumber != 0 else { return isEstablished ? .truncated : .endedEarly }
    return .lost(SystemError(errno: bio.lossNumber, operation: "TLS"))
  }
}

extension TLSError {
  /// The error number that stands for it where there is only a number.
  var errno: Int32 {
    switch cause {
    case .lost(let error): error.errno
    case .truncated, .endedEarly: ECONNABORTED
    case .timedOut: ETIMEDOUT
    case .cancelled: ECANCELED
    case .certificate, .alert, .notTLS, .disagreement: EPROTO
    }
  }
}
