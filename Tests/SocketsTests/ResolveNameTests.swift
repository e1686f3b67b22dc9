import EventLoop
import LinkLayer
import Sockets
import Testing

@Suite struct `Names of hosts` {
  @Test func `an address is read without asking anybody`() throws {
    let loop = try EventLoop()
    let found = try loop.run { () async throws in
      try await loop.resolve("192.0.2.7", port: 623)
    }
    #expect(found.map(\.description) == ["192.0.2.7:623"])
  }

  @Test func `a name of the hosts file has its addresses`() throws {
    let loop = try EventLoop()
    let found = try loop.run { () async throws in
      try await loop.resolve("localhost", port: 9, family: .v4)
    }
    #expect(found.contains { $0.description == "127.0.0.1:9" })
    #expect(found.allSatisfy { $0.family == .v4 })
  }

  @Test func `an address of the other version is not found`() throws {
    let loop = try EventLoop()
    #expect(throws: NameError.unknown(name: "::1")) {
      try loop.run { () async throws in try await loop.resolve("::1", port: 1, family: .v4) }
    }
  }

  @Test func `the loop turns on while a name is asked for`() throws {
    let loop = try EventLoop()
    var isAnswered = false
    try loop.run {
      loop.spawn {
        // RFC 6761, section 6.4: nobody ever has this name, whether or not there is a resolver.
        do { _ = try await loop.resolve("crimp.invalid", port: 1) } catch {
          #expect("\(error)".hasPrefix("crimp.invalid: "))
        }
        isAnswered = true
      }
      while !isAnswered { try await loop.sleep(for: .milliseconds(1)) }
    }
    #expect(isAnswered)
  }

  @Test func `a text that can be no name is refused`() throws {
    let loop = try EventLoop()
    for text in ["", "a\0b"] {
      #expect(throws: NameError.malformed(name: text)) {
        try loop.run { () async throws in try await loop.resolve(text, port: 1) }
      }
    }
  }
}
