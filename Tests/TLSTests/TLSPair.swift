import EventLoop
import Glibc
import LinkLayer
import SocketSupport
import Sockets
import Support
import TLS
import Testing

/// One set of certificates for all tests of this target.
let certificates: Result<TestCertificates, any Error> = Result { try TestCertificates() }

/// The path of one of the test certificates' files.
func certificateFile(_ name: String) throws -> String { try certificates.get()(name) }

extension TLSOptions {
  /// What a client needs that believes the test's root, or another.
  static func believing(_ authority: String = "root.crt") throws -> TLSOptions {
    var options = TLSOptions()
    options.trust = .authorities(file: try certificateFile(authority), directory: nil)
    return options
  }

  /// What a server needs that shows a certificate.
  static func showing(_ name: String = "server.pem") throws -> TLSOptions {
    var options = TLSOptions()
    options.certificate = try certificateFile(name)
    return options
  }
}

extension EventLoop {
  /// Runs a test's body on the loop, and cancels it rather than hang.
  func test(
    atMost limit: Duration = .seconds(60), _ body: @escaping () async throws -> Void
  ) throws {
    let timer = schedule(after: limit) { self.stop() }
    defer { timer.cancel() }
    try run { try await body() }
  }

  /// Begins something that goes on beside the test; `value` waits for it.
  func begin<Value>(_ body: @escaping () async throws -> Value) -> Beside<Value> {
    let completion = Completion<Result<Value, any Error>>(on: self)
    spawn {
      do {
        completion.fulfil(.success(try await body()))
      } catch {
        completion.fulfil(.failure(error))
      }
    }
    return Beside(completion: completion)
  }
}

/// What goes on beside a test.
struct Beside<Value> {
  fileprivate let completion: Completion<Result<Value, any Error>>

  var value: Value {
    get async throws { try await completion.value.get() }
  }
}

/// A client and a server that have shaken hands over loopback.
struct TLSPair {
  let clientStream: TLSStream
  let serverStream: TLSStream
  let client: StreamPeer
  let server: StreamPeer

  init(
    _ clientOptions: TLSOptions? = nil, _ serverOptions: TLSOptions? = nil, on loop: EventLoop
  ) async throws {
    let sockets = try await connection(at: loopback(.v4), on: loop)
    let clientContext = try TLSContext(.client, try clientOptions ?? .believing())
    let serverContext = try TLSContext(.server, try serverOptions ?? .showing())
    let clientStream = try TLSStream(
      over: sockets.client, clientContext, TLSExpectation(host: "localhost"), peer: "server")
    let serverStream = try TLSStream(over: sockets.server, serverContext, peer: "client")
    let serving = loop.begin { try await serverStream.shakeHands(on: loop) }
    try await clientStream.shakeHands(on: loop)
    try await serving.value
    self.clientStream = clientStream
    self.serverStream = serverStream
    client = StreamPeer(clientStream, on: loop)
    server = StreamPeer(serverStream, on: loop)
  }

  func close() {
    client.close()
    server.close()
  }
}

/// What a handshake between our client and our server came to, on each side; nil for success.
func handshake(
  _ clientOptions: TLSOptions, _ expectation: TLSExpectation = TLSExpectation(host: "localhost"),
  with serverOptions: TLSOptions, on loop: EventLoop
) async throws -> (client: TLSError.Cause?, server: TLSError.Cause?) {
  let sockets = try await connection(at: loopback(.v4), on: loop)
  let client = try TLSStream(
    over: sockets.client, try TLSContext(.client, clientOptions), expectation, peer: "server")
  let server = try TLSStream(
    over: sockets.server, try TLSContext(.server, serverOptions), peer: "client")
  let serving = loop.begin {
    await failure { () async throws(TLSError) in try await server.shakeHands(on: loop) }
  }
  var clientCause = await failure { () async throws(TLSError) in
    try await client.shakeHands(on: loop)
  }
  let serverCause = try await serving.value
  if clientCause == nil, serverCause != nil {
    // In TLS 1.3 a client is done before the server has looked at its certificate.
    let peer = StreamPeer(client, on: loop)
    _ = try await peer.receive()
    clientCause = client.failure?.cause
  }
  client.close()
  server.close()
  return (clientCause, serverCause)
}

private func failure(_ body: () async throws(TLSError) -> Void) async -> TLSError.Cause? {
  do throws(TLSError) {
    try await body()
    return nil
  } catch {
    return error.cause
  }
}
