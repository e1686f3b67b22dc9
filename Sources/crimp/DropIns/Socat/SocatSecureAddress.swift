import AddressSpecifications
import EventLoop
import Glibc
import LinkLayer
import Sockets
import TLS

extension SocatOpener {
  /// `OPENSSL`: TLS to a host.
  func openSecure(
    _ address: SingleAddress, _ access: SocatAccess
  ) async throws(SocatFailure) -> SocatEndpoint {
    guard !address.options.isOn("fork") else {
      throw SocatFailure("option \"fork\" is not available with \(address.keyword)")
    }
    let (host, port) = (address.parameters[0], address.parameters[1])
    let context = try Self.secureContext(address, .client)
    let stream = try await retrying(address) { () async throws(SocatFailure) -> TLSStream in
      let socket = try await connectTCP(address, host: host, port: port)
      return try await secure(
        socket, context, Self.expectation(address, host: host), "\(host):\(port)", "SSL_connect()",
        within: run.line.idleTimeout)
    }
    try await apply(address.options, toFile: stream.readDescriptor)
    let endpoint = try endpoint(stream, address, access)
    endpoint.environment = SocatEnvironment.agreed(stream)
    return endpoint
  }

  /// Puts TLS around a connection.
  ///
  /// - Parameter timeout: how long the handshake may take; nil for ever.
  func secure(
    _ socket: StreamSocket, _ context: TLSContext, _ expectation: TLSExpectation, _ peer: String,
    _ call: String, within timeout: Duration?
  ) async throws(SocatFailure) -> TLSStream {
    let stream: TLSStream
    do throws(TLSConfigurationError) {
      stream = try TLSStream(over: socket, context, expectation, peer: peer)
    } catch {
      socket.close()
      throw SocatFailure("\(call): \(error)")
    }
    do throws(TLSError) {
      try await stream.shakeHands(timeout: timeout, on: loop)
    } catch {
      throw SocatFailure("\(call): \(error)")
    }
    log.notice("SSL proto version used: \(stream.versionName)")
    log.notice("SSL connection using \(stream.cipherName)")
    // OpenSSL of today compresses nothing unless it is told to.
    log.notice("SSL connection compression \"none\"")
    log.notice("SSL connection expansion \"none\"")
    return stream
  }

  /// What the peer's certificate must say, and which name it is asked by.
  static func expectation(_ address: SingleAddress, host: String) -> TLSExpectation {
    let options = address.options
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let name = isBracketed ? String(host.dropFirst().dropLast()) : host
    var expectation = TLSExpectation(host: name)
    if let text = options.text("openssl-commonname") {
      expectation.certifiedName = text.isEmpty ? nil : text
      if !text.isEmpty { expectation.serverName = text }
    }
    if let text = options.text("openssl-snihost") { expectation.serverName = text }
    if options.isOn("openssl-no-sni") { expectation.serverName = nil }
    if !verifies(options) { expectation.certifiedName = nil }
    return expectation
  }

  /// What a server asks of a client's certificate.
  static func clientExpectation(_ address: SingleAddress) -> TLSExpectation {
    var expectation = TLSExpectation()
    if let name = address.options.text("openssl-commonname"), !name.isEmpty {
      expectation.certifiedName = name
    }
    return expectation
  }

  private static func verifies(_ options: AddressOptions) -> Bool {
    options["openssl-verify"] == nil || options.isOn("openssl-verify")
  }

  /// What is shown to the other end, and believed of it. A server too asks for a certificate, unless
  /// `verify=0` says otherwise.
  static func secureContext(
    _ address: SingleAddress, _ role: TLSRole
  ) throws(SocatFailure) -> TLSContext {
    let options = address.options
    var wanted = TLSOptions()
    wanted.verification = verifies(options) ? .required : .off
    let (file, directory) = (options.text("openssl-cafile"), options.text("openssl-capath"))
    if file != nil || directory != nil {
      wanted.trust = .authorities(file: file, directory: directory)
    }
    wanted.certificate = options.text("openssl-certificate")
    wanted.key = options.text("openssl-key")
    wanted.ciphers = options.text("openssl-cipherlist")
    // The original takes the end of the connection for the end of the data.
    wanted.takesTruncationAsEnd = true
    if let version = try version(options, "openssl-min-proto-version") {
      wanted.leastVersion = version
    }
    wanted.greatestVersion = try version(options, "openssl-max-proto-version")
    do throws(TLSConfigurationError) {
      return try TLSContext(role, wanted)
    } catch {
      throw SocatFailure("\(error)")
    }
  }

  private static func version(
    _ options: AddressOptions, _ name: String
  ) throws(SocatFailure) -> TLSVersion? {
    guard let text = options.text(name) else { return nil }
    switch text.uppercased() {
    case "TLS1", "TLS1.0": return .v1_0
    case "TLS1.1": return .v1_1
    case "TLS1.2": return .v1_2
    case "TLS1.3": return .v1_3
    default: throw SocatFailure("unknown SSL proto version \"\(text)\"")
    }
  }
}
