import EventLoop
import Glibc
import LinkLayer
import SocketSupport
import Sockets
import Support
import TLS
import Testing

/// Against OpenSSL's own client and server, and against socat, which passes ends on.
@Suite struct `TLS with OpenSSL's tools` {
  /// A server of OpenSSL's on a port of its own.
  private final class Server {
    let tool: RunningTool
    let address: SocketAddress

    /// It serves files, if at all, from where the certificates are.
    init(_ arguments: [String]) throws {
      let words = ["openssl", "s_server", "-accept", "127.0.0.1:0"] + arguments
      tool = try RunningTool(
        "sh",
        ["-c", "cd \(try certificates.get().directory) && exec \(words.joined(separator: " "))"])
      var port: UInt16?
      let tool = tool
      _ = try eventually {
        let line = try tool.outputSoFar().split(separator: "\n").first { $0.hasPrefix("ACCEPT") }
        port = line?.split(separator: ":").last.flatMap { UInt16($0) }
        return port != nil
      }
      address = .internet(InternetAddress(.v4(.init(127, 0, 0, 1)), port: try #require(port)))
    }
  }

  private func connect(
    to address: SocketAddress, _ options: TLSOptions, on loop: EventLoop
  ) async throws -> TLSStream {
    let socket = try await StreamSocket.connect(to: address, on: loop)
    let stream = try TLSStream(
      over: socket, try TLSContext(.client, options), TLSExpectation(host: "localhost"),
      peer: address.description)
    try await stream.shakeHands(on: loop)
    return stream
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `a client talks to s_server`(_ version: String) throws {
    let loop = try EventLoop()
    let server = try Server([
      "-rev", "-cert", try certificateFile("server.crt"), "-key", try certificateFile("server.key"),
      version, "-alpn", "one,two",
    ])
    try loop.test {
      var options = try TLSOptions.believing()
      options.applicationProtocols = ["two"]
      let stream = try await connect(to: server.address, options, on: loop)
      #expect(stream.applicationProtocol == "two")
      let peer = StreamPeer(stream, on: loop)
      try await peer.send("abc\n".utf8)
      #expect(try await peer.receive(4).bytes == Array("cba\n".utf8))
      peer.close()
    }
  }

  @Test func `a file comes whole from s_server`() throws {
    let loop = try EventLoop()
    var generator = SeededGenerator(seed: 99)
    let content = (0..<2_000_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    try writeFile(try certificateFile("content"), content)
    let server = try Server([
      "-WWW", "-cert", try certificateFile("server.crt"), "-key", try certificateFile("server.key"),
    ])
    try loop.test {
      let stream = try await connect(to: server.address, .believing(), on: loop)
      let peer = StreamPeer(stream, on: loop)
      try await peer.send("GET /content HTTP/1.0\r\n\r\n".utf8)
      let answer = try await peer.receive()
      // It ended with close_notify.
      #expect(answer.errno == 0)
      #expect(answer.bytes.suffix(content.count).elementsEqual(content))
      peer.close()
    }
  }

  @Test func `s_server wants a certificate, and gets one`() throws {
    let loop = try EventLoop()
    let server = try Server([
      "-rev", "-cert", try certificateFile("server.crt"), "-key", try certificateFile("server.key"),
      "-Verify", "1", "-verify_return_error", "-CAfile", try certificateFile("root.crt"),
    ])
    try loop.test {
      var options = try TLSOptions.believing()
      let without = try await connect(to: server.address, options, on: loop)
      let peer = StreamPeer(without, on: loop)
      #expect(try await peer.receive().errno == EPROTO)
      #expect(without.failure?.cause.words == "the peer refused: it wants a certificate")
      peer.close()
      options.certificate = try certificateFile("client.pem")
      let with = StreamPeer(try await connect(to: server.address, options, on: loop), on: loop)
      try await with.send("abc\n".utf8)
      #expect(try await with.receive(4).bytes == Array("cba\n".utf8))
      with.close()
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `s_client talks to a server`(_ version: String) throws {
    let loop = try EventLoop()
    let listener = try StreamListener(at: loopback(.v4))
    var served: Beside<[UInt8]>?
    try loop.test {
      let context = try TLSContext(.server, .showing())
      try listener.start(on: loop) { socket, peer in
        served = loop.begin {
          let stream = try TLSStream(over: socket, context, peer: peer.description)
          try await stream.shakeHands(on: loop)
          let peer = StreamPeer(stream, on: loop)
          let question = try await peer.receive(6).bytes
          try await peer.send(question.reversed())
          peer.endWriting()
          let rest = try await peer.receive()
          peer.close()
          return question + rest.bytes
        }
      }
      let port = try #require(listener.address.internetAddress?.port)
      let command =
        "(echo hello; sleep 0.2) | openssl s_client -quiet -no_ign_eof \(version) -connect 127.0.0.1:\(port) "
        + "-servername localhost -verify_hostname localhost -verify_return_error "
        + "-CAfile \(try certificateFile("root.crt"))"
      let output = try await ChildProcess.capture(
        ChildProcess.Command("/bin/sh", ["-c", command]), on: loop)
      #expect(output.text.contains("\nolleh"), "\(output.text) \(output.errorText)")
      #expect(try await served?.value == Array("hello\n".utf8))
    }
    listener.close()
  }

  /// socat ends TLS's one direction, and goes on with the other.
  @Test(arguments: [TLSVersion.v1_2, .v1_3])
  func `ends are passed on to and from socat`(_ version: TLSVersion) throws {
    let loop = try EventLoop()
    let reserved = try StreamListener(at: loopback(.v4))
    let address = reserved.address
    reserved.close()
    let port = try #require(address.internetAddress?.port)
    let server = try RunningTool(
      "socat",
      [
        "-t", "10",
        "OPENSSL-LISTEN:\(port),bind=127.0.0.1,cert=\(try certificateFile("server.pem")),verify=0,reuseaddr",
        "SYSTEM:cat; sleep 0.1; echo late",
      ])
    try loop.test {
      var options = try TLSOptions.believing()
      options.greatestVersion = version
      var socket: StreamSocket?
      while socket == nil {
        do throws(ConnectionError) {
          socket = try await StreamSocket.connect(to: address, on: loop)
        } catch {
          try await loop.sleep(for: .milliseconds(10))
        }
      }
      let stream = try TLSStream(
        over: try #require(socket), try TLSContext(.client, options),
        TLSExpectation(host: "localhost"), peer: "socat")
      try await stream.shakeHands(on: loop)
      let peer = StreamPeer(stream, on: loop)
      try await peer.send("early\n".utf8)
      peer.endWriting()
      let answer = try await peer.receive()
      #expect(String(decoding: answer.bytes, as: UTF8.self) == "early\nlate\n")
      peer.close()
    }
    #expect(try server.end().status == 0)
  }
}
