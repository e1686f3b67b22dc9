import EventLoop
import Glibc
import LinkLayer
import Sockets

/// Serves UDP: each datagram by itself.
final class ListenDatagrams: ListenService {
  private unowned let run: PseudoServer
  private var sockets: [DatagramSocket] = []
  private var registrations: [Registration] = []
  private var answers = DatagramBatch()
  /// What each datagram is answered with, of a file.
  private let content: [UInt8]

  /// The most bytes of a UDP datagram over IPv4.
  static let longestPayload = 65_507
  /// How many datagrams of one socket are served before others get their turn.
  private static let turn = 64

  init(_ run: PseudoServer, at addresses: [SocketAddress]) throws(CommandFailure) {
    self.run = run
    if case .file(let path) = run.request.mode {
      content = try WholeFile.bytes(at: path)
      guard content.count <= Self.longestPayload else {
        throw CommandFailure(
          .usage, "--file \(path): expected at most \(Self.longestPayload) bytes, a datagram's most"
        )
      }
    } else {
      content = []
    }
    var options = DatagramOptions()
    options.maximumByteCount = 65_535
    options.tellsLocalAddress = true
    options.reportsFailures = false
    sockets = try run.opened(addresses) { address throws(SystemError) in
      guard let internet = address.internetAddress else {
        throw SystemError(errno: EAFNOSUPPORT, operation: "bind")
      }
      let socket = try DatagramSocket(internet.family, options)
      try socket.bind(to: internet)
      return socket
    }
    for socket in sockets {
      registrations.append(
        try worded { () throws(SystemError) in
          try run.loop.watch(socket.descriptor, .readable) { [unowned self, unowned socket] _ in
            self.serve(socket)
          }
        })
    }
  }

  var addresses: [String] {
    sockets.map { socket in
      (try? socket.localAddress.description) ?? ""
    }
  }

  func stop() {
    for registration in registrations { registration.cancel() }
    registrations = []
  }

  private func serve(_ socket: DatagramSocket) {
    // An error of the socket is one datagram's, and lost with it.
    _ = try? socket.receive(limit: Self.turn) { payload, information in
      self.take(payload, information)
    }
    socket.send(&answers) { _ in }
    // What the kernel has no room for is lost, as on any router.
    answers.removeAll()
    if run.isFull { run.complete() }
  }

  private func take(_ payload: RawSpan, _ information: DatagramInformation) {
    let peer = information.source
    if let refusal = run.request.refusal(of: .internet(peer)) {
      return run.reporter.refused(peer.description, refusal)
    }
    guard run.takesAnother() else { return }
    run.reporter.received(peer.description, byteCount: payload.byteCount)
    var answerCount = 0
    switch run.request.mode {
    case .echo:
      answers.append(payload, to: peer, from: information.destination)
      answerCount = payload.byteCount
    case .file:
      answers.append(content, to: peer, from: information.destination)
      answerCount = content.count
    case .discard: break
    case .standardStreams:
      StandardStream.output.write(unsafe payload.withUnsafeBytes { unsafe Array($0) })
    }
    run.count(UInt64(payload.byteCount), UInt64(answerCount))
  }
}
