internal import Proxies
internal import Sockets
public import TLS

/// TLS towards targets.
public struct UpstreamTLS: Sendable {
  /// What is shown to them and believed of them.
  public var context: TLSContext
  /// What they are told that they are called; nil for the host by which each is known.
  public var serverName: String?
  /// For whom their certificates must be; nil for the host by which each is known.
  public var certifiedName: String?

  /// TLS towards targets, each by its own name.
  public init(_ context: TLSContext) {
    self.context = context
  }

  func expectation(of upstream: Upstream) -> TLSExpectation {
    var expectation = upstream.hostName.map { TLSExpectation(host: $0) } ?? TLSExpectation()
    if let serverName { expectation.serverName = serverName }
    if let certifiedName { expectation.certifiedName = certifiedName }
    return expectation
  }
}

extension Upstream {
  /// The name or the address by which it is known, if it has any.
  fileprivate var hostName: String? {
    if let destination { return destination.name ?? destination.internetAddress?.host }
    return addresses.first?.internetAddress?.host
  }
}
