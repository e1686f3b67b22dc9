import EventLoop
import Glibc
import SocketSupport
import Sockets
import Support
import TLS
import Testing

@Suite struct `TLS handshakes` {
  @Test(arguments: [TLSVersion.v1_2, .v1_3])
  func `both ends agree, and know what on`(_ version: TLSVersion) throws {
    let loop = try EventLoop()
    try loop.test {
      var client = try TLSOptions.believing()
      client.greatestVersion = version
      client.applicationProtocols = ["h2", "http/1.1"]
      var server = try TLSOptions.showing()
      server.applicationProtocols = ["crimp", "http/1.1"]
      let pair = try await TLSPair(client, server, on: loop)
      #expect(pair.clientStream.versionName == (version == .v1_2 ? "TLSv1.2" : "TLSv1.3"))
      #expect(pair.clientStream.cipherName == pair.serverStream.cipherName)
      #expect(pair.clientStream.applicationProtocol == "http/1.1")
      #expect(pair.serverStream.applicationProtocol == "http/1.1")
      #expect(pair.serverStream.requestedName == "localhost")
      let shown = try #require(pair.clientStream.peerCertificate)
      #expect(shown.subject == "/CN=server.test")
      #expect(shown.issuer == "/CN=Test Root")
      #expect(shown.names == ["localhost", "127.0.0.1", "::1"])
      #expect(pair.serverStream.peerCertificate == nil)
      pair.close()
    }
  }

  @Test func `what is wrong with a certificate is told`() throws {
    let loop = try EventLoop()
    try loop.test {
      let client = try TLSOptions.believing()
      let cases: [(String, String)] = [
        ("expired.pem", "the certificate of /CN=expired.test expired on "),
        ("early.pem", "the certificate of /CN=early.test is valid only from "),
        ("alone.pem", "the certificate of /CN=alone.test is signed by itself and not trusted"),
        (
          "foreign.pem",
          "the certificate of /CN=foreign.test was issued by /CN=Strange Root, who is not trusted"
        ),
        (
          "elsewhere.pem",
          "the certificate of /CN=elsewhere.test is not for localhost, but for elsewhere.test, 192.0.2.7"
        ),
      ]
      for (name, words) in cases {
        let outcome = try await handshake(client, with: .showing(name), on: loop)
        guard case .certificate(let problem)? = outcome.client else {
          Issue.record("\(name): \(String(describing: outcome.client))")
          continue
        }
        #expect(problem.description.hasPrefix(words), "\(name): \(problem)")
        guard case .alert? = outcome.server else {
          Issue.record("\(name): \(String(describing: outcome.server))")
          continue
        }
      }
    }
  }

  @Test func `a certificate is right for its names and addresses alone`() throws {
    let loop = try EventLoop()
    try loop.test {
      let client = try TLSOptions.believing()
      for host in ["localhost", "localhost.", "127.0.0.1", "::1", "LOCALHOST"] {
        let outcome = try await handshake(
          client, TLSExpectation(host: host), with: .showing(), on: loop)
        #expect(outcome.client == nil, "\(host)")
      }
      for host in ["local", "127.0.0.2", "server.test.", "::2"] {
        let outcome = try await handshake(
          client, TLSExpectation(host: host), with: .showing(), on: loop)
        guard case .certificate(let problem)? = outcome.client,
          case .otherName = problem.reason
        else {
          Issue.record("\(host): \(String(describing: outcome.client))")
          continue
        }
      }
      var unchecked = TLSExpectation()
      unchecked.serverName = "any.test"
      let outcome = try await handshake(
        client, unchecked, with: .showing("elsewhere.pem"), on: loop)
      #expect(outcome.client == nil)
    }
  }

  @Test func `a server's own certificate may be what is trusted`() throws {
    let loop = try EventLoop()
    try loop.test {
      for name in ["alone", "server"] {
        let outcome = try await handshake(
          .believing("\(name).crt"), with: .showing("\(name).pem"), on: loop)
        #expect(outcome.client == nil, "\(name)")
      }
      var careless = TLSOptions()
      careless.verification = .off
      let outcome = try await handshake(careless, with: .showing("expired.pem"), on: loop)
      #expect(outcome.client == nil)
      // This host's own authorities do not know the test's.
      let system = try await handshake(TLSOptions(), with: .showing(), on: loop)
      guard case .certificate(let problem)? = system.client, case .unknownIssuer = problem.reason
      else {
        Issue.record("\(String(describing: system.client))")
        return
      }
    }
  }

  @Test(arguments: [TLSVersion.v1_2, .v1_3])
  func `a server asks for a client's certificate`(_ version: TLSVersion) throws {
    let loop = try EventLoop()
    try loop.test {
      var server = try TLSOptions.believing()
      server.certificate = try certificateFile("server.pem")
      server.verification = .required
      server.greatestVersion = version

      let without = try await handshake(.believing(), with: server, on: loop)
      #expect(without.server == .certificate(CertificateProblem(.missing, of: "")))
      guard case .alert? = without.client else {
        Issue.record("\(String(describing: without.client))")
        return
      }

      var foreign = try TLSOptions.believing()
      foreign.certificate = try certificateFile("foreign.pem")
      let wrong = try await handshake(foreign, with: server, on: loop)
      #expect(wrong.server?.words.contains("Strange Root, who is not trusted") == true)
      #expect(wrong.client == .alert(48))

      var known = try TLSOptions.believing()
      known.certificate = try certificateFile("client.crt")
      known.key = try certificateFile("client.key")
      let right = try await TLSPair(known, server, on: loop)
      #expect(right.serverStream.peerCertificate?.subject == "/CN=client.test")
      right.close()

      server.verification = .optional
      let optional = try await TLSPair(.believing(), server, on: loop)
      #expect(optional.serverStream.peerCertificate == nil)
      optional.close()
    }
  }

  @Test func `ends that have nothing in common say so`() throws {
    let loop = try EventLoop()
    try loop.test {
      var old = try TLSOptions.believing()
      old.greatestVersion = .v1_2
      var new = try TLSOptions.showing()
      new.leastVersion = .v1_3
      let versions = try await handshake(old, with: new, on: loop)
      #expect(versions.client == .alert(70))
      var client = try TLSOptions.believing()
      client.applicationProtocols = ["one"]
      var server = try TLSOptions.showing()
      server.applicationProtocols = ["two"]
      let protocols = try await handshake(client, with: server, on: loop)
      #expect(protocols.client == .alert(120))
    }
  }

  @Test func `new certificates are for new connections`() throws {
    let loop = try EventLoop()
    try loop.test {
      let old = try await TLSPair(on: loop)
      let new = try await TLSPair(nil, .showing("renewed.pem"), on: loop)
      #expect(old.clientStream.peerCertificate?.subject == "/CN=server.test")
      #expect(new.clientStream.peerCertificate?.subject == "/CN=renewed.test")
      try await old.client.send([1, 2, 3])
      #expect(try await old.server.receive(3).bytes == [1, 2, 3])
      old.close()
      new.close()
    }
  }

  @Test func `files that are wrong are named`() throws {
    func words(_ configure: (inout TLSOptions) throws -> Void) throws -> String {
      var options = try TLSOptions.showing()
      try configure(&options)
      do throws(TLSConfigurationError) {
        _ = try TLSContext(.server, options)
        return ""
      } catch {
        return error.description
      }
    }
    let server = try certificateFile("server.pem")
    let locked = try certificateFile("locked.pem")
    let publicOnly = try certificateFile("server.crt")
    #expect(
      try words { $0.certificate = "/nowhere/x.pem" }
        == "/nowhere/x.pem: No such file or directory")
    #expect(try words { $0.certificate = nil } == "a TLS server needs a certificate")
    #expect(
      try words { $0.key = try certificateFile("client.key") }
        == "\(try certificateFile("client.key")): not the key of the certificate in \(server)")
    #expect(
      try words { $0.certificate = locked }.hasPrefix("\(locked): the key is encrypted"))
    #expect(
      try words { $0.certificate = publicOnly }
        .hasPrefix("\(publicOnly): no PEM private key in it"))
    #expect(
      try words { $0.certificate = #filePath }.hasPrefix("\(#filePath): no PEM certificate in it"))
    #expect(
      try words {
        $0.verification = .required
        $0.trust = .authorities(file: #filePath, directory: nil)
      } == "\(#filePath): no PEM certificate in it")
    #expect(
      try words { $0.ciphers = "nonsense" } == "nonsense: OpenSSL knows no such ciphers")
    #expect(
      try words { $0.applicationProtocols = [""] }
        == ": expected an application protocol of 1 to 255 bytes")
  }
}
