internal import COpenSSL
internal import DynamicLibrary
internal import Glibc

/// The functions of libssl that Crimp calls, loaded at first use.
@safe struct Libssl: Sendable {
  typealias Object = OpaquePointer
  typealias Text = UnsafePointer<CChar>
  typealias Choose =
    @convention(c) (
      Object?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
      UnsafePointer<UInt8>?, CUnsignedInt, UnsafeMutableRawPointer?
    ) -> CInt
  typealias Judge = @convention(c) (CInt, Object?) -> CInt
  typealias Passphrase =
    @convention(c) (UnsafeMutablePointer<CChar>?, CInt, CInt, UnsafeMutableRawPointer?) -> CInt

  // What all connections of one kind have in common (SSL_CTX).
  let clientMethod: @convention(c) () -> Object?
  let serverMethod: @convention(c) () -> Object?
  let newContext: @convention(c) (Object?) -> Object?
  let freeContext: @convention(c) (Object?) -> Void
  let controlContext: @convention(c) (Object, CInt, CLong, UnsafeMutableRawPointer?) -> CLong
  let setContextOptions: @convention(c) (Object, UInt64) -> UInt64
  let setReadBufferSize: @convention(c) (Object, Int) -> Void
  let setVerification: @convention(c) (Object, CInt, Judge?) -> Void
  let loadAuthorities: @convention(c) (Object, Text?, Text?) -> CInt
  let useSystemAuthorities: @convention(c) (Object) -> CInt
  let authorities: @convention(c) (Object) -> Object?
  let loadAuthorityNames: @convention(c) (Text) -> Object?
  let setClientAuthorityNames: @convention(c) (Object, Object?) -> Void
  let setPassphrase: @convention(c) (Object, Passphrase?) -> Void
  let setPassphraseValue: @convention(c) (Object, UnsafeMutableRawPointer?) -> Void
  let useCertificateChain: @convention(c) (Object, Text) -> CInt
  let useKey: @convention(c) (Object, Text, CInt) -> CInt
  let checkKey: @convention(c) (Object) -> CInt
  let setCiphers: @convention(c) (Object, Text) -> CInt
  let setSessionContext: @convention(c) (Object, UnsafePointer<UInt8>, CUnsignedInt) -> CInt
  let offerProtocols: @convention(c) (Object, UnsafePointer<UInt8>, CUnsignedInt) -> CInt
  let chooseProtocol: @convention(c) (Object, Choose?, UnsafeMutableRawPointer?) -> Void
  let selectProtocol:
    @convention(c) (
      UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<UInt8>?,
      UnsafePointer<UInt8>?, CUnsignedInt, UnsafePointer<UInt8>?, CUnsignedInt
    ) -> CInt

  // One connection (SSL).
  let newConnection: @convention(c) (Object) -> Object?
  let freeConnection: @convention(c) (Object?) -> Void
  let setBIO: @convention(c) (Object, Object?, Object?) -> Void
  let setConnecting: @convention(c) (Object) -> Void
  let setAccepting: @convention(c) (Object) -> Void
  let controlConnection: @convention(c) (Object, CInt, CLong, UnsafeMutableRawPointer?) -> CLong
  let expectHost: @convention(c) (Object, Text) -> CInt
  let setHostFlags: @convention(c) (Object, CUnsignedInt) -> Void
  let parameters: @convention(c) (Object) -> Object?
  let setValue: @convention(c) (Object, CInt, UnsafeMutableRawPointer?) -> CInt
  let value: @convention(c) (Object, CInt) -> UnsafeMutableRawPointer?
  let connectionIndex: @convention(c) () -> CInt
  let shakeHands: @convention(c) (Object) -> CInt
  let read:
    @convention(c) (Object, UnsafeMutableRawPointer?, Int, UnsafeMutablePointer<Int>) -> CInt
  let write: @convention(c) (Object, UnsafeRawPointer?, Int, UnsafeMutablePointer<Int>) -> CInt
  let shutDown: @convention(c) (Object) -> CInt
  let error: @convention(c) (Object, CInt) -> CInt
  let versionName: @convention(c) (Object) -> Text?
  let currentCipher: @convention(c) (Object) -> Object?
  let cipherName: @convention(c) (Object?) -> Text?
  let serverName: @convention(c) (Object, CInt) -> Text?
  let peerCertificate: @convention(c) (Object) -> Object?
  let selectedProtocol:
    @convention(c) (
      Object, UnsafeMutablePointer<UnsafePointer<UInt8>?>, UnsafeMutablePointer<CUnsignedInt>
    ) -> Void

  /// Debian's name of the library's file, which is OpenSSL 3's everywhere.
  static let fileName = "libssl.so.3"
  /// The Debian package that has the library.
  static let package = "libssl3"

  private static let shared: Result<Libssl, LibraryError> = {
    do throws(LibraryError) {
      return .success(try Libssl(fileName))
    } catch {
      return .failure(error)
    }
  }()

  /// The library, loaded by the first caller.
  static func loaded() throws(LibraryError) -> Libssl {
    try shared.get()
  }

  init(_ name: String) throws(LibraryError) {
    let library = try LoadedLibrary(name, package: Self.package)
    unsafe clientMethod = try library.function("TLS_client_method")
    unsafe serverMethod = try library.function("TLS_server_method")
    unsafe newContext = try library.function("SSL_CTX_new")
    unsafe freeContext = try library.function("SSL_CTX_free")
    unsafe controlContext = try library.function("SSL_CTX_ctrl")
    unsafe setContextOptions = try library.function("SSL_CTX_set_options")
    unsafe setReadBufferSize = try library.function("SSL_CTX_set_default_read_buffer_len")
    unsafe setVerification = try library.function("SSL_CTX_set_verify")
    unsafe loadAuthorities = try library.function("SSL_CTX_load_verify_locations")
    unsafe useSystemAuthorities = try library.function("SSL_CTX_set_default_verify_paths")
    unsafe authorities = try library.function("SSL_CTX_get_cert_store")
    unsafe loadAuthorityNames = try library.function("SSL_load_client_CA_file")
    unsafe setClientAuthorityNames = try library.function("SSL_CTX_set_client_CA_list")
    unsafe setPassphrase = try library.function("SSL_CTX_set_default_passwd_cb")
    unsafe setPassphraseValue = try library.function("SSL_CTX_set_default_passwd_cb_userdata")
    unsafe useCertificateChain = try library.function("SSL_CTX_use_certificate_chain_file")
    unsafe useKey = try library.function("SSL_CTX_use_PrivateKey_file")
    unsafe checkKey = try library.function("SSL_CTX_check_private_key")
    unsafe setCiphers = try library.function("SSL_CTX_set_cipher_list")
    unsafe setSessionContext = try library.function("SSL_CTX_set_session_id_context")
    unsafe offerProtocols = try library.function("SSL_CTX_set_alpn_protos")
    unsafe chooseProtocol = try library.function("SSL_CTX_set_alpn_select_cb")
    unsafe selectProtocol = try library.function("SSL_select_next_proto")
    unsafe newConnection = try library.function("SSL_new")
    unsafe freeConnection = try library.function("SSL_free")
    unsafe setBIO = try library.function("SSL_set_bio")
    unsafe setConnecting = try library.function("SSL_set_connect_state")
    unsafe setAccepting = try library.function("SSL_set_accept_state")
    unsafe controlConnection = try library.function("SSL_ctrl")
    unsafe expectHost = try library.function("SSL_set1_host")
    unsafe setHostFlags = try library.function("SSL_set_hostflags")
    unsafe parameters = try library.function("SSL_get0_param")
    unsafe setValue = try library.function("SSL_set_ex_data")
    unsafe value = try library.function("SSL_get_ex_data")
    unsafe connectionIndex = try library.function("SSL_get_ex_data_X509_STORE_CTX_idx")
    unsafe shakeHands = try library.function("SSL_do_handshake")
    unsafe read = try library.function("SSL_read_ex")
    unsafe write = try library.function("SSL_write_ex")
    unsafe shutDown = try library.function("SSL_shutdown")
    unsafe error = try library.function("SSL_get_error")
    unsafe versionName = try library.function("SSL_get_version")
    unsafe currentCipher = try library.function("SSL_get_current_cipher")
    unsafe cipherName = try library.function("SSL_CIPHER_get_name")
    unsafe serverName = try library.function("SSL_get_servername")
    unsafe peerCertificate = try library.function("SSL_get1_peer_certificate")
    unsafe selectedProtocol = try library.function("SSL_get0_alpn_selected")
  }
}

/// The numbers of libssl's header that its macros stand for.
enum SSLNumber {
  static let setMode: CInt = 33
  static let setReadAhead: CInt = 41
  static let setSessionCaching: CInt = 44
  static let setServerName: CInt = 55
  static let setLeastVersion: CInt = 123
  static let setGreatestVersion: CInt = 124
  static let pem: CInt = 1

  /// Partial writes, a buffer that moves between two tries of a write, and no buffers while idle.
  static let modes: CLong = 0x1 | 0x2 | 0x10
  /// No compression, no renegotiation.
  static let options: UInt64 = 1 << 17 | 1 << 30

  /// An end without `close_notify` is an end.
  static let ignoreUnexpectedEnd: UInt64 = 1 << 7

  static let verifyNone: CInt = 0
  static let verifyPeer: CInt = 1
  static let failWithoutCertificate: CInt = 2
  /// A certificate that is trusted itself need not lead to a root (`X509_V_FLAG_PARTIAL_CHAIN`).
  static let partialChain: CUnsignedLong = 0x80000
  /// `*` stands for a whole label (`X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS`).
  static let wholeWildcards: CUnsignedInt = 4

  static let errorSSL: CInt = 1
  static let errorWantRead: CInt = 2
  static let errorWantWrite: CInt = 3
  static let errorSyscall: CInt = 5
  static let errorZeroReturn: CInt = 6

  static let protocolNegotiated: CInt = 1
  static let alpnAccepted: CInt = 0
  static let alpnRefused: CInt = 2
}
