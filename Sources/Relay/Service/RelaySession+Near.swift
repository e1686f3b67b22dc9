internal import EventLoop
internal import LinkLayer
internal import Machines
internal import Proxies
internal import Sockets
internal import TLS

/// What a session agrees on with its client before a target is chosen.
extension RelaySession {
  /// TLS in front, if there is any.
  func secure() {
    guard let context = rules.options.tls, let approach else { return ask() }
    approach.putBack()
    let stream: TLSStream
    do throws(TLSConfigurationError) {
      stream = try TLSStream(over: approach.near, context, peer: peer.description)
    } catch {
      return refuse(.tls(TLSError(with: peer.description, .disagreement(words: "\(error)"))))
    }
    approach.near = stream
    approach.handshake = TLSHandshake(
      of: stream, timeout: rules.options.handshakeTimeout, on: service.loop
    ) { [self] outcome in
      self.approach?.handshake = nil
      switch outcome {
      case .success: ask()
      case .failure(let error): refuse(.tls(error))
      }
    }
  }

  /// Where the client wants to go, if it may say so.
  private func ask() {
    guard let options = rules.options.proxyServer, let approach else { return delay() }
    approach.putBack()
    approach.negotiation = ProxyNegotiation(
      with: approach.near, options, timeout: rules.options.handshakeTimeout, on: service.loop
    ) { [self] event in
      switch event {
      case .target(let target): go(to: target, options.targets)
      case .refused(let reason):
        self.approach?.isNearGone = true
        refuse(.proxy(reason))
      case .gone: refuse(.noRequest)
      }
    }
  }

  private func go(to target: ProxyAddress, _ rules: TargetRules) {
    if let address = target.internetAddress {
      return take(target, [address], rules, name: nil)
    }
    guard let name = target.name else { return deny(.unknownHost) }
    guard rules.admits(name: name, port: target.port) else { return deny(.notAllowed) }
    // Another proxy looks it up; what the rules say of addresses they say of those that are given as such.
    if self.rules.options.route != nil { return take(target, nil, rules, name: name) }
    service.loop.spawn { [self] in
      do throws(NameError) {
        let addresses = try await service.loop.resolve(name, port: target.port)
        take(target, addresses, rules, name: name)
      } catch {
        deny(.unknownHost)
      }
    }
  }

  /// Goes to those of a target's addresses that are allowed; to the proxy, when it is asked for the name.
  private func take(
    _ target: ProxyAddress, _ addresses: [InternetAddress]?, _ rules: TargetRules, name: String?
  ) {
    guard let approach else { return }
    let allowed = addresses?.filter { rules.admits($0.address, port: $0.port, name: name) }
    guard allowed?.isEmpty != true else { return deny(.notAllowed) }
    let places = self.rules.options.route?.addresses ?? allowed?.map(SocketAddress.internet) ?? []
    guard !places.isEmpty else { return deny(.failure) }
    approach.group = UpstreamGroup([Upstream(target.text, places, destination: target)])
    delay()
  }

  /// Tells the client why not, and ends the session.
  private func deny(_ reason: ProxyRefusal) {
    guard let approach else { return }
    approach.isNearGone = true
    approach.negotiation?.failed(reason)
    refuse(.proxy(reason))
  }
}
