internal import COpenSSL
internal import DynamicLibrary

/// The functions of libcrypto that Crimp calls, loaded at first use.
@safe struct Libcrypto: Sendable {
  typealias Object = OpaquePointer
  typealias Bytes = UnsafePointer<UInt8>
  typealias Output = UnsafeMutablePointer<UInt8>

  let fetchMAC: @convention(c) (Object?, UnsafePointer<CChar>, UnsafePointer<CChar>?) -> Object?
  let freeMAC: @convention(c) (Object?) -> Void
  let newMACContext: @convention(c) (Object) -> Object?
  let freeMACContext: @convention(c) (Object?) -> Void
  let startMAC:
    @convention(c) (Object, Bytes?, Int, UnsafePointer<crimp_openssl_parameter>?) -> CInt
  let updateMAC: @convention(c) (Object, Bytes?, Int) -> CInt
  let finishMAC: @convention(c) (Object, Output, UnsafeMutablePointer<Int>, Int) -> CInt

  let fetchDigest: @convention(c) (Object?, UnsafePointer<CChar>, UnsafePointer<CChar>?) -> Object?
  let freeDigest: @convention(c) (Object?) -> Void
  let newDigestContext: @convention(c) () -> Object?
  let freeDigestContext: @convention(c) (Object?) -> Void
  let startDigest: @convention(c) (Object, Object?, Object?) -> CInt
  let updateDigest: @convention(c) (Object, Bytes?, Int) -> CInt
  let finishDigest: @convention(c) (Object, Output, UnsafeMutablePointer<CUnsignedInt>) -> CInt

  let fetchCipher: @convention(c) (Object?, UnsafePointer<CChar>, UnsafePointer<CChar>?) -> Object?
  let freeCipher: @convention(c) (Object?) -> Void
  let newCipherContext: @convention(c) () -> Object?
  let freeCipherContext: @convention(c) (Object?) -> Void
  let startCipher: @convention(c) (Object, Object?, Object?, Bytes?, Bytes?, CInt) -> CInt
  let setCipherPadding: @convention(c) (Object, CInt) -> CInt
  let updateCipher: @convention(c) (Object, Output, UnsafeMutablePointer<CInt>, Bytes, CInt) -> CInt

  /// Debian's name of the library's file, which is OpenSSL 3's everywhere.
  static let fileName = "libcrypto.so.3"
  /// The Debian package that has the library.
  static let package = "libssl3"

  private static let shared: Result<Libcrypto, LibraryError> = {
    do throws(LibraryError) {
      return .success(try Libcrypto(fileName))
    } catch {
      return .failure(error)
    }
  }()

  /// The library, loaded by the first caller.
  static func loaded() throws(LibraryError) -> Libcrypto {
    try shared.get()
  }

  init(_ name: String) throws(LibraryError) {
    let library = try LoadedLibrary(name, package: Self.package)
    unsafe fetchMAC = try library.function("EVP_MAC_fetch")
    unsafe freeMAC = try library.function("EVP_MAC_free")
    unsafe newMACContext = try library.function("EVP_MAC_CTX_new")
    unsafe freeMACContext = try library.function("EVP_MAC_CTX_free")
    unsafe startMAC = try library.function("EVP_MAC_init")
    unsafe updateMAC = try library.function("EVP_MAC_update")
    unsafe finishMAC = try library.function("EVP_MAC_final")
    unsafe fetchDigest = try library.function("EVP_MD_fetch")
    unsafe freeDigest = try library.function("EVP_MD_free")
    unsafe newDigestContext = try library.function("EVP_MD_CTX_new")
    unsafe freeDigestContext = try library.function("EVP_MD_CTX_free")
    unsafe startDigest = try library.function("EVP_DigestInit_ex")
    unsafe updateDigest = try library.function("EVP_DigestUpdate")
    unsafe finishDigest = try library.function("EVP_DigestFinal_ex")
    unsafe fetchCipher = try library.function("EVP_CIPHER_fetch")
    unsafe freeCipher = try library.function("EVP_CIPHER_free")
    unsafe newCipherContext = try library.function("EVP_CIPHER_CTX_new")
    unsafe freeCipherContext = try library.function("EVP_CIPHER_CTX_free")
    unsafe startCipher = try library.function("EVP_CipherInit_ex")
    unsafe setCipherPadding = try library.function("EVP_CIPHER_CTX_set_padding")
    unsafe updateCipher = try library.function("EVP_CipherUpdate")
  }

  /// The library has no algorithm of this name, or its configuration (FIPS) forbids it.
  static func lacks(_ algorithm: String) -> LibraryError {
    .unsuitable(library: fileName, symbol: algorithm)
  }
}
