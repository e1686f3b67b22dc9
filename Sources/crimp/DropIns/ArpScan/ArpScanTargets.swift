internal import Glibc
internal import LinkLayer
internal import Links
internal import Machines

/// The hosts of an arp-scan command line, each once.
struct ArpScanTargets {
  private(set) var list: ScanTargets
  private var ranges: [AddressRange] = []

  init(
    _ options: ArpScanOptions, _ place: ArpScanInterface, _ console: Console
  ) throws(Exit) {
    do throws(ScanTargets.Failure) { list = try ScanTargets([]) } catch { throw Exit(status: 1) }
    if options.scansOwnNetwork {
      ranges = [try Self.network(of: place.interface, console)]
    }
    if let file = options.file {
      for line in try Self.lines(of: file, console) { try add(line, options, console) }
    }
    for host in options.hosts { try add(host, options, console) }
    do throws(ScanTargets.Failure) {
      list = try ScanTargets(ranges)
    } catch {
      throw console.fail("ERROR: more than \(ScanTargets.limit) hosts\n", status: 1)
    }
    guard list.count > 0 else { throw console.fail("ERROR: No hosts to process.\n", status: 1) }
  }

  private static func network(
    of interface: DropInInterface, _ console: Console
  ) throws(Exit) -> AddressRange {
    guard let address = interface.address,
      let entries = try? KernelTables().addresses(of: interface.interface.index),
      let entry = entries.first(where: { $0.address == .v4(address) }),
      let prefix = IPPrefix(address: entry.address, length: entry.prefixLength)
    else {
      console.complain("ERROR: Could not obtain interface IP address and netmask\n")
      throw console.fail(
        "ERROR: pcap_lookupnet: \(interface.name): no IPv4 address assigned\n", status: 1)
    }
    return AddressRange(prefix)
  }

  /// The first word of each line; what follows it is left out. The original knows no comments.
  private static func lines(of file: String, _ console: Console) throws(Exit) -> [String] {
    let bytes: [UInt8]
    do throws(CommandFailure) {
      bytes = try WholeFile.bytes(at: file)
    } catch {
      let reason = error.message.split(separator: ":").last.map(String.init) ?? ""
      throw console.fail("Cannot open \(file):\(reason)\n", status: 1)
    }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let word = line.split { $0 == UInt8(ascii: " ") || (9...13).contains($0) }.first
      return word.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  private mutating func add(
    _ text: String, _ options: ArpScanOptions, _ console: Console
  ) throws(Exit) {
    if let slash = text.firstIndex(of: "/"), let address = IPv4Address(String(text[..<slash])),
      let length = Int(text[text.index(after: slash)...])
    {
      guard (3...32).contains(length), let prefix = IPPrefix(address: .v4(address), length: length)
      else {
        throw console.fail(
          "ERROR: Number of bits in \(text) must be between 3 and 32\n", status: 1)
      }
      if prefix.network != .v4(address) {
        console.complain("WARNING: host part of \(text) is non-zero\n")
      }
      return ranges.append(AddressRange(prefix))
    }
    if let dash = text.firstIndex(of: "-"), let first = IPv4Address(String(text[..<dash])),
      let last = IPv4Address(String(text[text.index(after: dash)...]))
    {
      if let range = AddressRange(from: .v4(first), through: .v4(last)) { ranges.append(range) }
      return
    }
    if text.contains(":"), let range = TargetWords.range(text) { return ranges.append(range) }
    try addHost(text, options, console)
  }

  private mutating func addHost(
    _ text: String, _ options: ArpScanOptions, _ console: Console
  ) throws(Exit) {
    if let address = IPv4Address(text) { return ranges.append(AddressRange(.v4(address))) }
    guard !options.isNumeric else {
      console.complain("WARNING: \"\(text)\" is not a valid IPv4 address - target ignored\n")
      return
    }
    do throws(HostName.Failure) {
      ranges.append(AddressRange(.v4(try HostName.resolve(text))))
    } catch {
      console.complain(
        "WARNING: get_host_address failed for \"\(text)\": \(error.reason) - target ignored\n")
    }
  }
}
