internal import CaptureFile
internal import Decoding
public import LinkLayer

/// Who is under test: a host by its addresses, of either kind.
///
/// On a link with hardware addresses a host is its stations: those given, and those that send with one of
/// its protocol addresses. So all that the host says is found, what has no protocol address included.
public struct TestedHost: Hashable, Sendable {
  /// Its hardware addresses.
  public var stations: Set<HardwareAddress> = []
  /// Its protocol addresses.
  public var addresses: Set<IPAddress> = []

  /// The host with these addresses.
  public init(stations: Set<HardwareAddress> = [], addresses: Set<IPAddress> = []) {
    self.stations = stations
    self.addresses = addresses
  }

  /// The host with the addresses of `text`: IPv4, IPv6 and hardware addresses, with commas between
  /// several; nil when one of them is none.
  public init?(_ text: String) {
    for part in text.split(separator: ",") {
      if let address = IPAddress(String(part)) {
        addresses.insert(address)
      } else if let station = HardwareAddress(String(part)) {
        stations.insert(station)
      } else {
        return nil
      }
    }
    guard !addresses.isEmpty || !stations.isEmpty else { return nil }
  }

  /// Notes the stations that send with one of the host's protocol addresses.
  mutating func learnStations(from frames: [[UInt8]], _ linkType: LinkType) {
    guard !addresses.isEmpty else { return }
    for bytes in frames {
      let ends = FrameSource(bytes, linkType)
      guard let station = ends.station, let address = ends.address else { continue }
      if addresses.contains(address) { stations.insert(station) }
    }
  }

  /// Whether the host sent the frame.
  func sent(_ bytes: [UInt8], _ linkType: LinkType) -> Bool {
    let source = FrameSource(bytes, linkType)
    if let station = source.station { return stations.contains(station) }
    return source.address.map { addresses.contains($0) } ?? false
  }
}

/// Who a frame says that it is from.
struct FrameSource {
  /// The station, where the link's frames tell it.
  var station: HardwareAddress?
  /// The protocol address, of IP or ARP.
  var address: IPAddress?

  init(_ bytes: [UInt8], _ linkType: LinkType) {
    var decoder = FrameDecoder()
    let frame = decoder.fields(of: bytes.rawBytes, linkType: linkType)
    for layer in frame.layers.prefix(6) {
      for field in layer.fields {
        switch (field.name, field.value) {
        case ("eth.src", .hardwareAddress(let address)),
          ("sll.src.eth", .hardwareAddress(let address)):
          station = station ?? address
        case ("ip.src", .ipv4(let source)), ("arp.src.proto_ipv4", .ipv4(let source)):
          address = address ?? .v4(source)
        case ("ipv6.src", .ipv6(let source)):
          address = address ?? .v6(source)
        default: break
        }
      }
    }
  }
}
