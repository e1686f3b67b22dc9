import Drivers
import EventLoop
import Glibc
import IPMI
import LinkLayer
import Machines
import MonotonicTime
import OpenSSL
import Sockets
import Support
import Testing

/// A loop with the sockets of BMC clients, for one test.
final class BMCBench {
  let loop: EventLoop
  let sockets: BMCSockets

  init() throws {
    loop = try EventLoop()
    sockets = BMCSockets(on: loop, cryptography: try OpenSSLCryptography())
  }

  deinit {
    sockets.close()
  }

  /// A client for a controller at a port of 127.0.0.1.
  func client(
    _ port: UInt16, user: String = "ipmiusr", password: String = "test", key: String? = nil,
    _ change: (inout SessionOptions) -> Void = { _ in }
  ) throws -> BMCClient {
    let credentials = BMCCredentials(
      userName: try #require(UserName(user)), password: try Secret(password, atMost: 20),
      key: try key.map { try Secret($0, atMost: 20) })
    var options = SessionOptions()
    change(&options)
    return BMCClient(loopback(port), credentials: credentials, options: options, on: sockets)
  }

  func run(_ body: @escaping () async throws -> Void) throws {
    try loop.run { try await body() }
  }
}

func loopback(_ port: UInt16) -> InternetAddress {
  InternetAddress(.v4(IPv4Address(127, 0, 0, 1)), port: port)
}

/// Asks the controller what it is, and expects OpenIPMI's simulator.
func expectSimulator(
  _ client: BMCClient, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let device = try await client.request(GetDeviceID())
  #expect(device.manufacturerID == 0x1291, sourceLocation: sourceLocation)
}
