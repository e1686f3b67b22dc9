internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links
internal import MonotonicTime

/// `send_arp`, as the libnet variant of the cluster agents' program answers: for each repetition a
/// request and, half an interval later, a reply that announce an address.
enum SendARP {
  /// Runs the command line and returns the exit status: 0 when the announcements were sent or
  /// SIGTERM came, 1 for anything else.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let console = Console()
    defer { console.flush() }
    do throws(Exit) {
      let order = try Order(program: program, arguments, console)
      let pidfile = Pidfile(order.pidfile)
      if let former = pidfile.endFormer(named: "send_arp") {
        console.complain(log("info: Killed old send_arp process [\(former)]\n"))
      }
      if let complaint = pidfile.write() { console.complain(log("info: \(complaint)")) }
      defer { pidfile.remove() }
      try Announcer(order, console).run()
      return 0
    } catch {
      return error.status
    }
  }

  /// What is asked for.
  fileprivate struct Order {
    var interval = Duration.seconds(1)
    var count = 1
    var pidfile: String?
    var device = ""
    var address = IPv4Address.unspecified
    /// Nil for `auto`: the device's own.
    var hardwareAddress: MACAddress?

    init(program: String, _ arguments: [String], _ console: Console) throws(Exit) {
      let operands = try scanOptions(
        program: program, arguments, letters: "i:r:p:"
      ) { letter, argument throws(Exit) in
        switch letter {
        case "i": interval = .milliseconds(max(0, Numbers.integer(argument)))
        case "r": count = Numbers.integer(argument)
        case "p": pidfile = argument
        default: throw console.fail(usage, status: 1)
        }
      }
      guard operands.count == 5 else { throw console.fail(usage, status: 1) }
      device = operands[0]
      guard let address = try? HostName.resolve(operands[1]) else {
        throw console.fail(
          SendARP.log("ERROR: Cannot resolve IP address [\(operands[1])]"), status: 1)
      }
      self.address = address
      if operands[2].lowercased() != "auto" {
        hardwareAddress = try Self.hardwareAddress(operands[2], console)
      }
      guard count > 0 else { throw Exit(status: 1) }
    }

    /// Twelve hexadecimal digits, with or without separators. What is none is refused; the
    /// original announces whatever it makes of it.
    private static func hardwareAddress(
      _ text: String, _ console: Console
    ) throws(Exit) -> MACAddress {
      if let address = HabetsMAC.parse(text) { return address }
      if text.utf8.count == 12, text.allSatisfy(\.isHexDigit), let value = UInt64(text, radix: 16) {
        return MACAddress(rawValue: value)
      }
      throw console.fail(SendARP.log("ERROR: Invalid hardware address [\(text)]"), status: 1)
    }
  }

  /// A line as the cluster's log library writes it to standard error.
  fileprivate static func log(_ message: String) -> String {
    var name = [CChar](repeating: 0, count: 256)
    unsafe gethostname(&name, name.count - 1)
    return "\(text(date)) \(text(name)) send_arp: [\(getpid())]: \(message)\n"
  }

  /// The local time as the log library writes it.
  private static var date: [CChar] {
    var (now, parts) = unsafe (time(nil), tm())
    var buffer = [CChar](repeating: 0, count: 64)
    unsafe localtime_r(&now, &parts)
    _ = unsafe strftime(&buffer, buffer.count, "%b %e %H:%M:%S", &parts)
    return buffer
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static let usage = """
    usage: send_arp [-i interval-ms] [-r count] [-p pidfile]
                    device address hardware-address broadcast netmask
    Announces an address: count times a request, and half an interval later a reply.
    hardware-address: twelve hexadecimal digits, or "auto" for the device's own.
    broadcast, netmask: ignored.

    """
}

/// The announcements of one run.
private final class Announcer {
  private let order: SendARP.Order
  private let console: Console
  private let link: PacketSocketLink
  private let source: HardwareAddress
  private let frames: [[UInt8]]
  private var end: Completion<Void>?

  init(_ order: SendARP.Order, _ console: Console) throws(Exit) {
    (self.order, self.console) = (order, console)
    let interface = try Self.find(order.device, console)
    source = interface.interface.hardwareAddress
    frames = Self.frames(order, interface.interface)
    do throws(LinkError) {
      link = try interface.openSender()
    } catch {
      throw console.fail(
        SendARP.log("ERROR: libnet_init failure on \(order.device): \(error)"), status: 1)
    }
  }

  private static func find(_ name: String, _ console: Console) throws(Exit) -> DropInInterface {
    let found = DropInInterface(name)
    if let found, found.interface.isUp { return found }
    let reason =
      found == nil
      ? "libnet_check_iface() ioctl: No such device" : "libnet_check_iface(): \(name) is down"
    console.complain("libnet_open_link_interface: \(reason)\n\n")
    throw console.fail(SendARP.log("ERROR: Cannot find mac address for \(name)"), status: 1)
  }

  /// The request and the reply. They leave from the device's address, whatever they announce.
  private static func frames(_ order: SendARP.Order, _ interface: Interface) -> [[UInt8]] {
    let announced = order.hardwareAddress.map { HardwareAddress($0) } ?? interface.hardwareAddress
    let nobody = HardwareAddress(repeating: 0, count: announced.count)
    let framing: LinkFraming = interface.hardwareType == .infiniBand ? .ipoib : .ethernet
    return [(ARPOperation.request, nobody), (.reply, announced)].map { operation, target in
      let packet = ARPPacket(
        hardwareType: interface.hardwareType == .infiniBand ? .infiniBand : .ethernet,
        operation: operation, senderHardwareAddress: announced,
        senderProtocolAddress: order.address, targetHardwareAddress: target,
        targetProtocolAddress: order.address)
      let frame = LinkFrame(
        destination: interface.broadcastAddress, source: interface.hardwareAddress,
        payload: .arp(packet))
      return frame.bytes(framing: framing, tag: nil, padding: .none)
    }
  }

  /// Sends the first frame at once, and the others half an interval apart.
  func run() throws(Exit) {
    try send(0)
    do {
      try Privileges.dropAll()
      let loop = try EventLoop()
      let end = Completion<Void>(on: loop)
      self.end = end
      try loop.onFirst(of: [SIGTERM]) { end.fulfil(()) }
      tick(1, on: loop)
      try loop.run { try await end.value }
    } catch {
      throw console.fail(SendARP.log("ERROR: \(error)"), status: 1)
    }
    if let failure { throw failure }
  }

  private var failure: Exit?

  private func tick(_ index: Int, on loop: EventLoop) {
    guard index < 2 * order.count else {
      end?.fulfil(())
      return
    }
    loop.schedule(after: order.interval / 2) { [weak self] in
      guard let self else { return }
      do throws(Exit) {
        try send(index)
        tick(index + 1, on: loop)
      } catch {
        failure = error
        end?.fulfil(())
      }
    }
  }

  private func send(_ index: Int) throws(Exit) {
    do throws(LinkError) {
      try link.send(frames[index % frames.count])
    } catch {
      throw console.fail(SendARP.log("ERROR: write_packet: \(error)"), status: 1)
    }
  }
}
