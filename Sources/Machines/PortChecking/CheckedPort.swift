/// A transport protocol that has ports.
public enum PortTransport: UInt8, Hashable, Sendable, CaseIterable {
  /// TCP.
  case tcp
  /// UDP.
  case udp
}

extension PortTransport: CustomStringConvertible {
  /// `tcp` or `udp`, as /etc/services spells them.
  public var description: String {
    switch self {
    case .tcp: "tcp"
    case .udp: "udp"
    }
  }
}

/// A port that is to be checked.
public struct CheckedPort: Hashable, Sendable {
  /// The port's number, 1 to 65535.
  public var number: UInt16
  /// Whose port it is.
  public var transport: PortTransport

  /// The port `number` of `transport`.
  public init(_ number: UInt16, _ transport: PortTransport) {
    self.number = number
    self.transport = transport
  }
}

extension CheckedPort: Comparable, CustomStringConvertible {
  /// The number and the transport: `53/udp`.
  public var description: String { "\(number)/\(transport)" }

  /// In the order of numbers; of one number TCP stands first.
  public static func < (left: CheckedPort, right: CheckedPort) -> Bool {
    (left.number, left.transport.rawValue) < (right.number, right.transport.rawValue)
  }
}
