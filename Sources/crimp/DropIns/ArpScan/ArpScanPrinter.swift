internal import Glibc
internal import LinkLayer
internal import Machines

/// What arp-scan prints, in its words.
final class ArpScanPrinter {
  private let options: ArpScanOptions
  private let console: Console
  private let vendors: VendorNames?
  private var passes = 0

  init(_ options: ArpScanOptions, _ console: Console) {
    (self.options, self.console) = (options, console)
    guard !options.isQuiet else {
      vendors = nil
      return
    }
    let registry =
      options.registryFile
      ?? Self.present(["ieee-oui.txt", VendorNames.arpScanRegistry])
    let additions =
      options.additionsFile ?? Self.present(["mac-vendor.txt", VendorNames.arpScanAdditions])
    let files = (registry.map { [$0] } ?? VendorNames.ieeeData) + [additions].compactMap { $0 }
    vendors = VendorNames(files)
    for path in [options.registryFile, options.additionsFile].compactMap({ $0 }) {
      guard unsafe access(path, R_OK) != 0 else { continue }
      let reason = unsafe String(cString: strerror(errno))
      console.complain("WARNING: Cannot open MAC/Vendor file \(path): \(reason)\n")
    }
    guard options.verbosity > 1, let vendors else { return }
    for (path, kind) in [(registry, "IEEE OUI"), (additions, "MAC")] {
      guard let path, let count = vendors.count(in: path) else { continue }
      console.complain("DEBUG: Loaded \(count) \(kind)/Vendor entries from \(path).\n")
    }
  }

  private static func present(_ paths: [String]) -> String? {
    paths.first { unsafe access($0, R_OK) == 0 }
  }

  func begin(_ count: Int, request: ArpScanRequest) {
    if options.verbosity > 1 {
      console.complain(
        "DEBUG: pkt len=\(request.frameLength) bytes, bandwidth=\(options.bandwidth ?? 256_000) bps, "
          + "interval=\(request.interval) us\n")
    }
    guard !options.isPlain else { return }
    console.write(
      "Starting arp-scan \(ArpScan.version) with \(count) hosts "
        + "(https://github.com/royhills/arp-scan)\n")
  }

  func end(_ outcome: ScanOutcome, received: Int, dropped: Int, after elapsed: Duration) {
    guard !options.isPlain else { return }
    let seconds = max(elapsed.milliseconds / 1000, 1e-6)
    console.write(
      "\n\(received) packets received by filter, \(dropped) packets dropped by kernel\n")
    console.write(
      "Ending arp-scan \(ArpScan.version): \(outcome.addresses) hosts scanned in "
        + "\(Numbers.fixed(seconds)) seconds "
        + "(\((Double(outcome.addresses) / seconds).rounded(to: 2)) hosts/sec). "
        + "\(outcome.hosts) responded\n")
  }

  // MARK: Verbosity

  func tellSending(_ frame: LinkFrame, attempt: Int) {
    guard options.verbosity > 1, case .other(_, let payload) = frame.payload else { return }
    let end = payload.count - options.padding.count
    guard end >= 4, let address = IPv4Address(bytes: Array(payload[(end - 4)..<end])) else {
      return
    }
    var patience = Double(options.timeout) * 1000
    for _ in 0..<attempt { patience *= options.backoff }
    console.complain(
      "---\tSending packet #\(attempt + 1) to host \(address) tmo \(patience.rounded(to: 0))\n")
  }

  func tellPasses(_ count: Int) {
    guard options.verbosity > 0 else { return }
    while passes < count {
      passes += 1
      console.complain("---\tPass \(passes) complete\n")
    }
  }

  // MARK: Hosts

  func tell(_ reply: ArpScanReply, _ report: ScanReport) {
    let (host, number): (ScannedHost, Int) =
      switch report {
      case .host(let host): (host, 1)
      case .again(let host, let number), .duplicate(let host, _, let number): (host, number)
      }
    if options.verbosity > 1 {
      console.complain("---\tReceived packet #\(number) from \(host.address)\n")
    }
    guard number == 1 || !options.ignoresDuplicates else { return }
    let name = options.resolvesNames ? name(of: reply.address) : nil
    if let format = options.format {
      console.write(format.line(fields(reply, host, number, name), console) + "\n")
    } else {
      console.write(line(reply, host, number, name) + "\n")
    }
  }

  private func vendor(_ station: MACAddress) -> String {
    vendors?.name(of: HardwareAddress(station))
      ?? (station.isLocallyAdministered ? "(Unknown: locally administered)" : "(Unknown)")
  }

  private func line(
    _ reply: ArpScanReply, _ host: ScannedHost, _ number: Int, _ name: String?
  ) -> String {
    var line = "\(name ?? reply.address.description)\t\(reply.station)"
    if reply.header != reply.station { line += " (\(reply.header))" }
    guard !options.isQuiet else { return line }
    line += "\t\(vendor(reply.station))"
    if reply.isLLC { line += " (802.2 LLC/SNAP)" }
    if let vlan = reply.vlan { line += " (802.1Q VLAN=\(vlan))" }
    if reply.protocolType != 0x0800 {
      line += " (ARP Proto=0x\(Self.hexadecimal(reply.protocolType)))"
    }
    if number > 1 { line += " (DUP: \(number))" }
    if options.tellsRoundTrips, let time = host.roundTrip {
      line += "\tRTT=\(Numbers.fixed(time.milliseconds)) ms"
    }
    return line
  }

  /// What a format may name: what is not said of this host is left out.
  private func fields(
    _ reply: ArpScanReply, _ host: ScannedHost, _ number: Int, _ name: String?
  ) -> [String: String] {
    var fields = ["ip": "\(reply.address)", "mac": "\(reply.station)"]
    guard !options.isQuiet else { return fields }
    fields["vendor"] = vendor(reply.station)
    fields["name"] = name
    if reply.header != reply.station { fields["hdrmac"] = "\(reply.header)" }
    if reply.padding.contains(where: { $0 != 0 }) {
      fields["padding"] = reply.padding.map { Self.hexadecimal($0) }.joined()
    }
    if reply.isLLC { fields["framing"] = "802.2 LLC/SNAP" }
    if let vlan = reply.vlan { fields["vlan"] = "\(vlan)" }
    if reply.protocolType != 0x0800 {
      fields["proto"] = "0x\(Self.hexadecimal(reply.protocolType))"
    }
    if number > 1 { fields["dup"] = "\(number)" }
    if options.tellsRoundTrips, let time = host.roundTrip {
      fields["rtt"] = Numbers.fixed(time.milliseconds)
    }
    return fields
  }

  private static func hexadecimal<Number: FixedWidthInteger>(_ number: Number) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, Number.bitWidth / 4 - digits.count)) + digits
  }

  private func name(of address: IPv4Address) -> String {
    var socket = sockaddr_in()
    socket.sin_family = sa_family_t(AF_INET)
    socket.sin_addr.s_addr = address.rawValue.bigEndian
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let status = unsafe withUnsafePointer(to: &socket) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe getnameinfo(
          pointer, socklen_t(MemoryLayout<sockaddr_in>.size), &text, socklen_t(text.count), nil, 0,
          NI_NAMEREQD)
      }
    }
    guard status == 0 else {
      let reason = unsafe String(cString: gai_strerror(status))
      console.complain("WARNING: getnameinfo() failed for \"\(address)\": \(reason)\n")
      return "(null)"
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
