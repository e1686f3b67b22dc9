import EventLoop
import Glibc
import LinkLayer
import SocketSupport
import Sockets
import Support
import Testing

@Suite struct `Stream sockets` {
  static let addresses: [SocketAddress] = [
    .internet(InternetAddress(.v4(IPv4Address(127, 0, 0, 1)), port: 0)),
    .internet(InternetAddress(.v6(IPv6Address(high: 0, low: 1)), port: 0)),
    .unix(path: "@crimp-test-\(getpid())-streams"),
  ]

  @Test(arguments: addresses)
  func `bytes and the end go both ways, one after the other`(_ address: SocketAddress) throws {
    let loop = try EventLoop()
    try loop.run {
      let (client, server) = try await peers(at: address, on: loop)
      try await client.send([1, 2, 3])
      #expect(client.socket.endWriting() == .end)
      #expect(try await server.receive().bytes == [1, 2, 3])
      try await server.send([4, 5])
      server.close()
      #expect(try await client.receive().bytes == [4, 5])
      client.close()
    }
  }

  @Test(arguments: addresses)
  func `both ends know each other's address`(_ address: SocketAddress) throws {
    let loop = try EventLoop()
    try loop.run {
      let (client, server) = try await peers(at: address, on: loop)
      #expect(try client.socket.peerAddress == server.socket.localAddress)
      #expect(try client.socket.localAddress == server.socket.peerAddress)
      if case .unix(let path) = address {
        #expect(try "\(server.socket.localAddress)".hasPrefix("unix:\(path)"))
      }
    }
  }

  @Test(arguments: InternetFamily.allCases)
  func `a reset is told as one`(_ family: InternetFamily) throws {
    let loop = try EventLoop()
    try loop.run {
      let (client, server) = try await peers(at: loopback(family), on: loop)
      client.reset()
      #expect(try await server.receive().errno == ECONNRESET)
    }
  }

  @Test func `nobody listening is told with the address`() throws {
    let loop = try EventLoop()
    try loop.run {
      let listener = try StreamListener(at: loopback(.v4))
      let address = listener.address
      listener.close()
      let error = await #expect(throws: ConnectionError.self) {
        _ = try await StreamSocket.connect(to: address, on: loop)
      }
      #expect(error?.cause.errno == ECONNREFUSED)
      #expect(error?.description == "\(address): connection refused: nobody listens there")
    }
  }

  @Test func `a socket that meets itself was refused`() throws {
    let loop = try EventLoop()
    try loop.run {
      let listener = try StreamListener(at: loopback(.v4))
      let own = listener.address
      listener.close()
      let error = await #expect(throws: ConnectionError.self) {
        _ = try await StreamSocket.connect(to: own, from: own, on: loop)
      }
      #expect(error?.cause.errno == ECONNREFUSED)
    }
  }

  @Test func `an answer is waited for no longer than was asked`() throws {
    let loop = try EventLoop()
    try loop.run {
      // A queue of one that is full: the kernel drops further SYNs.
      var options = ListenerOptions()
      options.backlog = 0
      let listener = try StreamListener(at: loopback(.v4), options)
      let first = try await StreamSocket.connect(to: listener.address, on: loop)
      let error = await #expect(throws: ConnectionError.self) {
        var others: [StreamSocket] = []
        for _ in 0..<4 {
          others.append(
            try await StreamSocket.connect(
              to: listener.address, timeout: .milliseconds(30), on: loop))
        }
      }
      #expect(error?.cause.errno == ETIMEDOUT)
      first.close()
    }
  }

  @Test func `a connection comes from the address that was asked for`() throws {
    let loop = try EventLoop()
    try loop.run {
      let listener = try StreamListener(at: loopback(.v4))
      let source = try #require(InternetAddress("127.0.0.9:0"))
      let peer = Completion<SocketAddress>(on: loop)
      try listener.start(on: loop) { _, address in peer.fulfil(address) }
      let socket = try await StreamSocket.connect(
        to: listener.address, from: .internet(source), on: loop)
      #expect(try await peer.value.internetAddress?.address == source.address)
      socket.close()
    }
  }

  @Test func `a UNIX path too long for the kernel is refused`() throws {
    let long = SocketAddress.unix(path: "/tmp/" + String(repeating: "x", count: 120))
    #expect(throws: SystemError(errno: ENAMETOOLONG, operation: "bind")) {
      _ = try StreamListener(at: long)
    }
  }

  @Test func `options reach the kernel`() throws {
    let loop = try EventLoop()
    try loop.run {
      let (client, _) = try await peers(at: loopback(.v4), on: loop)
      var options = StreamOptions()
      options.keepAlive = StreamOptions.KeepAlive(
        idle: .seconds(7), interval: .milliseconds(2500), count: 5)
      options.userTimeout = .milliseconds(1500)
      options.typeOfService = 0x48
      try client.socket.set(options)
      let read = { (level: Int32, name: Int32) in
        var value: Int32 = -1
        var size = socklen_t(4)
        getsockopt(client.socket.descriptor, level, name, &value, &size)
        return value
      }
      let tcp = Int32(IPPROTO_TCP)
      #expect(read(tcp, TCP_NODELAY) == 1)
      #expect(read(SOL_SOCKET, SO_KEEPALIVE) == 1)
      #expect(read(tcp, TCP_KEEPIDLE) == 7)
      #expect(read(tcp, TCP_KEEPINTVL) == 3)
      #expect(read(tcp, TCP_KEEPCNT) == 5)
      #expect(read(tcp, TCP_USER_TIMEOUT) == 1500)
      #expect(read(Int32(IPPROTO_IP), IP_TOS) == 0x48)
    }
  }

  @Test func `descriptors pass over a UNIX socket with the bytes`() throws {
    let (near, far) = try StreamSocket.pair()
    let (one, other) = try StreamSocket.pair()
    #expect(try near.send([7, 8], passing: [one.descriptor, other.descriptor]) == 2)
    let received = try far.receivePassing()
    #expect(received.bytes == [7, 8])
    #expect(received.descriptors.count == 2)
    let passed = StreamSocket(owning: try required(received.descriptors.take(0)), .unix)
    let again = received.descriptors.take(0)
    let isTaken = again == nil
    #expect(isTaken)
    _ = [9 as UInt8].withUnsafeBytes { passed.write($0) }
    var byte: UInt8 = 0
    #expect(withUnsafeMutableBytes(of: &byte) { other.read(into: $0) } == .moved(1))
    #expect(byte == 9)
    #expect(throws: SystemError(errno: EAGAIN, operation: "recvmsg")) {
      _ = try far.receivePassing()
    }
  }

  @Test func `more descriptors than expected are all closed`() throws {
    let (near, far) = try StreamSocket.pair()
    let (one, other) = try StreamSocket.pair()
    _ = try near.send([1], passing: [one.descriptor, one.descriptor])
    one.close()
    #expect(throws: SystemError(errno: EMSGSIZE, operation: "recvmsg")) {
      _ = try far.receivePassing(descriptorLimit: 1)
    }
    // No copy of the one end is open any more: the other one is at its end.
    var byte: UInt8 = 0
    #expect(withUnsafeMutableBytes(of: &byte) { other.read(into: $0) } == .end)
  }
}

@Suite struct `Streams over descriptors` {
  @Test func `two pipes are a stream, and closing the one leaves the other`() throws {
    let toChild = try Syscalls.pipe()
    let fromChild = try Syscalls.pipe()
    let childInput = dup(toChild.reader.rawValue)
    let childOutput = dup(fromChild.writer.rawValue)
    defer {
      close(childInput)
      close(childOutput)
    }
    let stream = try DescriptorStream(
      reading: OwnedDescriptor(owning: dup(fromChild.reader.rawValue)),
      writing: OwnedDescriptor(owning: dup(toChild.writer.rawValue)))
    #expect(stream.canSplice)
    let written = [1 as UInt8, 2, 3].withUnsafeBytes { stream.write($0) }
    #expect(written == .moved(3))
    #expect(stream.endWriting() == .end)
    #expect(stream.writeDescriptor == -1)
    var bytes = [UInt8](repeating: 0, count: 8)
    #expect(read(childInput, &bytes, 8) == 3)
    #expect(bytes.withUnsafeMutableBytes { stream.read(into: $0) } == .blocked)
    #expect(write(childOutput, [9], 1) == 1)
    #expect(bytes.withUnsafeMutableBytes { stream.read(into: $0) } == .moved(1))
    stream.close()
  }

  @Test func `shared flags come back when it closes`() throws {
    let pipe = try Syscalls.pipe()
    let before = fcntl(pipe.reader.rawValue, F_GETFL)
    let stream = try DescriptorStream(owning: OwnedDescriptor(owning: dup(pipe.reader.rawValue)))
    #expect(fcntl(pipe.reader.rawValue, F_GETFL) & O_NONBLOCK != 0)
    stream.close()
    #expect(fcntl(pipe.reader.rawValue, F_GETFL) == before)
  }

  @Test func `a reader that has gone ends the writing, and not the process`() async {
    await #expect(processExitsWith: .exitCode(7)) {
      BrokenPipes.ignore()
      let pipe = try Syscalls.pipe()
      let stream = try DescriptorStream(owning: OwnedDescriptor(owning: dup(pipe.writer.rawValue)))
      close(pipe.reader.rawValue)
      let transfer = [1 as UInt8].withUnsafeBytes { stream.write($0) }
      exit(transfer == .end ? 7 : 8)
    }
  }
}
