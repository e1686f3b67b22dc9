import ArgumentParser
import Relay
import Sockets
import TLS

/// TLS of a relay: in front, towards its clients, and behind, towards its targets.
struct RelayTLSOptions: ParsableArguments, Sendable {
  @OptionGroup var front: TLSServerOptions

  @Option(
    help: ArgumentHelp("The oldest TLS that is spoken: 1.0, 1.1, 1.2 or 1.3.", valueName: "version")
  )
  var tlsMinimum = MinimumTLS(version: .v1_2)

  @Option(
    help: ArgumentHelp(
      "What is spoken inside TLS (ALPN), the preferred first; repeatable.", valueName: "protocol"))
  var alpn: [String] = []

  @Flag(help: "Speak TLS with targets, and check their certificates.")
  var targetTLS = false

  @Option(
    help: ArgumentHelp(
      "Whose certificates targets may have: a PEM file or a directory; without it, whom this host trusts.",
      valueName: "path"))
  var targetCA: String?

  @Option(
    help: ArgumentHelp(
      "The name that targets' certificates are for, if not the target's own.", valueName: "name"))
  var targetName: String?

  @Option(
    help: ArgumentHelp("Show targets this certificate: a PEM file.", valueName: "file"))
  var targetCertificate: String?

  @Option(
    help: ArgumentHelp("That certificate's key, if it has a file of its own.", valueName: "file"))
  var targetKey: String?

  @Flag(help: "Take any certificate of a target.")
  var targetUnverified = false

  func validate() throws {
    let isAsked =
      targetCA != nil || targetName != nil || targetCertificate != nil || targetKey != nil
      || targetUnverified
    if !targetTLS, isAsked {
      throw ValidationError(
        "--target-ca, --target-name, --target-certificate, --target-key and --target-unverified: expected --target-tls beside them"
      )
    }
    if targetKey != nil, targetCertificate == nil {
      throw ValidationError("--target-key: expected --target-certificate beside it")
    }
    if targetUnverified, targetCA != nil || targetName != nil {
      throw ValidationError("--target-unverified: expected neither --target-ca nor --target-name")
    }
    if !front.isUsed, !targetTLS, !alpn.isEmpty {
      throw ValidationError("--alpn: expected --tls-certificate or --target-tls beside it")
    }
  }

  /// Whether any of these options has a use for bytes that are relayed.
  var isUsed: Bool { front.isUsed || targetTLS }

  /// TLS towards clients; nil when there is none.
  func inFront() throws(CommandFailure) -> TLSContext? {
    try front.context(common)
  }

  /// TLS towards targets; nil when there is none.
  func behind() throws(CommandFailure) -> UpstreamTLS? {
    guard targetTLS else { return nil }
    var options = common
    options.certificate = targetCertificate
    options.key = targetKey
    if targetUnverified { options.verification = .off }
    if let targetCA { options.trust = .at(targetCA) }
    var tls = UpstreamTLS(try TLSContext.made(.client, options))
    tls.serverName = targetName
    tls.certifiedName = targetName
    return tls
  }

  private var common: TLSOptions {
    var options = TLSOptions()
    options.leastVersion = tlsMinimum.version
    options.applicationProtocols = alpn
    return options
  }
}

/// What `--tls-minimum` takes.
struct MinimumTLS: ExpressibleByArgument, Hashable, Sendable, CustomStringConvertible {
  var version: TLSVersion

  init(version: TLSVersion) {
    self.version = version
  }

  init?(argument: String) {
    let versions: [String: TLSVersion] = ["1.0": .v1_0, "1.1": .v1_1, "1.2": .v1_2, "1.3": .v1_3]
    guard let version = versions[argument] else { return nil }
    self.version = version
  }

  var description: String {
    switch version {
    case .v1_0: "1.0"
    case .v1_1: "1.1"
    case .v1_2: "1.2"
    case .v1_3: "1.3"
    }
  }

  var defaultValueDescription: String { description }
}
