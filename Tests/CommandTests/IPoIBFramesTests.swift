import LinkLayer
import Support
import Testing

@testable import crimp

/// `ipoibarping` on InfiniBand, which no machine of ours has: its frames by hand from RFC 4391,
/// sections 6 and 9.1.3, behind the header that Linux's packet sockets take.
@Suite("ipoibarping on InfiniBand")
struct IPoIBFramesTests {
  /// Flags, queue pair number, GID.
  private static let own: [UInt8] = [
    0x80, 0x00, 0x04, 0x8a, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x00, 0x02, 0xc9, 0x03, 0x00, 0x00, 0x00,
    1,
  ]
  /// The broadcast group of partition ffff, link-local scope (RFC 4391, section 4).
  private static let broadcast: [UInt8] = [
    0x00, 0xff, 0xff, 0xff, 0xff, 0x12, 0x40, 0x1b, 0xff, 0xff, 0, 0, 0, 0, 0, 0,
    0xff, 0xff, 0xff, 0xff,
  ]
  private static let neighbor: [UInt8] = own.dropLast() + [2]
  private static let service: [UInt8] = [192, 0, 2, 10]
  private static let host: [UInt8] = [192, 0, 2, 1]

  private func frame(
    _ source: [UInt8], _ target: [UInt8], areReplies: Bool = false, to destination: [UInt8]
  ) throws -> [UInt8] {
    let frames = IputilsFrames(
      framing: .ipoib, hardwareType: .infiniBand,
      own: try #require(HardwareAddress(bytes: Self.own)),
      source: try #require(IPv4Address(bytes: source)),
      target: try #require(IPv4Address(bytes: target)), areReplies: areReplies)
    return frames.bytes(to: try #require(HardwareAddress(bytes: destination)))
  }

  /// Destination, protocol, reserved; ar$hrd 32, ar$pro IPv4, ar$hln 20, ar$pln 4, ar$op.
  private func head(_ destination: [UInt8], operation: UInt8) -> [UInt8] {
    destination + [0x08, 0x06, 0, 0, 0x00, 0x20, 0x08, 0x00, 20, 4, 0, operation]
  }

  @Test("-U, as Pacemaker calls it: a request of the address for itself, to the broadcast group")
  func unsolicited() throws {
    let expected =
      head(Self.broadcast, operation: 1) + Self.own + Self.service + Self.broadcast + Self.service
    #expect(try frame(Self.service, Self.service, to: Self.broadcast) == expected)
    #expect(expected.count == 24 + 56)
  }

  @Test("-A: a reply to the own address, to the broadcast group")
  func answer() throws {
    let expected =
      head(Self.broadcast, operation: 2) + Self.own + Self.service + Self.own + Self.service
    #expect(try frame(Self.service, Self.service, areReplies: true, to: Self.broadcast) == expected)
  }

  @Test("-D: a request without a sender address")
  func duplicates() throws {
    let expected =
      head(Self.broadcast, operation: 1) + Self.own + [0, 0, 0, 0] + Self.broadcast + Self.service
    #expect(try frame([0, 0, 0, 0], Self.service, to: Self.broadcast) == expected)
  }

  @Test("after the first answer a request goes to who answered")
  func unicast() throws {
    let expected =
      head(Self.neighbor, operation: 1) + Self.own + Self.host + Self.neighbor + Self.service
    #expect(try frame(Self.host, Self.service, to: Self.neighbor) == expected)
  }
}
