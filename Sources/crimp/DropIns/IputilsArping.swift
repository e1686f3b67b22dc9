internal import CaptureFile
internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links
internal import MonotonicTime

/// `arping.iputils` and `ipoibarping`, as the `arping` of iputils answers.
enum IputilsArping {
  /// Runs the command line and returns the exit status: 0 for an answer, an announcement that was
  /// sent, or an address that is free; 1 for none, or one in use; 2 for errors.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let console = Console()
    defer { console.flush() }
    do throws(Exit) {
      let options = try IputilsOptions(program: program, arguments, console: console)
      let plan = try IputilsPlan(program: program, options, console)
      return try IputilsSession(program: program, options, plan, console).run()
    } catch {
      return error.status
    }
  }
}

/// What an iputils command line comes down to on this host.
struct IputilsPlan {
  var interface: DropInInterface
  /// Sender address of what is sent; 0.0.0.0 when looking for duplicates.
  var source: IPv4Address
  /// The destination.
  var target: IPv4Address

  /// Finds out what the original would, in its order, and stops where it would.
  init(program: String, _ options: IputilsOptions, _ console: Console) throws(Exit) {
    target = try Self.resolve(options.target, program, console)
    interface = try Self.find(options, target, program, console)
    try Self.check(interface.interface, options, console)
    source = .unspecified
    source = try Self.source(options, interface.name, target, program, console)
  }

  private static func resolve(
    _ text: String, _ program: String, _ console: Console
  ) throws(Exit) -> IPv4Address {
    do throws(HostName.Failure) {
      return try HostName.resolve(text)
    } catch {
      throw console.fail("\(program): \(text): \(error.reason)\n", status: 2)
    }
  }

  private static func find(
    _ options: IputilsOptions, _ target: IPv4Address, _ program: String, _ console: Console
  ) throws(Exit) -> DropInInterface {
    if let name = options.interface {
      // Labels are no interfaces to this program.
      if !name.contains(":"), let found = DropInInterface(name) { return found }
      throw console.fail("\(program): Device \(name) not available.\n", status: 2)
    }
    guard let tables = try? KernelTables(), let route = try? tables.route(to: .v4(target)),
      let index = route.interfaceIndex,
      let interface = try? tables.interface(at: index)
    else { throw console.fail("\(program): NETLINK_ROUTE unexpected iov element\n", status: 1) }
    return DropInInterface(interface)
  }

  private static func check(
    _ interface: Interface, _ options: IputilsOptions, _ console: Console
  ) throws(Exit) {
    func refuse(_ reason: String, status: Int32) -> Exit {
      if !options.isQuiet { console.write("Interface \"\(interface.name)\" is \(reason)\n") }
      return Exit(status: status)
    }
    guard interface.isUp else { throw refuse("down", status: 2) }
    guard interface.usesNeighborDiscovery else {
      throw refuse("not ARPable", status: options.detectsDuplicates ? 0 : 2)
    }
    guard interface.hardwareAddress.count > 0 else {
      throw refuse("not ARPable (no ll address)", status: options.detectsDuplicates ? 0 : 2)
    }
  }

  private static func source(
    _ options: IputilsOptions, _ interface: String, _ target: IPv4Address, _ program: String,
    _ console: Console
  ) throws(Exit) -> IPv4Address {
    var source: IPv4Address?
    if let text = options.source {
      source = HostName.numeric(text)
      guard source != nil else {
        throw console.fail("\(program): invalid source \(text)\n", status: 2)
      }
    } else if options.detectsDuplicates {
      return .unspecified
    } else if options.isUnsolicited {
      source = target
    }
    do throws(SystemError) {
      guard let source else { return try SourceAddress.towards(target, over: interface) }
      try SourceAddress.check(source, over: interface)
      return source
    } catch {
      throw console.fail("\(program): \(error)\n", status: 2)
    }
  }
}

/// One run of iputils arping: a frame at once, then one a tick.
private final class IputilsSession {
  private let program: String
  private let options: IputilsOptions
  private let plan: IputilsPlan
  private let console: Console
  private let link: PacketSocketLink
  private let own: HardwareAddress
  private let frames: IputilsFrames
  /// Whom frames go to: all, and after a reply who replied.
  private var destination: HardwareAddress
  private var lastSent = CaptureTimestamp(seconds: 0, nanoseconds: 0)
  private var sent = 0
  private var broadcastsSent = 0
  private var received = 0
  private var broadcastsReceived = 0
  private var requestsReceived = 0
  private var isOver = false
  private var end: Completion<Void>?

  init(
    program: String, _ options: IputilsOptions, _ plan: IputilsPlan, _ console: Console
  ) throws(Exit) {
    (self.program, self.options, self.plan, self.console) = (program, options, plan, console)
    own = plan.interface.interface.hardwareAddress
    frames = IputilsFrames(
      framing: plan.interface.framing, hardwareType: plan.interface.interface.hardwareType,
      own: own, source: plan.source, target: plan.target, areReplies: options.sendsReplies)
    destination = plan.interface.interface.broadcastAddress
    do throws(LinkError) {
      // An announcer hears nothing: what it would print of answers decides nothing.
      link =
        try options.isUnsolicited
        ? plan.interface.openSender()
        : plan.interface.open(hearing: .accepting(.arp, framing: plan.interface.framing))
    } catch {
      throw Self.refuse(error, program, console)
    }
  }

  func run() throws(Exit) -> Int32 {
    if !options.isQuiet {
      console.write("ARPING \(plan.target) from \(plan.source) \(plan.interface.name)\n")
    }
    send()
    if !isFinished { try listen() }
    summarize()
    return status
  }

  private func listen() throws(Exit) {
    do {
      try Privileges.dropAll()
      let loop = try EventLoop()
      let end = Completion<Void>(on: loop)
      self.end = end
      try loop.onFirst(of: [SIGINT, SIGQUIT, SIGTERM]) { [weak self] in self?.stop() }
      try link.start(on: loop) { [weak self] in self?.receive() }
      let start = loop.now
      if options.deadline > 0 {
        // A frame that is due at the deadline still leaves.
        loop.schedule(at: start + .seconds(options.deadline)) { [weak self] in
          loop.execute { self?.stop() }
        }
      }
      tick(1, start, on: loop)
      try loop.run { try await end.value }
    } catch {
      throw console.fail("\(program): \(error)\n", status: 2)
    }
  }

  /// Sends one frame an interval after the last, until as many ticks as frames were asked for.
  private func tick(_ number: Int, _ last: Instant, on loop: EventLoop) {
    guard options.interval > 0 else { return }
    let next = last + .seconds(options.interval)
    loop.schedule(at: next) { [weak self] in
      guard let self, !isOver else { return }
      if let count = options.count, number >= count { return stop() }
      send()
      if isFinished { return stop() }
      tick(number + 1, next, on: loop)
    }
  }

  private var isFinished: Bool { options.isUnsolicited && sent == options.count }

  private func stop() {
    isOver = true
    end?.fulfil(())
  }

  // MARK: Frames

  private func send() {
    let bytes = frames.bytes(to: destination)
    let time = link.timestamp
    // A frame that is refused is not counted; the next tick tries again.
    guard (try? link.send(bytes)) != nil else { return }
    lastSent = time
    sent += 1
    if destination == plan.interface.interface.broadcastAddress { broadcastsSent += 1 }
  }

  private func receive() {
    do throws(LinkError) {
      _ = try link.receive(limit: 64) { bytes, information in
        guard !isOver, information.tag == nil,
          [.host, .broadcast, .multicast].contains(information.packetType),
          let frame = try? LinkFrame(parsing: bytes, framing: link.properties.framing),
          case .arp(let packet) = frame.payload, concernsUs(packet)
        else { return }
        take(packet, information)
      }
    } catch {
      console.complain("\(program): recvfrom: \(Self.reason(error))\n")
      stop()
    }
  }

  private func concernsUs(_ packet: ARPPacket) -> Bool {
    guard packet.operation == .request || packet.operation == .reply,
      packet.senderHardwareAddress.count == own.count,
      packet.senderProtocolAddress == plan.target
    else { return false }
    let isForUs = packet.targetProtocolAddress == plan.source
    guard options.detectsDuplicates else {
      return isForUs && packet.targetHardwareAddress == own
    }
    return packet.senderHardwareAddress != own && (plan.source.isUnspecified || isForUs)
  }

  private func take(_ packet: ARPPacket, _ information: FrameInformation) {
    let isUnicast = information.packetType == .host
    if !options.isQuiet { show(packet, isUnicast: isUnicast, at: information.timestamp) }
    received += 1
    if options.deadline > 0 && received == options.count { return stop() }
    if !isUnicast { broadcastsReceived += 1 }
    if packet.operation == .request { requestsReceived += 1 }
    if options.quitsOnReply { return stop() }
    if !options.staysBroadcast { destination = packet.senderHardwareAddress }
  }

  // MARK: Output

  private func show(_ packet: ARPPacket, isUnicast: Bool, at time: CaptureTimestamp) {
    let form = packet.operation == .reply ? "reply" : "request"
    let sender = Self.upperCase(packet.senderHardwareAddress)
    console.write(isUnicast ? "Unicast " : "Broadcast ")
    console.write("\(form) from \(packet.senderProtocolAddress) [\(sender)] ")
    let isForOther = packet.targetProtocolAddress != plan.source
    if isForOther { console.write("for \(packet.targetProtocolAddress) ") }
    if packet.targetHardwareAddress != own {
      console.write(
        (isForOther ? "[" : "for [") + Self.upperCase(packet.targetHardwareAddress) + "]")
    }
    let nanoseconds = max(0, time.nanoseconds(since: lastSent))
    console.write(" " + Numbers.fixed(thousandths: (nanoseconds + 500) / 1000) + "ms\n")
    console.flush()
  }

  private func summarize() {
    guard !options.isQuiet else { return }
    console.write("Sent \(sent) probes (\(broadcastsSent) broadcast(s))\n")
    console.write("Received \(received) response(s)")
    var kinds: [String] = []
    if requestsReceived > 0 { kinds.append("\(requestsReceived) request(s)") }
    if broadcastsReceived > 0 { kinds.append("\(broadcastsReceived) broadcast(s)") }
    if !kinds.isEmpty { console.write(" (" + kinds.joined(separator: ", ") + ")") }
    console.write("\n")
  }

  private var status: Int32 {
    if options.detectsDuplicates { return received > 0 ? 1 : 0 }
    if options.isUnsolicited { return 0 }
    if options.deadline > 0, let count = options.count, !options.quitsOnReply {
      return received >= count ? 0 : 1
    }
    return received > 0 ? 0 : 1
  }

  private static func upperCase(_ address: HardwareAddress) -> String {
    address.description.uppercased()
  }

  // MARK: Errors

  private static func refuse(_ error: LinkError, _ program: String, _ console: Console) -> Exit {
    console.fail("\(program): \(reason(error))\n", status: 2)
  }

  private static func reason(_ error: LinkError) -> String {
    switch error {
    case .permission(let error), .system(let error): error.description
    case .interfaceDown: "Network is down"
    default: "\(error)"
    }
  }
}
