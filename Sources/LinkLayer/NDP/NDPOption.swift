/// An option of Neighbor Discovery. RFC 4861, section 4.6; `NDPOptionView` tells where the bytes
/// are. What is not known, or not of the form that its number promises, is kept as it came.
public enum NDPOption: WireValue {
  /// Type 1: the sender's link-layer address.
  case sourceLinkLayerAddress(HardwareAddress)
  /// Type 2: the target's link-layer address.
  case targetLinkLayerAddress(HardwareAddress)
  /// Type 3: a prefix of the link.
  case prefixInformation(PrefixInformation)
  /// Type 5: the link's MTU in bytes. RFC 4861, section 4.6.4.
  case mtu(UInt32)
  /// Type 14: a number that tells one's own messages: 6 bytes, or 8 more and so on.
  case nonce([UInt8])
  /// Type 24: a more specific route.
  case routeInformation(RouteInformation)
  /// Type 25: DNS servers.
  case recursiveDNSServers(RecursiveDNSServers)
  /// Any other option with all bytes behind its length.
  case unknown(type: UInt8, body: [UInt8])

  /// The longest body of an option: 255 * 8 - 2 bytes. What a longer one has more is not written.
  @inlinable public static var maximumBodyByteCount: Int { 2038 }

  /// Copies what `view` shows.
  public init(_ view: borrowing NDPOptionView) {
    self =
      NDPOption.known(view) ?? .unknown(type: view.type.rawValue, body: view.body.array)
  }

  private static func known(_ view: borrowing NDPOptionView) -> NDPOption? {
    let body = view.body
    switch view.type {
    case .sourceLinkLayerAddress:
      return view.linkLayerAddress.map { .sourceLinkLayerAddress($0) }
    case .targetLinkLayerAddress:
      return view.linkLayerAddress.map { .targetLinkLayerAddress($0) }
    case .prefixInformation: return PrefixInformation(body: body).map { .prefixInformation($0) }
    case .mtu: return body.byteCount == 6 ? .mtu(body.u32(2)) : nil
    case .nonce: return .nonce(body.array)
    case .routeInformation: return RouteInformation(body: body).map { .routeInformation($0) }
    case .recursiveDNSServers:
      return RecursiveDNSServers(body: body).map { .recursiveDNSServers($0) }
    default: return nil
    }
  }

  /// Reads the option at the start of `bytes`, with the errors of `NDPOptionView`.
  public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try NDPOptionView(bytes)
    self.init(view)
  }

  /// What the option is.
  public var type: NDPOptionType {
    switch self {
    case .sourceLinkLayerAddress: .sourceLinkLayerAddress
    case .targetLinkLayerAddress: .targetLinkLayerAddress
    case .prefixInformation: .prefixInformation
    case .mtu: .mtu
    case .nonce: .nonce
    case .routeInformation: .routeInformation
    case .recursiveDNSServers: .recursiveDNSServers
    case .unknown(let type, _): NDPOptionType(rawValue: type)
    }
  }

  /// How many bytes the option has: a multiple of 8.
  public var byteCount: Int {
    (min(bodyByteCount, NDPOption.maximumBodyByteCount) + 2 + 7) & ~7
  }

  /// How many bytes of body there are before they are filled up.
  private var bodyByteCount: Int {
    switch self {
    case .sourceLinkLayerAddress(let address), .targetLinkLayerAddress(let address):
      NDPOption.leadingZeros(address) + address.count
    case .prefixInformation: 30
    case .mtu: 6
    case .nonce(let bytes), .unknown(_, let bytes): bytes.count
    case .routeInformation(let route): route.bodyByteCount
    case .recursiveDNSServers(let servers): servers.bodyByteCount
    }
  }

  /// Appends the option, filled with zeros up to a multiple of 8 bytes.
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    output.append(type.rawValue)
    output.append(UInt8(truncatingIfNeeded: byteCount / 8))
    switch self {
    case .sourceLinkLayerAddress(let address), .targetLinkLayerAddress(let address):
      output.appendZeros(NDPOption.leadingZeros(address))
      address.write(into: &output)
    case .prefixInformation(let prefix): prefix.writeBody(into: &output)
    case .mtu(let mtu):
      output.append(0 as UInt16)
      output.append(mtu)
    case .nonce(let bytes), .unknown(_, let bytes):
      output.append(bytes.rawBytes.slice(0, min(bytes.count, NDPOption.maximumBodyByteCount)))
    case .routeInformation(let route): route.writeBody(into: &output)
    case .recursiveDNSServers(let servers): servers.writeBody(into: &output)
    }
    output.appendZeros(byteCount - 2 - bodyByteCount)
  }

  /// An InfiniBand address follows two zero bytes. RFC 4391, section 9.3.
  private static func leadingZeros(_ address: HardwareAddress) -> Int {
    address.count == IPoIBHeader.addressByteCount ? 2 : 0
  }
}

extension [NDPOption] {
  /// Copies the options that `view` shows.
  init(_ view: borrowing NDPOptionsView) {
    var options = copy view
    self = []
    while let option = options.next() { append(NDPOption(option)) }
  }

  /// How many bytes the options have.
  var byteCount: Int { reduce(0) { $0 + $1.byteCount } }

  @_lifetime(output: copy output)
  func write(into output: inout OutputRawSpan) {
    for option in self { option.write(into: &output) }
  }
}
