internal import CaptureFile
internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links
internal import Machines
internal import MonotonicTime

/// One run of arp-scan: its requests as they are, and its answers with all that surrounds the packet.
final class ArpScanSession {
  /// A full transmit queue is tried again so often, and so much later.
  private static let sendAttempts = 20
  private static let sendPause = Duration.milliseconds(5)

  private let options: ArpScanOptions
  private let interface: ArpScanInterface
  private let console: Console
  private let link: PacketSocketLink
  private let loop: EventLoop
  private let printer: ArpScanPrinter
  private let savefile: ArpScanSavefile?
  private var machine: AddressScan
  private var alarm: Alarm?
  private var outgoing = FrameBatch()
  private var refusals = 0
  private var reply: ArpScanReply?
  private var received = 0
  private var passes = 0
  private var ending: Completion<ScanOutcome?>?

  init(
    _ options: ArpScanOptions, _ interface: ArpScanInterface, _ targets: ScanTargets,
    _ console: Console
  ) throws(Exit) {
    (self.options, self.interface, self.console) = (options, interface, console)
    printer = ArpScanPrinter(options, console)
    savefile = try options.savefile.map { path throws(Exit) in
      try ArpScanSavefile(path, snapLength: options.snapLength, console)
    }
    let request = ArpScanRequest(options, interface)
    machine = AddressScan(
      targets, request: .template(request.template),
      identity: LinkIdentity(hardwareAddress: HardwareAddress(interface.source)),
      options: request.scanOptions)
    var linkOptions = PacketSocketLink.Options()
    linkOptions.checksCarrier = false
    linkOptions.receiveBufferSize = 8 << 20
    linkOptions.snapLength = max(64, min(options.snapLength, 2048))
    do throws(LinkError) {
      link = try PacketSocketLink(
        LinkProperties(interface.interface.interface),
        .sendAndReceive(.accepting(.arp, .arpOverSNAP, tag: .any)), options: linkOptions)
    } catch {
      throw console.fail("\(Self.reason(error))\n", status: 1)
    }
    do throws(SystemError) { loop = try EventLoop() } catch {
      throw console.fail("\(error)\n", status: 1)
    }
  }

  func run() throws(Exit) -> Int32 {
    printer.begin(machine.targets.count, request: ArpScanRequest(options, interface))
    console.flush()
    let began = loop.readClock()
    let outcome = loop.run { [self] () -> ScanOutcome? in
      let ending = Completion<ScanOutcome?>(on: loop)
      self.ending = ending
      alarm = Alarm(on: loop) { [weak self] in self?.proceed() }
      do throws(LinkError) {
        try link.start(on: loop) { [weak self] in self?.hear() }
      } catch {
        fail(error)
      }
      carryOut(machine.start(at: loop.readClock()))
      return await ending.valueThroughCancellation
    }
    alarm = nil
    guard let outcome else { throw Exit(status: 1) }
    savefile?.finish(console)
    let dropped = (try? link.statistics())?.dropped ?? 0
    printer.end(
      outcome, received: received, dropped: dropped, after: loop.readClock() - began)
    return outcome.hosts < options.limit ?? 0 ? 1 : 0
  }

  // MARK: Sending

  private func proceed() {
    guard outgoing.isEmpty else { return flush() }
    carryOut(machine.fire(at: loop.readClock()))
  }

  private func carryOut(_ actions: AddressScan.Actions) {
    var outcome: ScanOutcome?
    for action in actions {
      switch action {
      case .send(let frame):
        printer.tellSending(frame, attempt: machine.passesDone)
        outgoing.append(frame.bytes(framing: .ethernet, tag: tag))
      case .report(let report):
        if let reply { printer.tell(reply, report) }
      case .finish(let end): outcome = end
      }
    }
    printer.tellPasses(machine.passesDone)
    flush()
    if let outcome { ending?.fulfil(outcome) }
  }

  private var tag: VLANTag? {
    options.vlan.map { VLANTag(identifier: UInt16($0 & 0xfff)) }
  }

  private func flush() {
    while !outgoing.isEmpty {
      do throws(LinkError) {
        outgoing.removeFirst(try link.send(outgoing))
        refusals = 0
      } catch .transmitQueueFull(let name) {
        refusals += 1
        guard refusals < Self.sendAttempts else { return fail(.transmitQueueFull(name)) }
        alarm?.deadline = loop.now + Self.sendPause
        return
      } catch {
        return fail(error)
      }
    }
    alarm?.deadline = machine.deadline
  }

  private func fail(_ error: LinkError) {
    outgoing.removeAll()
    console.complain("ERROR: failed to send packet: \(Self.reason(error))\n")
    ending?.fulfil(nil)
  }

  // MARK: Hearing

  private func hear() {
    var heard: [(bytes: [UInt8], information: FrameInformation)] = []
    do throws(LinkError) {
      _ = try link.receive(limit: 256) { bytes, information in
        heard.append((unsafe bytes.withUnsafeBytes { unsafe Array($0) }, information))
      }
    } catch {
      return fail(error)
    }
    for frame in heard { take(frame.bytes, frame.information) }
    console.flush()
  }

  private func take(_ bytes: [UInt8], _ information: FrameInformation) {
    do throws(ArpScanReply.Failure) {
      let reply = try ArpScanReply(bytes, for: interface.source)
      received += 1
      savefile?.write(bytes, information)
      self.reply = reply
      defer { self.reply = nil }
      let age = link.timestamp.duration(since: information.timestamp)
      let now = loop.readClock() - (age >= .zero && age < .seconds(1) ? age : .zero)
      carryOut(machine.hear(.v4(reply.address), from: HardwareAddress(reply.station), at: now))
    } catch {
      guard case .short = error else { return }
      received += 1
      console.write("\(bytes.count) byte packet too short to decode\n")
    }
  }

  private static func reason(_ error: LinkError) -> String {
    switch error {
    case .permission(let error), .system(let error): error.description
    case .interfaceDown: "The interface disappeared or is down"
    case .transmitQueueFull: "No buffer space available"
    default: "\(error)"
    }
  }
}
