import EventLoop
import Glibc
import LinkLayer
import Sockets
import Testing

@Suite("A connection attempt")
struct ConnectionAttemptTests {
  /// A TCP socket of 127.0.0.1 with a port of its own, and that port.
  private func bound(listens: Bool) throws -> (descriptor: Int32, address: InternetAddress) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try #require(descriptor >= 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        bind(descriptor, name, size) == 0 && getsockname(descriptor, name, &size) == 0
      }
    }
    try #require(status)
    if listens { try #require(listen(descriptor, 1) == 0) }
    let port = UInt16(bigEndian: name.sin_port)
    return (descriptor, InternetAddress(.v4(IPv4Address(127, 0, 0, 1)), port: port))
  }

  private func answer(_ address: InternetAddress) throws -> ConnectionAttempt.Answer {
    let loop = try EventLoop()
    let completion = Completion<ConnectionAttempt.Answer>(on: loop)
    let attempt = try ConnectionAttempt(to: address, on: loop) { completion.fulfil($0) }
    return withExtendedLifetime(attempt) {
      loop.run { await completion.valueThroughCancellation }
    }
  }

  @Test("is accepted where somebody listens, and refused where nobody does")
  func answers() throws {
    for (listens, expected) in [(true, .accepted), (false, .refused)]
      as [(Bool, ConnectionAttempt.Answer)]
    {
      let peer = try bound(listens: listens)
      defer { close(peer.descriptor) }
      #expect(try answer(peer.address) == expected)
    }
  }

  @Test("fails where no address can be")
  func fails() throws {
    let nowhere = InternetAddress(.v4(.broadcast), port: 9)
    guard case .failed = try answer(nowhere) else {
      Issue.record("a connection to all hosts")
      return
    }
  }

  @Test("says nothing once it was given up")
  func cancelled() throws {
    let peer = try bound(listens: true)
    defer { close(peer.descriptor) }
    let loop = try EventLoop()
    var answers = 0
    let attempt = try ConnectionAttempt(to: peer.address, on: loop) { _ in answers += 1 }
    attempt.cancel()
    loop.run { try? await loop.sleep(for: .milliseconds(20)) }
    #expect(answers == 0)
  }
}
