public import Machines
internal import Proxies

/// How a service that is a proxy treats its clients.
public struct ProxyServerOptions: Sendable {
  /// The protocols that it speaks; a client's first byte tells which one it is.
  public var kinds = Set(ProxyKind.allCases)
  /// Who may use it; nil for everybody who may connect.
  public var users: ProxyUsers?
  /// Where clients may go.
  public var targets = TargetRules()

  /// All protocols, everybody, and the usual targets.
  public init() {}
}
