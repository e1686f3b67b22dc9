import ArgumentParser
import TLS

/// TLS towards clients, of what listens.
struct TLSServerOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Speak TLS with clients and show this certificate: a PEM file, with what leads to a root and perhaps the key.",
      valueName: "file"))
  var tlsCertificate: String?

  @Option(
    help: ArgumentHelp("The certificate's key, if it has a file of its own.", valueName: "file"))
  var tlsKey: String?

  @Option(
    help: ArgumentHelp(
      "Clients must show a certificate that one of the authorities in this file issued.",
      valueName: "file"))
  var tlsClients: String?

  func validate() throws {
    if tlsCertificate == nil, tlsKey != nil || tlsClients != nil {
      throw ValidationError("--tls-key and --tls-clients: expected --tls-certificate beside them")
    }
  }

  /// Whether it is asked for.
  var isUsed: Bool { tlsCertificate != nil }

  /// TLS with what holds for both sides of a relay; nil when it is not asked for.
  func context(_ common: TLSOptions = TLSOptions()) throws(CommandFailure) -> TLSContext? {
    guard let tlsCertificate else { return nil }
    var options = common
    options.certificate = tlsCertificate
    options.key = tlsKey
    if let tlsClients {
      options.verification = .required
      options.trust = .authorities(file: tlsClients, directory: nil)
    }
    return try TLSContext.made(.server, options)
  }
}

extension TLSContext {
  /// A context, or why there is none in the words of a command.
  static func made(
    _ role: TLSRole, _ options: TLSOptions
  ) throws(CommandFailure) -> TLSContext {
    do throws(TLSConfigurationError) {
      return try TLSContext(role, options)
    } catch {
      throw CommandFailure(error.status, "\(error)")
    }
  }
}

extension TLSConfigurationError {
  /// With which status a command ends for it.
  var status: ExitStatus {
    switch self {
    case .library, .failed: .unavailable
    case .unreadable: .noInput
    case .malformed, .encryptedKey, .otherKey, .noCertificate, .unknownCiphers,
      .malformedProtocol:
      .usage
    }
  }
}
