internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links
internal import Machines

/// `arp-scan`, as Roy Hills' program of version 1.10 answers.
enum ArpScan {
  /// What the header and the footer name.
  static let version = "1.10.0"

  /// Runs the command line and returns the exit status: 0 scanned; 1 an error, or fewer hosts than
  /// `--limit` asks for.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let console = Console()
    defer { console.flush() }
    do throws(Exit) {
      let options = try ArpScanOptions(program: program, arguments, console)
      let interface = try ArpScanInterface(options, console)
      try options.checkAgreement(console)
      let targets = try ArpScanTargets(options, interface, console).list
      return try ArpScanSession(options, interface, targets, console).run()
    } catch {
      return error.status
    }
  }
}

/// The interface that is scanned, and what the header says of it.
struct ArpScanInterface {
  let interface: DropInInterface
  /// Who asks, as the Ethernet header says it.
  let source: MACAddress
  /// The address that is asked from.
  let address: IPv4Address

  init(_ options: ArpScanOptions, _ console: Console) throws(Exit) {
    let name = options.interface ?? Self.first()
    guard let name else { throw console.fail("ioctl: No such device\n", status: 1) }
    guard let found = DropInInterface(name) else {
      throw console.fail(
        "pcap_activate: \(name): No such device exists\n(No such device exists)\n", status: 1)
    }
    guard found.interface.isUp else {
      throw console.fail("pcap_activate: \(name): That device is not up\n", status: 1)
    }
    guard let own = found.interface.hardwareAddress.macAddress, own != .zero else {
      throw console.fail("ERROR: Could not obtain MAC address for interface \(name)\n", status: 1)
    }
    interface = found
    source = own
    let configured = found.address
    address = options.senderAddress ?? configured ?? .unspecified
    if configured == nil, options.senderAddress == nil, !options.asksFromTarget {
      console.complain(Self.noAddress(name))
    }
    if !options.isPlain {
      let shown = address.isUnspecified ? "(none)" : "\(address)"
      console.write("Interface: \(name), type: EN10MB, MAC: \(own), IPv4: \(shown)\n")
    }
  }

  /// The lowest-numbered interface that is up and not the loopback.
  private static func first() -> String? {
    let interfaces = (try? KernelTables().interfaces()) ?? []
    return interfaces.filter { $0.isUp && !$0.isLoopback }.min { $0.index < $1.index }?.name
  }

  private static func noAddress(_ name: String) -> String {
    """
    WARNING: Could not obtain IP address for interface \(name). Using 0.0.0.0 for
    the source address, which may not be what you want.
    Either configure \(name) with an IP address, or manually specify the address
    with the --arpspa option.

    """
  }
}
