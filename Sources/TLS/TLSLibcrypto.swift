internal import COpenSSL
internal import DynamicLibrary
internal import Glibc

/// The functions of libcrypto that TLS needs beside libssl: its pipes (BIO), its errors, certificates.
@safe struct TLSLibcrypto: Sendable {
  typealias Object = OpaquePointer
  typealias Text = UnsafePointer<CChar>
  typealias Read = @convention(c) (Object?, UnsafeMutablePointer<CChar>?, CInt) -> CInt
  typealias Write = @convention(c) (Object?, Text?, CInt) -> CInt
  typealias Control = @convention(c) (Object?, CInt, CLong, UnsafeMutableRawPointer?) -> CLong

  let newMethod: @convention(c) (CInt, Text) -> Object?
  let setRead: @convention(c) (Object, Read?) -> CInt
  let setWrite: @convention(c) (Object, Write?) -> CInt
  let setControl: @convention(c) (Object, Control?) -> CInt
  let newBIO: @convention(c) (Object) -> Object?
  let setData: @convention(c) (Object, UnsafeMutableRawPointer?) -> Void
  let data: @convention(c) (Object?) -> UnsafeMutableRawPointer?
  let setInitialized: @convention(c) (Object, CInt) -> Void
  let setFlags: @convention(c) (Object, CInt) -> Void
  let clearFlags: @convention(c) (Object, CInt) -> Void

  let clearErrors: @convention(c) () -> Void
  let peekError: @convention(c) () -> CUnsignedLong
  let peekLastError: @convention(c) () -> CUnsignedLong
  let errorReason: @convention(c) (CUnsignedLong) -> Text?

  let setStoreFlags: @convention(c) (Object?, CUnsignedLong) -> CInt
  let expectAddress: @convention(c) (Object?, Text) -> CInt
  let storeError: @convention(c) (Object?) -> CInt
  let storeCertificate: @convention(c) (Object?) -> Object?
  let storeValue: @convention(c) (Object?, CInt) -> UnsafeMutableRawPointer?
  let verificationReason: @convention(c) (CLong) -> Text?
  let freeCertificate: @convention(c) (Object?) -> Void
  let subject: @convention(c) (Object) -> Object?
  let issuer: @convention(c) (Object) -> Object?
  let nameLine: @convention(c) (Object?, UnsafeMutablePointer<CChar>?, CInt) -> Text?
  let notBefore: @convention(c) (Object) -> Object?
  let notAfter: @convention(c) (Object) -> Object?
  let calendarTime: @convention(c) (Object?, UnsafeMutablePointer<tm>) -> CInt
  let extensionValue:
    @convention(c) (Object, CInt, UnsafeMutablePointer<CInt>?, UnsafeMutablePointer<CInt>?) ->
      Object?
  let count: @convention(c) (Object?) -> CInt
  let element: @convention(c) (Object?, CInt) -> UnsafeMutablePointer<crimp_openssl_general_name>?
  let freeNames: @convention(c) (Object?) -> Void
  let stringBytes: @convention(c) (UnsafeMutableRawPointer?) -> UnsafePointer<UInt8>?
  let stringLength: @convention(c) (UnsafeMutableRawPointer?) -> CInt

  private static let shared: Result<TLSLibcrypto, LibraryError> = {
    do throws(LibraryError) {
      return .success(try TLSLibcrypto("libcrypto.so.3"))
    } catch {
      return .failure(error)
    }
  }()

  /// The library, loaded by the first caller.
  static func loaded() throws(LibraryError) -> TLSLibcrypto {
    try shared.get()
  }

  init(_ name: String) throws(LibraryError) {
    let library = try LoadedLibrary(name, package: Libssl.package)
    unsafe newMethod = try library.function("BIO_meth_new")
    unsafe setRead = try library.function("BIO_meth_set_read")
    unsafe setWrite = try library.function("BIO_meth_set_write")
    unsafe setControl = try library.function("BIO_meth_set_ctrl")
    unsafe newBIO = try library.function("BIO_new")
    unsafe setData = try library.function("BIO_set_data")
    unsafe data = try library.function("BIO_get_data")
    unsafe setInitialized = try library.function("BIO_set_init")
    unsafe setFlags = try library.function("BIO_set_flags")
    unsafe clearFlags = try library.function("BIO_clear_flags")
    unsafe clearErrors = try library.function("ERR_clear_error")
    unsafe peekError = try library.function("ERR_peek_error")
    unsafe peekLastError = try library.function("ERR_peek_last_error")
    unsafe errorReason = try library.function("ERR_reason_error_string")
    unsafe setStoreFlags = try library.function("X509_STORE_set_flags")
    unsafe expectAddress = try library.function("X509_VERIFY_PARAM_set1_ip_asc")
    unsafe storeError = try library.function("X509_STORE_CTX_get_error")
    unsafe storeCertificate = try library.function("X509_STORE_CTX_get_current_cert")
    unsafe storeValue = try library.function("X509_STORE_CTX_get_ex_data")
    unsafe verificationReason = try library.function("X509_verify_cert_error_string")
    unsafe freeCertificate = try library.function("X509_free")
    unsafe subject = try library.function("X509_get_subject_name")
    unsafe issuer = try library.function("X509_get_issuer_name")
    unsafe nameLine = try library.function("X509_NAME_oneline")
    unsafe notBefore = try library.function("X509_get0_notBefore")
    unsafe notAfter = try library.function("X509_get0_notAfter")
    unsafe calendarTime = try library.function("ASN1_TIME_to_tm")
    unsafe extensionValue = try library.function("X509_get_ext_d2i")
    unsafe count = try library.function("OPENSSL_sk_num")
    unsafe element = try library.function("OPENSSL_sk_value")
    unsafe freeNames = try library.function("GENERAL_NAMES_free")
    unsafe stringBytes = try library.function("ASN1_STRING_get0_data")
    unsafe stringLength = try library.function("ASN1_STRING_length")
  }
}
