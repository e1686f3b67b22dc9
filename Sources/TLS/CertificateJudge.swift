internal import DynamicLibrary

/// Tells a stream what OpenSSL finds wrong with its other end's certificate, and leaves OpenSSL's verdict as
/// it is.
enum CertificateJudge {
  static let note: Libssl.Judge = { isGood, store in
    guard isGood == 0, let ssl = try? Libssl.loaded(), let crypto = try? TLSLibcrypto.loaded(),
      let connection = unsafe crypto.storeValue(store, ssl.connectionIndex()),
      let value = unsafe ssl.value(OpaquePointer(connection), 0)
    else { return isGood }
    let stream = unsafe Unmanaged<TLSStream>.fromOpaque(value).takeUnretainedValue()
    unsafe stream.judged(crypto.storeError(store), crypto.storeCertificate(store))
    return isGood
  }
}
