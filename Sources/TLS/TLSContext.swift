internal import DynamicLibrary
internal import Glibc

/// Certificates, trust and versions that connections have in common.
///
/// It never changes: new certificates are loaded by making another one for the connections that are to have
/// them; those that there are keep theirs.
@safe public final class TLSContext: @unchecked Sendable {
  /// Which part its connections take.
  public let role: TLSRole
  /// What it was made with.
  public let options: TLSOptions

  let ssl: Libssl
  let crypto: TLSLibcrypto
  /// OpenSSL counts its users atomically, and nothing here changes it after `init`.
  let context: OpaquePointer
  /// ALPN's list as it goes over the wire; the context's callback reads it.
  private let protocols: UnsafeMutableBufferPointer<UInt8>

  /// Reads the certificates, and checks that all fits together.
  ///
  /// - Throws: `TLSConfigurationError`, which names the file.
  public init(
    _ role: TLSRole, _ options: TLSOptions = TLSOptions()
  ) throws(TLSConfigurationError) {
    do throws(LibraryError) {
      ssl = try Libssl.loaded()
      crypto = try TLSLibcrypto.loaded()
    } catch {
      throw .library(error)
    }
    let list = try Self.wireForm(options.applicationProtocols)
    crypto.clearErrors()
    let method = unsafe role == .client ? ssl.clientMethod() : ssl.serverMethod()
    guard let context = unsafe ssl.newContext(method) else {
      throw .failed(reason: crypto.lastReason)
    }
    self.role = role
    self.options = options
    unsafe self.context = context
    unsafe protocols = .allocate(capacity: list.count)
    _ = unsafe protocols.initialize(from: list)
    try configure()
    try loadTrust()
    try loadCertificate()
  }

  deinit {
    unsafe ssl.freeContext(context)
    unsafe protocols.deallocate()
  }

  var verification: TLSOptions.Verification {
    options.verification ?? (role == .client ? .required : .off)
  }

  // MARK: Rules

  private func configure() throws(TLSConfigurationError) {
    let lenience = options.takesTruncationAsEnd ? SSLNumber.ignoreUnexpectedEnd : 0
    _ = unsafe ssl.setContextOptions(context, SSLNumber.options | lenience)
    unsafe control(SSLNumber.setMode, SSLNumber.modes)
    // As much as is there in one call, not the five bytes of a record's header first.
    unsafe control(SSLNumber.setReadAhead, 1)
    unsafe ssl.setReadBufferSize(context, 65_536)
    unsafe control(SSLNumber.setSessionCaching, 0)
    _ = unsafe ssl.setSessionContext(context, Array("crimp".utf8), 5)
    unsafe control(SSLNumber.setLeastVersion, CLong(options.leastVersion.rawValue))
    if let greatest = options.greatestVersion {
      unsafe control(SSLNumber.setGreatestVersion, CLong(greatest.rawValue))
    }
    if let ciphers = options.ciphers, unsafe ssl.setCiphers(context, ciphers) != 1 {
      throw .unknownCiphers(ciphers)
    }
    setProtocols()
    // Without this OpenSSL would ask at the terminal.
    unsafe ssl.setPassphrase(context) { _, _, _, wasAsked in
      unsafe wasAsked?.assumingMemoryBound(to: Bool.self).pointee = true
      return -1
    }
  }

  @unsafe private func control(_ command: CInt, _ value: CLong) {
    _ = unsafe ssl.controlContext(context, command, value, nil)
  }

  private func setProtocols() {
    guard !(unsafe protocols.isEmpty), let start = unsafe protocols.baseAddress else { return }
    let count = unsafe CUnsignedInt(protocols.count)
    if role == .client {
      _ = unsafe ssl.offerProtocols(context, start, count)
      return
    }
    let chooser = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe ssl.chooseProtocol(
      context,
      { _, output, outputCount, offered, offeredCount, chooser in
        guard let chooser = unsafe chooser, let output = unsafe output,
          let outputCount = unsafe outputCount
        else { return SSLNumber.alpnRefused }
        // It lives as long as the SSL_CTX has connections: each holds it.
        let context = unsafe Unmanaged<TLSContext>.fromOpaque(chooser).takeUnretainedValue()
        var chosen: UnsafeMutablePointer<UInt8>?
        let outcome = unsafe context.ssl.selectProtocol(
          &chosen, outputCount, context.protocols.baseAddress,
          CUnsignedInt(context.protocols.count), offered, offeredCount)
        guard outcome == SSLNumber.protocolNegotiated else { return SSLNumber.alpnRefused }
        unsafe output.pointee = UnsafePointer(chosen)
        return SSLNumber.alpnAccepted
      }, chooser)
  }

  /// Each name behind its length (RFC 7301, section 3.1).
  private static func wireForm(_ names: [String]) throws(TLSConfigurationError) -> [UInt8] {
    var bytes: [UInt8] = []
    for name in names {
      guard let count = UInt8(exactly: name.utf8.count), count > 0,
        bytes.count + name.utf8.count < 65_000
      else { throw .malformedProtocol(name) }
      bytes.append(count)
      bytes += name.utf8
    }
    return bytes
  }

  // MARK: Files

  private func loadTrust() throws(TLSConfigurationError) {
    guard verification != .off else {
      return unsafe ssl.setVerification(context, SSLNumber.verifyNone, nil)
    }
    let mode =
      verification == .required && role == .server
      ? SSLNumber.verifyPeer | SSLNumber.failWithoutCertificate : SSLNumber.verifyPeer
    unsafe ssl.setVerification(context, mode, CertificateJudge.note)
    _ = unsafe crypto.setStoreFlags(ssl.authorities(context), SSLNumber.partialChain)
    guard case .authorities(let file, let directory) = options.trust else {
      _ = unsafe ssl.useSystemAuthorities(context)
      return
    }
    for path in [file, directory] { if let path { try Self.checkReadable(path) } }
    crypto.clearErrors()
    guard
      unsafe Self.lend(
        file,
        { file in
          unsafe Self.lend(directory) { unsafe ssl.loadAuthorities(context, file, $0) }
        }) == 1
    else {
      throw .malformed(path: file ?? directory ?? "", reason: "no PEM certificate in it")
    }
    if role == .server, let file {
      unsafe ssl.setClientAuthorityNames(context, ssl.loadAuthorityNames(file))
    }
  }

  private static func lend(
    _ path: String?, _ body: (UnsafePointer<CChar>?) -> CInt
  ) -> CInt {
    guard let path else { return body(nil) }
    return unsafe path.withCString { unsafe body($0) }
  }

  private func loadCertificate() throws(TLSConfigurationError) {
    guard let certificate = options.certificate else {
      guard role == .client else { throw .noCertificate }
      return
    }
    let key = options.key ?? certificate
    try Self.checkReadable(certificate)
    try Self.checkReadable(key)
    crypto.clearErrors()
    guard unsafe ssl.useCertificateChain(context, certificate) == 1 else {
      throw .malformed(
        path: certificate,
        reason: "no PEM certificate in it that OpenSSL accepts (\(crypto.lastReason))")
    }
    crypto.clearErrors()
    var isEncrypted = false
    let isLoaded = unsafe withUnsafeMutablePointer(to: &isEncrypted) { wasAsked in
      unsafe ssl.setPassphraseValue(context, wasAsked)
      defer { unsafe ssl.setPassphraseValue(context, nil) }
      return unsafe ssl.useKey(context, key, SSLNumber.pem) == 1
    }
    guard !isEncrypted else { throw .encryptedKey(path: key) }
    guard isLoaded else { throw keyFailure(key, certificate) }
    guard unsafe ssl.checkKey(context) == 1 else {
      throw .otherKey(key: key, certificate: certificate)
    }
  }

  private func keyFailure(_ key: String, _ certificate: String) -> TLSConfigurationError {
    let code = crypto.lastCode
    switch (code.library, code.reason) {
    // X509_R_KEY_VALUES_MISMATCH and X509_R_KEY_TYPE_MISMATCH.
    case (11, 115), (11, 116): return .otherKey(key: key, certificate: certificate)
    default:
      return .malformed(
        path: key, reason: "no PEM private key in it that OpenSSL accepts (\(crypto.lastReason))")
    }
  }

  private static func checkReadable(_ path: String) throws(TLSConfigurationError) {
    guard unsafe access(path, R_OK) != 0 else { return }
    let code = errno
    throw .unreadable(path: path, reason: unsafe String(cString: strerror(code)))
  }
}

extension TLSLibcrypto {
  /// An error of OpenSSL's queue: which library's, and its number there.
  struct Code {
    var library: Int
    var reason: Int

    init(_ packed: CUnsignedLong) {
      // The system's own errors have bit 31, and no library.
      let isSystem = packed & 0x8000_0000 != 0
      library = isSystem ? 2 : Int(packed >> 23 & 0xff)
      reason = isSystem ? Int(packed & 0x7fff_ffff) : Int(packed & 0x7f_ffff)
    }
  }

  var lastCode: Code { Code(peekLastError()) }

  /// The words for the last error.
  var lastReason: String { reason(peekLastError()) }

  func reason(_ packed: CUnsignedLong) -> String {
    guard packed != 0, let text = unsafe errorReason(packed) else { return "no reason given" }
    return unsafe String(cString: text)
  }
}
