import EventLoop
import Glibc
import LinkLayer
import Sockets
import Testing

@Suite struct `UDP sockets` {
  @Test(arguments: InternetFamily.allCases)
  func `a datagram comes with its sender`(_ family: InternetFamily) throws {
    let near = try bound(family)
    let far = try bound(family)
    try near.send([1, 2, 3], to: far.localAddress)
    let received = try far.receiveAll(1)
    #expect(received.map(\.payload) == [[1, 2, 3]])
    #expect(received.first?.information.source == (try near.localAddress))
    #expect(received.first?.information.originalByteCount == 3)
  }

  @Test func `a batch longer than one system call arrives whole and in order`() throws {
    let near = try bound(.v4)
    var options = DatagramOptions()
    options.receiveBufferByteCount = 1 << 20
    let far = try bound(.v4, options)
    var batch = DatagramBatch()
    for number in 0..<200 { batch.append([UInt8(number), 7], to: try far.localAddress) }
    near.send(&batch) { Issue.record("refused: \($0)") }
    #expect(batch.isEmpty)
    let received = try far.receiveAll(200)
    #expect(received.map(\.payload) == (0..<200).map { [UInt8($0), 7] })
  }

  @Test func `a limit leaves the rest for later`() throws {
    let near = try bound(.v4)
    let far = try bound(.v4)
    for number: UInt8 in 0..<3 { try near.send([number], to: far.localAddress) }
    var first: [UInt8] = []
    #expect(try far.receive(limit: 2) { payload, _ in first += payload.copy } == 2)
    #expect(first == [0, 1])
    #expect(try far.receiveAll(1).map(\.payload) == [[2]])
  }

  @Test func `an empty datagram is one, and none is none`() throws {
    let near = try bound(.v4)
    let far = try bound(.v4)
    #expect(try far.receive { _, _ in Issue.record("nothing was sent") } == 0)
    try near.send([], to: far.localAddress)
    #expect(try far.receiveAll(1).map(\.payload) == [[]])
  }

  @Test func `what is longer than the room is cut, and says so`() throws {
    var options = DatagramOptions()
    options.maximumByteCount = 4
    let near = try bound(.v4)
    let far = try bound(.v4, options)
    try near.send([1, 2, 3, 4, 5, 6], to: far.localAddress)
    let received = try #require(try far.receiveAll(1).first)
    #expect(received.payload == [1, 2, 3, 4])
    #expect(received.information.originalByteCount == 6)
  }

  @Test(arguments: InternetFamily.allCases)
  func `the address that was asked answers`(_ family: InternetFamily) throws {
    var options = DatagramOptions()
    options.tellsLocalAddress = true
    let server = try DatagramSocket(family, options)
    try server.bind(to: InternetAddress(family.unspecified, port: 0))
    let asked = family == .v4 ? IPAddress("127.9.8.7") : IPAddress("::1")
    let address = InternetAddress(try #require(asked), port: try server.localAddress.port)
    let client = try bound(family)
    try client.send([1], to: address)
    let question = try #require(try server.receiveAll(1).first)
    #expect(question.information.destination?.address == asked)
    #expect(question.information.interfaceIndex == 1)
    var batch = DatagramBatch()
    batch.append(
      [2], to: question.information.source, from: question.information.destination)
    server.send(&batch) { Issue.record("refused: \($0)") }
    #expect(try client.receiveAll(1).first?.information.source == address)
  }

  @Test func `a connected socket hears its peer alone`() throws {
    let near = try bound(.v4)
    let peer = try bound(.v4)
    let stranger = try bound(.v4)
    try near.connect(to: peer.localAddress)
    try stranger.send([1], to: near.localAddress)
    try peer.send([2], to: near.localAddress)
    #expect(try near.receiveAll(1).map(\.payload) == [[2]])
    var batch = DatagramBatch()
    batch.append([3], to: nil)
    near.send(&batch) { Issue.record("refused: \($0)") }
    #expect(try peer.receiveAll(1).map(\.payload) == [[3]])
  }

  @Test func `a broadcast needs the option`() throws {
    let everyone = InternetAddress(try #require(IPAddress("255.255.255.255")), port: 9)
    let socket = try bound(.v4)
    #expect(throws: SystemError.self) { try socket.send([1], to: everyone) }
  }

  @Test func `a port that is taken is refused`() throws {
    let first = try bound(.v4)
    let second = try DatagramSocket(.v4)
    #expect(throws: SystemError(errno: EADDRINUSE, operation: "bind")) {
      try second.bind(to: first.localAddress)
    }
  }

  @Test func `an interface that is not there is refused`() throws {
    var options = DatagramOptions()
    options.interface = "no-such-nic"
    #expect(throws: SystemError.self) { _ = try DatagramSocket(.v4, options) }
  }

  @Test func `the receive buffer is as wide as was asked, or as the host allows`() throws {
    var options = DatagramOptions()
    options.receiveBufferByteCount = 300_000
    let socket = try DatagramSocket(.v4, options)
    #expect(socket.receiveBufferByteCount >= 300_000)
  }
}

@Suite struct `Datagrams that do not arrive` {
  @Test(arguments: InternetFamily.allCases)
  func `a closed port is told with whose it is`(_ family: InternetFamily) throws {
    let socket = try bound(family)
    let closed = try closedPorts(family, 1)[0]
    try socket.send([1], to: closed)
    let failures = try socket.failures(1)
    #expect(failures.map(\.destination) == [closed])
    #expect(failures.map(\.errno) == [ECONNREFUSED])
    #expect(failures.first?.isLocal == false)
    #expect(failures.first?.reporter?.address == closed.address)
  }

  @Test func `one peer's closed port costs no other peer a datagram`() throws {
    let socket = try bound(.v4)
    let open = try bound(.v4)
    let closed = try closedPorts(.v4, 3)
    var batch = DatagramBatch()
    for number in 0..<30 {
      batch.append([UInt8(number)], to: closed[number % 3])
      batch.append([UInt8(number)], to: try open.localAddress)
    }
    socket.send(&batch) { Issue.record("refused: \($0)") }
    #expect(batch.isEmpty)
    #expect(try open.receiveAll(30).map(\.payload) == (0..<30).map { [UInt8($0)] })
    let failures = try socket.failures(30)
    #expect(Set(failures.map(\.destination)) == Set(closed))
  }

  @Test func `a failure that waits does not hide what was received`() throws {
    let socket = try bound(.v4)
    let peer = try bound(.v4)
    try socket.send([1], to: try closedPorts(.v4, 1)[0])
    try peer.send([2], to: socket.localAddress)
    #expect(try socket.receiveAll(1).map(\.payload) == [[2]])
    #expect(try socket.failures(1).count == 1)
  }

  @Test func `the loop is told of a failure, once it is taken no more`() throws {
    let loop = try EventLoop()
    let socket = try bound(.v4)
    let closed = try closedPorts(.v4, 1)[0]
    var told: [DeliveryFailure] = []
    var readiness: [Readiness] = []
    let registration = try loop.watch(socket.descriptor, .readable) { ready in
      readiness.append(ready)
      do { try socket.takeFailures { told.append($0) } } catch { Issue.record(error) }
    }
    try socket.send([1], to: closed)
    try loop.run {
      while told.isEmpty { try await loop.sleep(for: .milliseconds(1)) }
      let count = readiness.count
      try await loop.sleep(for: .milliseconds(5))
      #expect(readiness.count == count)
    }
    registration.cancel()
    #expect(told.map(\.destination) == [closed])
    #expect(readiness.first?.contains(.error) == true)
  }

  @Test func `a datagram too long for IP is refused alone`() throws {
    let socket = try bound(.v4)
    let peer = try bound(.v4)
    var batch = DatagramBatch()
    batch.append(Array(repeating: 1, count: 70_000), to: try peer.localAddress)
    batch.append([2], to: try peer.localAddress)
    var refused: [DeliveryFailure] = []
    socket.send(&batch) { refused.append($0) }
    #expect(refused.map(\.errno) == [EMSGSIZE])
    #expect(refused.map(\.isLocal) == [true])
    #expect(try peer.receiveAll(1).map(\.payload) == [[2]])
  }
}
