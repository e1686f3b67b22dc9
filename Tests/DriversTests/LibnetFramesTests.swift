import Glibc
import LinkLayer
import Machines
import MonotonicTime
import Testing

/// Every ARP form of an announcement against the same fields given to libnet, which builds packets
/// without our code.
@Suite("Byte for byte with libnet")
struct LibnetFramesTests {
  private static let own: [UInt8] = [2, 0, 0, 0, 0, 1]
  private static let virtual: [UInt8] = [0, 0, 0x5e, 0, 1, 0x2a]
  private static let all = [UInt8](repeating: 0xff, count: 6)
  private static let none = [UInt8](repeating: 0, count: 6)
  private static let service: [UInt8] = [192, 0, 2, 10]
  private static let gateway: [UInt8] = [192, 0, 2, 1]

  /// What a round of this form puts on the wire, before padding.
  private func announced(_ form: AnnouncementForms, sender: [UInt8]? = nil) throws -> [[UInt8]] {
    let identity = LinkIdentity(
      hardwareAddress: try #require(HardwareAddress(bytes: Self.own)))
    let plan = AnnouncementPlan(
      addresses: [.v4(try #require(IPv4Address(bytes: Self.service)))],
      neighbors: [NeighborTarget(address: .v4(try #require(IPv4Address(bytes: Self.gateway))))],
      forms: form, sender: sender.flatMap { HardwareAddress(bytes: $0) }, schedule: .once)
    var announcement = AddressAnnouncement(plan, identity: identity)
    return announcement.start(at: .origin).compactMap { action in
      guard case .send(let frame) = action else { return nil }
      return frame.bytes(framing: .ethernet, padding: .none)
    }
  }

  @Test("the request form")
  func request() throws {
    for sender in [nil, Self.virtual] {
      let source = sender ?? Self.own
      let expected = try Libnet().arp(
        1, source, Self.service, Self.all, Self.service, to: Self.all, from: source)
      #expect(try announced(.gratuitousRequest, sender: sender) == [expected])
    }
  }

  @Test("the reply form")
  func reply() throws {
    for sender in [nil, Self.virtual] {
      let source = sender ?? Self.own
      let expected = try Libnet().arp(
        2, source, Self.service, source, Self.service, to: Self.all, from: source)
      #expect(try announced(.gratuitousReply, sender: sender) == [expected])
    }
  }

  @Test("the directed request")
  func directed() throws {
    let expected = try Libnet().arp(
      1, Self.own, Self.service, Self.none, Self.gateway, to: Self.all, from: Self.own)
    #expect(try announced(.directedRequest) == [expected])
  }
}

/// libnet's builders, found at run time.
private struct Libnet {
  private typealias Context = OpaquePointer
  private typealias Bytes = UnsafePointer<UInt8>
  private typealias Initialize =
    @convention(c) (CInt, UnsafePointer<CChar>?, UnsafeMutablePointer<CChar>) -> Context?
  private typealias BuildARP =
    @convention(c) (
      UInt16, UInt16, UInt8, UInt8, UInt16, Bytes, Bytes, Bytes, Bytes, Bytes?, UInt32, Context,
      CInt
    ) -> CInt
  private typealias BuildEthernet =
    @convention(c) (Bytes, Bytes, UInt16, Bytes?, UInt32, Context, CInt) -> CInt
  private typealias Coalesce =
    @convention(c) (
      Context, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<UInt32>
    ) -> CInt
  private typealias Destroy = @convention(c) (Context) -> Void

  /// LIBNET_NONE: packets are built and not sent.
  private static let none: CInt = 0xf8

  private let handle: UnsafeMutableRawPointer

  init() throws {
    handle = try #require(dlopen("libnet.so.1", RTLD_NOW), "apt-get install libnet1")
  }

  private func function<Function>(_ name: String, _: Function.Type) throws -> Function {
    unsafeBitCast(try #require(dlsym(handle, name), "\(name)"), to: Function.self)
  }

  /// An Ethernet frame with an ARP packet (RFC 826), without padding.
  func arp(
    _ operation: UInt16, _ sender: [UInt8], _ senderAddress: [UInt8], _ target: [UInt8],
    _ targetAddress: [UInt8], to destination: [UInt8], from source: [UInt8]
  ) throws -> [UInt8] {
    var message = [CChar](repeating: 0, count: 256)
    let initialize = try function("libnet_init", Initialize.self)
    let context = try #require(initialize(Self.none, nil, &message))
    defer { (try? function("libnet_destroy", Destroy.self))?(context) }
    let buildARP = try function("libnet_build_arp", BuildARP.self)
    let buildEthernet = try function("libnet_build_ethernet", BuildEthernet.self)
    // What its own writer calls; libnet_adv_cull_packet would want an open interface.
    let coalesce = try function("libnet_pblock_coalesce", Coalesce.self)
    #expect(
      buildARP(
        1, 0x0800, 6, 4, operation, sender, senderAddress, target, targetAddress, nil, 0, context, 0
      )
        > 0)
    #expect(buildEthernet(destination, source, 0x0806, nil, 0, context, 0) > 0)
    var packet: UnsafeMutablePointer<UInt8>?
    var size: UInt32 = 0
    // The packet's memory is small and stays with the process.
    #expect(coalesce(context, &packet, &size) > 0)
    return Array(UnsafeBufferPointer(start: packet, count: Int(size)))
  }
}
