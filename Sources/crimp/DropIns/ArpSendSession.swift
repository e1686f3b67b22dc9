internal import CaptureFile
internal import EventLoop
internal import LinkLayer
internal import Links
internal import MonotonicTime

/// One run of arpsend: a frame for each address, a wait, the next round.
final class ArpSendSession {
  private let options: ArpSendOptions
  private let console: Console
  private let interface: DropInInterface
  private let link: PacketSocketLink
  private let ownIP: IPv4Address
  private let targets: [IPv4Address]
  private var answers = 0
  private var rounds = 0
  private var end: Completion<Void>?
  private var failure: Exit?

  /// Opens the link.
  init(_ options: ArpSendOptions, _ console: Console) throws(Exit) {
    (self.options, self.console) = (options, console)
    interface = try Self.find(options, console)
    guard let address = interface.address ?? (options.isForced ? .unspecified : nil) else {
      throw Self.fail(
        "Cannot get the IP address of network interface \(options.interface): "
          + "Cannot assign requested address", console)
    }
    ownIP = address
    targets = options.targets.isEmpty ? [address] : options.targets
    do throws(LinkError) {
      link =
        try Self.isDeaf(options)
        ? interface.openSender()
        : interface.open(hearing: .accepting(.arp, framing: interface.framing))
    } catch {
      if case .permission(let error) = error {
        throw Self.fail("socket function returned error: \(error.reason)", console)
      }
      throw Self.fail("socket function returned error: \(error)", console)
    }
    if options.isVerbose {
      let mac = interface.interface.hardwareAddress
      log("Retreived addresses: MAC address='\(mac)', IP address='\(address)'")
    }
  }

  /// Whether no answer can come before the end: the last round of updates and replies ends the run.
  private static func isDeaf(_ options: ArpSendOptions) -> Bool {
    options.count == 1 && (options.command == .update || options.command == .reply)
  }

  private static func find(
    _ options: ArpSendOptions, _ console: Console
  ) throws(Exit) -> DropInInterface {
    let name = options.interface
    guard let found = DropInInterface(name) else {
      throw fail("Unknown network interface \(name): No such device", console)
    }
    guard found.interface.isUp else { throw fail("Network interface \(name) is down", console) }
    guard found.interface.usesNeighborDiscovery else {
      throw fail("Network interface \(name) is not ARPable", console)
    }
    guard !found.interface.flags.contains(.slave) else {
      throw fail("Network interface \(name) is a slave device", console)
    }
    return found
  }

  /// Sends and listens, and returns the exit status.
  func run() throws(Exit) -> Int32 {
    try sendRound()
    if isDone { return status }
    do {
      try Privileges.dropAll()
      let loop = try EventLoop()
      let end = Completion<Void>(on: loop)
      self.end = end
      try link.start(on: loop) { [weak self] in self?.receive() }
      tick(on: loop)
      try loop.run { try await end.value }
    } catch {
      throw Self.fail("\(error)", console)
    }
    if let failure { throw failure }
    return status
  }

  /// Updates and replies end with the last round; the others wait for its answers.
  private var isDone: Bool {
    rounds == options.count && (options.command == .update || options.command == .reply)
  }

  private func tick(on loop: EventLoop) {
    guard options.timeout > 0 else { return }
    loop.schedule(after: .seconds(options.timeout)) { [weak self] in
      guard let self, end?.isFulfilled == false else { return }
      guard rounds != options.count else { return stop() }
      do throws(Exit) {
        try sendRound()
      } catch {
        failure = error
        return stop()
      }
      isDone ? stop() : tick(on: loop)
    }
  }

  private func stop() {
    end?.fulfil(())
  }

  private var status: Int32 {
    switch options.command {
    case .update, .detect: answers > 0 ? ArpSend.Status.answered : ArpSend.Status.ok
    case .request: answers > 0 ? ArpSend.Status.ok : ArpSend.Status.unanswered
    case .reply: ArpSend.Status.ok
    }
  }

  // MARK: Frames

  private func sendRound() throws(Exit) {
    rounds += 1
    for target in targets {
      let frame = frame(target)
      if options.isVerbose { log("Send the packet: \(Self.describe(frame))") }
      do throws(LinkError) {
        try link.send(frame.bytes(framing: .ethernet, tag: nil, padding: .ethernetMinimum))
      } catch {
        throw Self.fail("sendto function returned error: \(error)", console)
      }
    }
  }

  private func frame(_ target: IPv4Address) -> LinkFrame {
    let own = interface.interface.hardwareAddress
    let source = options.source.map { HardwareAddress($0) } ?? own
    let destination = HardwareAddress(options.destination ?? .broadcast)
    let packet = ARPPacket(
      operation: options.command == .reply ? .reply : .request,
      senderHardwareAddress: options.sender.map { HardwareAddress($0) } ?? source,
      senderProtocolAddress: options.senderIP ?? ownIP,
      targetHardwareAddress: options.target.map { HardwareAddress($0) } ?? destination,
      targetProtocolAddress: target)
    return LinkFrame(destination: destination, source: source, payload: .arp(packet))
  }

  private func receive() {
    do throws(LinkError) {
      _ = try link.receive(limit: 64) { bytes, information in
        guard end?.isFulfilled == false, information.direction == .inbound,
          let frame = try? LinkFrame(parsing: bytes, framing: .ethernet),
          case .arp(let packet) = frame.payload
        else { return }
        take(packet, frame)
      }
    } catch {
      failure = Self.fail("recvfrom function returned error: \(error)", console)
      stop()
    }
  }

  private func take(_ packet: ARPPacket, _ frame: LinkFrame) {
    guard targets.contains(packet.senderProtocolAddress) else {
      if options.isVerbose { log("Received an unknown packet: \(Self.describe(frame))") }
      return
    }
    if options.isVerbose { log("Received the packet: \(Self.describe(frame))") }
    log(
      "\(packet.senderProtocolAddress) is detected on another computer: "
        + "\(packet.senderHardwareAddress)")
    answers += 1
    if options.endsAtOnce { stop() }
  }

  // MARK: Output

  private static func describe(_ frame: LinkFrame) -> String {
    guard case .arp(let packet) = frame.payload else { return "" }
    let operation =
      packet.operation == .request ? "request" : packet.operation == .reply ? "reply" : "unknown"
    return "eth '\(frame.source)' -> eth '\(frame.destination)'; arp sndr "
      + "'\(packet.senderHardwareAddress)' '\(packet.senderProtocolAddress)'; \(operation); "
      + "arp recipient '\(packet.targetHardwareAddress)' '\(packet.targetProtocolAddress)'"
  }

  private func log(_ text: String) {
    console.complain("arpsend: \(text)\n")
  }

  private static func fail(_ text: String, _ console: Console) -> Exit {
    console.fail("arpsend: \(text)\n", status: ArpSend.Status.system)
  }
}
