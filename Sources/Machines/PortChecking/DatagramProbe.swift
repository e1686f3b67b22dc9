internal import IPMI
public import ServiceProbes

/// What a UDP port is asked, and what its answer says.
public enum DatagramProbe: Hashable, Sendable {
  /// A datagram without contents: for ports of which nothing is known.
  case empty
  /// A question that one of these services answers; one each attempt.
  case services([DatagramService])
  /// The presence ping of a management controller, then what its channel offers: some answer one alone.
  case controller

  /// What is asked of the port of this number.
  public init(port: UInt16) {
    let services = DatagramService.services(at: port)
    self = port == 623 ? .controller : services.isEmpty ? .empty : .services(services)
  }

  /// The datagram of the attempt, counted from 0. The answer repeats parts of `nonce`.
  public func request(attempt: Int, nonce: UInt64) -> [UInt8] {
    switch self {
    case .empty: []
    case .services(let services):
      // A service with two questions has both asked before the next service has its turn again.
      services[attempt % services.count].request(attempt: attempt / services.count, nonce: nonce)
    case .controller:
      attempt % 2 == 0
        ? PresencePing(tag: Self.tag(nonce)).datagram
        : SessionPacket(message: Self.capabilities.message(numbered: 0).bytes).datagram
    }
  }

  /// What the answer says; nil when it is no answer of the protocols that were asked for.
  public func description(of answer: [UInt8], nonce: UInt64) -> String? {
    switch self {
    case .empty: nil
    case .services(let services):
      services.lazy.compactMap { $0.description(of: answer, nonce: nonce) }.first
    case .controller: Self.describe(answer)
    }
  }

  /// Which other end may answer for the port: a TFTP server speaks from a port of its own.
  public func mayAnswerFromAnotherPort(_ answer: [UInt8], nonce: UInt64) -> Bool {
    guard case .services(let services) = self, services.contains(.tftp) else { return false }
    return DatagramService.tftp.description(of: answer, nonce: nonce) != nil
  }

  private static func tag(_ nonce: UInt64) -> UInt8 { UInt8(nonce % 255) }

  private static var capabilities: BMCCall {
    BMCCall(
      GetChannelAuthenticationCapabilities(
        privilege: PrivilegeLimit(.administrator), asksForExtendedData: false))
  }

  private static func describe(_ answer: [UInt8]) -> String? {
    do throws(IPMIError) {
      let message = try RMCPMessage(answer.messageBytes)
      switch message.kind {
      case .asf:
        let pong = try PresencePong(ASFMessage(parsing: message.body))
        return pong == nil ? nil : "management controller, answers the presence ping"
      case .session: return "management controller, IPMI"
      default: return nil
      }
    } catch {
      return nil
    }
  }
}
