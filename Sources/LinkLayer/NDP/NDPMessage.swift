/// A message of Neighbor Discovery, without the ICMPv6 checksum. RFC 4861, section 4.
public enum NDPMessage: Hashable, Sendable {
  /// Who has this address?
  case neighborSolicitation(NeighborSolicitation)
  /// I have this address.
  case neighborAdvertisement(NeighborAdvertisement)
  /// Which routers are there?
  case routerSolicitation(RouterSolicitation)
  /// I am a router.
  case routerAdvertisement(RouterAdvertisement)

  /// Copies the message that `view` shows; nil when it is of another protocol. The checksum is
  /// not looked at.
  ///
  /// Throws the errors of the message's own view.
  public init?(_ view: borrowing ICMPv6View) throws(WireError) {
    switch view.type {
    case .neighborSolicitation:
      let view = try NeighborSolicitationView(view.message)
      self = .neighborSolicitation(NeighborSolicitation(view))
    case .neighborAdvertisement:
      let view = try NeighborAdvertisementView(view.message)
      self = .neighborAdvertisement(NeighborAdvertisement(view))
    case .routerSolicitation:
      let view = try RouterSolicitationView(view.message)
      self = .routerSolicitation(RouterSolicitation(view))
    case .routerAdvertisement:
      let view = try RouterAdvertisementView(view.message)
      self = .routerAdvertisement(RouterAdvertisement(view))
    default:
      return nil
    }
  }

  /// What the message is.
  public var type: ICMPv6Type {
    switch self {
    case .neighborSolicitation: .neighborSolicitation
    case .neighborAdvertisement: .neighborAdvertisement
    case .routerSolicitation: .routerSolicitation
    case .routerAdvertisement: .routerAdvertisement
    }
  }

  /// The options of the message.
  public var options: [NDPOption] {
    switch self {
    case .neighborSolicitation(let message): message.options
    case .neighborAdvertisement(let message): message.options
    case .routerSolicitation(let message): message.options
    case .routerAdvertisement(let message): message.options
    }
  }

  /// How many bytes follow the ICMPv6 checksum.
  var bodyByteCount: Int {
    switch self {
    case .neighborSolicitation(let message): message.bodyByteCount
    case .neighborAdvertisement(let message): message.bodyByteCount
    case .routerSolicitation(let message): message.bodyByteCount
    case .routerAdvertisement(let message): message.bodyByteCount
    }
  }

  @_lifetime(output: copy output)
  func writeBody(into output: inout OutputRawSpan) {
    switch self {
    case .neighborSolicitation(let message): message.writeBody(into: &output)
    case .neighborAdvertisement(let message): message.writeBody(into: &output)
    case .routerSolicitation(let message): message.writeBody(into: &output)
    case .routerAdvertisement(let message): message.writeBody(into: &output)
    }
  }
}
