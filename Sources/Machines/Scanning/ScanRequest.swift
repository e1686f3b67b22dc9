public import LinkLayer

/// What a scan sends to ask for an address.
public enum ScanRequest: Hashable, Sendable {
  /// An ARP request, or a Neighbor Solicitation, from that of the prefixes' addresses in whose network
  /// the target is; without one from the first of its version. ARP asks from 0.0.0.0 where there is
  /// none, which every host answers.
  case resolution(from: [IPPrefix])
  /// A frame of the caller's own.
  case template(Template)

  /// A frame in whose payload the address is filled in that is asked for.
  public struct Template: Hashable, Sendable {
    /// Whom the frame is for.
    public var destination: HardwareAddress
    /// Whom it is from.
    public var source: HardwareAddress
    /// What it is; a length, below 1536, for a frame with an LLC header.
    public var etherType: EtherType
    /// What it carries.
    public var payload: [UInt8]
    /// Where in the payload the four bytes of the target go; each must leave room for them.
    public var offsets: [Int]

    /// A template of these fields.
    public init(
      destination: HardwareAddress, source: HardwareAddress, etherType: EtherType,
      payload: [UInt8], offsets: [Int]
    ) {
      self.destination = destination
      self.source = source
      self.etherType = etherType
      self.payload = payload
      self.offsets = offsets
    }

    func frame(for target: IPAddress) -> LinkFrame {
      var payload = payload
      let bytes = target.bytes
      for offset in offsets where offset >= 0 && offset + bytes.count <= payload.count {
        payload.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
      }
      return LinkFrame(
        destination: destination, source: source, payload: .other(etherType, payload))
    }
  }
}

/// Makes the questions of a scan.
struct ScanQuestions: Sendable {
  private let request: ScanRequest
  private let frames: OwnerFrames

  init(_ request: ScanRequest, identity: LinkIdentity) {
    self.request = request
    frames = OwnerFrames(identity: identity)
  }

  func question(for target: IPAddress) -> LinkFrame {
    switch request {
    case .template(let template): return template.frame(for: target)
    case .resolution(let own):
      let source = Self.source(for: target, among: own)
      switch target {
      case .v4(let target):
        guard case .v4(let source) = source else {
          return frames.arpRequest(for: target, tell: .unspecified)
        }
        return frames.arpRequest(for: target, tell: source)
      case .v6(let target):
        guard case .v6(let source) = source else {
          return frames.dadSolicitation(for: target, nonce: [])
        }
        return frames.neighborSolicitation(for: target, tell: source)
      }
    }
  }

  private static func source(for target: IPAddress, among own: [IPPrefix]) -> IPAddress? {
    let near = own.first { $0.contains(target) }
    return (near ?? own.first { $0.address.isIPv6 == target.isIPv6 })?.address
  }
}
