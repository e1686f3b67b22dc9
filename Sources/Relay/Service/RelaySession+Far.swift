internal import EventLoop
internal import Machines
internal import Proxies
internal import Sockets
internal import TLS

/// What a session agrees on with its target, or with the proxy before it, before bytes are relayed.
extension RelaySession {
  /// There is a connection to the target, or to the proxy on the way there.
  func reached(_ far: StreamSocket, _ upstream: Upstream) {
    guard let route = rules.options.route, let approach else { return secure(far, upstream) }
    guard let target = upstream.destination else {
      far.reset()
      let error = ProxyError(
        through: route.name, to: upstream.name, .failure(.unsuitableTarget))
      return failed(.proxy(error), upstream)
    }
    approach.passage = ProxyHandshake(
      over: far, route.kind, to: target, route.credentials, proxy: route.name,
      timeout: rules.options.handshakeTimeout, on: service.loop
    ) { [self] outcome in
      self.approach?.passage = nil
      switch outcome {
      case .success(let stream): secure(stream, upstream)
      case .failure(let error): failed(.proxy(error), upstream)
      }
    }
  }

  /// TLS behind, if there is any.
  private func secure(_ far: any ByteStream, _ upstream: Upstream) {
    guard let tls = rules.options.upstreamTLS, let approach else { return join(far, upstream) }
    guard tellHeader(far) else {
      far.reset()
      let error = TLSError(with: upstream.name, .endedEarly)
      return failed(.tls(error), upstream)
    }
    let stream: TLSStream
    do throws(TLSConfigurationError) {
      stream = try TLSStream(
        over: far, tls.context, tls.expectation(of: upstream), peer: upstream.name)
    } catch {
      far.reset()
      let failure = TLSError(with: upstream.name, .disagreement(words: "\(error)"))
      return failed(.tls(failure), upstream)
    }
    approach.handshake = TLSHandshake(
      of: stream, timeout: rules.options.handshakeTimeout, on: service.loop
    ) { [self] outcome in
      self.approach?.handshake = nil
      switch outcome {
      case .success: join(stream, upstream)
      case .failure(let error): failed(.tls(error), upstream)
      }
    }
  }

  /// The PROXY header stands before TLS. A connection that is new has room for it.
  private func tellHeader(_ far: any ByteStream) -> Bool {
    guard let approach else { return false }
    let header = proxyHeader(approach.socket)
    approach.isHeaderSent = true
    guard !header.isEmpty else { return true }
    return unsafe header.withUnsafeBytes { unsafe far.write($0) } == .moved(header.count)
  }
}

extension ProxyAddress {
  /// The address from which a stream to a target comes; none when that is not known.
  init(localTo stream: any ByteStream) {
    let socket = stream.transport as? StreamSocket
    guard let socket, let local = try? socket.localAddress, let address = local.internetAddress
    else {
      self = .unspecified
      return
    }
    self.init(address.address, port: address.port)
  }
}
