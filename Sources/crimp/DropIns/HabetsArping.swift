internal import CaptureFile
internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links
internal import MonotonicTime

/// `arping`, as Thomas Habets' program of that name answers.
enum HabetsArping {
  /// Runs the command line and returns the exit status: 0 when an answer came, or with `-d` when
  /// no second owner did; 1 for anything else, an announcement that left included.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let console = Console()
    defer { console.flush() }
    do throws(Exit) {
      let options = try HabetsOptions(program: program, arguments, console: console)
      let plan = try HabetsPlan(options, console)
      return try HabetsSession(options, plan, console).run()
    } catch {
      return error.status
    }
  }
}

/// One run of Habets arping: a frame, a wait, the next frame.
private final class HabetsSession {
  private let options: HabetsOptions
  private let plan: HabetsPlan
  private let console: Console
  private let link: PacketSocketLink
  private let echo = HabetsEcho()
  private var report: HabetsReport
  /// When the last frame left, by the clock that stamps what is received.
  private var lastSent = CaptureTimestamp(seconds: 0, nanoseconds: 0)
  /// How many answers there were before it.
  private var receivedBefore = 0
  private var isOver = false
  private var wait: Completion<Void>?

  init(_ options: HabetsOptions, _ plan: HabetsPlan, _ console: Console) throws(Exit) {
    (self.options, self.plan, self.console) = (options, plan, console)
    report = HabetsReport(options, console)
    do throws(LinkError) {
      if plan.isAnnouncement(options) {
        link = try plan.interface.openSender()
      } else {
        link = try plan.interface.open(
          hearing: plan.filter, promiscuously: options.isPromiscuous)
      }
    } catch {
      throw Self.refuse(error, plan, console)
    }
  }

  func run() throws(Exit) -> Int32 {
    report.begin(plan)
    if options.count != 0 { try sendAndListen() }
    report.end(plan)
    if options.findsDuplicates { return report.hasDuplicate ? 1 : 0 }
    return report.received > 0 ? 0 : 1
  }

  /// Sends the first frame before anything is set up for the others.
  private func sendAndListen() throws(Exit) {
    send(0)
    let isOneAnnouncement = plan.isAnnouncement(options) && options.count == 1
    guard !isOneAnnouncement else { return report.showSilence() }
    do {
      try Privileges.dropAll()
      let loop = try EventLoop()
      try loop.onFirst(of: [SIGINT]) { [weak self] in self?.stop() }
      try link.start(on: loop) { [weak self] in self?.receive() }
      try loop.run { try await self.goOn(on: loop) }
    } catch {
      throw console.fail("arping: \(error)\n", status: 1)
    }
  }

  private func goOn(on loop: EventLoop) async throws {
    let deadline = options.deadline.map { loop.now + .nanoseconds(Int64($0 * 1e9)) }
    var index = 0
    while !isOver {
      guard let end = nextWait(deadline, loop.now) else { return }
      let isLast = options.count.map { index + 1 >= $0 } ?? false
      // Nobody answers an announcement: the time after the last one would be lost.
      if isLast && plan.isAnnouncement(options) { return report.showSilence() }
      try await listen(until: end, on: loop)
      index += 1
      guard !isOver, !isLast else { return }
      send(index)
    }
  }

  /// When the wait that begins now ends; nil when the time is up.
  private func nextWait(_ deadline: Instant?, _ now: Instant) -> Instant? {
    let end = now + .microseconds(options.interval)
    guard let deadline else { return options.interval > 0 ? end : nil }
    return deadline > now && options.interval > 0 ? min(end, deadline) : nil
  }

  private func listen(until end: Instant, on loop: EventLoop) async throws {
    let wait = Completion<Void>(on: loop)
    self.wait = wait
    let timer = loop.schedule(at: end) { wait.fulfil(()) }
    // Answers that came before the loop ran wait in the socket already.
    if isOver { wait.fulfil(()) }
    try await wait.value
    timer.cancel()
    if !isOver && report.received == receivedBefore { report.showSilence() }
  }

  private func stop() {
    isOver = true
    wait?.fulfil(())
  }

  // MARK: Frames

  private func send(_ index: Int) {
    let frame = frame(index)
    let bytes = frame.bytes(
      framing: .ethernet, tag: plan.tag,
      padding: plan.subject == .address ? .bytes(HabetsEcho.arpPadding) : .none)
    receivedBefore = report.received
    report.showSending()
    lastSent = link.timestamp
    do throws(LinkError) {
      try link.send(bytes)
    } catch {
      console.complain("arping: libnet_write(): \(HabetsSession.reason(error))\n")
      isOver = true
    }
    report.countSent()
    // The original sees its own frames, and takes a reply for an answer.
    if case .arp(let packet) = frame.payload {
      take(packet, from: plan.sourceMAC, byteCount: bytes.count, at: link.timestamp)
    }
  }

  private func frame(_ index: Int) -> LinkFrame {
    LinkFrame(
      destination: HardwareAddress(plan.destinationMAC), source: HardwareAddress(plan.sourceMAC),
      payload: plan.subject == .address ? .arp(arp) : .icmp(echo.request(index, plan)))
  }

  private var arp: ARPPacket {
    let target: MACAddress =
      options.isUnsolicited ? .broadcast : options.sendsReplies ? plan.destinationMAC : .zero
    return ARPPacket(
      operation: options.sendsReplies ? .reply : .request,
      senderHardwareAddress: HardwareAddress(plan.sourceMAC),
      senderProtocolAddress: plan.sourceIP, targetHardwareAddress: HardwareAddress(target),
      targetProtocolAddress: plan.targetIP)
  }

  private func receive() {
    do throws(LinkError) {
      _ = try link.receive(limit: 64) { bytes, information in take(bytes, information) }
    } catch {
      console.complain("arping: \(HabetsSession.reason(error))\n")
      stop()
    }
  }

  private func take(_ bytes: RawSpan, _ information: FrameInformation) {
    guard !isOver, information.tag?.identifier ?? 0 == plan.tag?.identifier ?? 0,
      let frame = try? LinkFrame(parsing: bytes, framing: .ethernet),
      let source = frame.source.macAddress, let destination = frame.destination.macAddress
    else { return }
    let (count, time) = (information.originalLength, information.timestamp)
    switch frame.payload {
    case .arp(let packet) where plan.subject == .address:
      take(packet, from: source, byteCount: count, at: time)
    case .icmp(let packet) where plan.subject == .hardware:
      guard destination == plan.sourceMAC,
        plan.destinationMAC.isBroadcast || source == plan.destinationMAC,
        !options.matchesSource || packet.source == plan.targetIP,
        let sequence = echo.sequence(ofReply: packet)
      else { return }
      show(source, packet.source, sequence: sequence, byteCount: count, at: time)
    default: break
    }
  }

  private func take(
    _ packet: ARPPacket, from source: MACAddress, byteCount: Int, at time: CaptureTimestamp
  ) {
    let sender = packet.senderHardwareAddress.macAddress
    guard packet.operation == .reply, packet.hardwareType == .ethernet,
      packet.senderProtocolAddress == plan.targetIP,
      !options.matchesSource || sender == plan.destinationMAC,
      options.isPromiscuous || packet.targetHardwareAddress.macAddress == plan.sourceMAC
    else { return }
    show(source, packet.senderProtocolAddress, sequence: nil, byteCount: byteCount, at: time)
  }

  private func show(
    _ source: MACAddress, _ address: IPv4Address, sequence: UInt16?, byteCount: Int,
    at time: CaptureTimestamp
  ) {
    report.show(
      HabetsReport.Answer(
        byteCount: byteCount, source: source, address: address, sequence: sequence,
        roundTrip: max(0, time.nanoseconds(since: lastSent))))
    if let limit = options.replies, report.received >= limit { stop() }
  }

  // MARK: Errors

  private static func refuse(_ error: LinkError, _ plan: HabetsPlan, _ console: Console) -> Exit {
    if case .permission = error {
      return console.fail(
        """
        arping: libnet_init(LIBNET_LINK, \(plan.interface.name)): \
        libnet_open_link(): UID/EUID 0 or capability CAP_NET_RAW required
        arping: you may need to run as root

        """, status: 1)
    }
    return console.fail("arping: \(reason(error))\n", status: 1)
  }

  private static func reason(_ error: LinkError) -> String {
    switch error {
    case .interfaceDown(let name): "\(name): Network is down"
    case .system(let error): error.description
    default: "\(error)"
    }
  }
}

/// The echo requests by which a MAC is pinged.
private struct HabetsEcho {
  /// Zeros after the ARP packet: some wireless drivers refuse 42-byte frames.
  static let arpPadding = 16

  /// What marks our requests among all others: the end of the payload, sent back to us.
  private let suffix: [UInt8]

  init() {
    var generator = SystemRandomNumberGenerator()
    let word: UInt32 = generator.next()
    suffix = unsafe withUnsafeBytes(of: word) { unsafe Array($0) }
  }

  func request(_ index: Int, _ plan: HabetsPlan) -> ICMPPacket {
    let time = Instant.monotonicNow.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let clock = [time.quotient, time.remainder]
    let payload = unsafe clock.withUnsafeBytes { unsafe Array($0) } + suffix
    let identifier = UInt16.random(in: 0 ... .max)
    return ICMPPacket(
      source: plan.sourceIP, destination: plan.targetIP, timeToLive: 64, identification: identifier,
      flags: [],
      message: .echoRequest(
        identifier: identifier, sequenceNumber: UInt16(truncatingIfNeeded: index),
        payload: payload))
  }

  /// The sequence number of an answer to one of our requests; nil for what is none.
  func sequence(ofReply packet: ICMPPacket) -> UInt16? {
    guard case .echoReply(_, let sequence, let payload) = packet.message else { return nil }
    let clockBytes = 2 * MemoryLayout<Int64>.size
    guard payload.count >= clockBytes + suffix.count,
      payload[clockBytes...].prefix(suffix.count).elementsEqual(suffix)
    else { return nil }
    return sequence
  }
}
