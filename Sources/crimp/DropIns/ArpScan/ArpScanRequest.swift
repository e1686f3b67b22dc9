internal import LinkLayer
internal import Machines

/// The request that an arp-scan command line describes, field by field.
struct ArpScanRequest {
  private let options: ArpScanOptions
  private let interface: ArpScanInterface

  init(_ options: ArpScanOptions, _ interface: ArpScanInterface) {
    (self.options, self.interface) = (options, interface)
  }

  /// The frame, into which the target's address goes.
  var template: ScanRequest.Template {
    let packet =
      word(options.hardwareType) + word(options.protocolType)
      + [UInt8(truncatingIfNeeded: options.hardwareLength)]
      + [UInt8(truncatingIfNeeded: options.protocolLength)] + word(options.operation)
      + (options.senderStation ?? interface.source).bytes + interface.address.bytes
      + options.targetStation.bytes + [0, 0, 0, 0]
    let header = options.usesLLC ? ArpScanReply.snap + word(options.etherType) : []
    let payload = header + packet + options.padding
    let sender = options.asksFromTarget ? [header.count + 14] : []
    // A length below 1536 stands where the EtherType does: IEEE 802.3, clause 3.2.6.
    let type = options.usesLLC ? payload.count : options.etherType
    return ScanRequest.Template(
      destination: HardwareAddress(options.destination),
      source: HardwareAddress(options.source ?? interface.source),
      etherType: EtherType(rawValue: UInt16(truncatingIfNeeded: type)), payload: payload,
      offsets: sender + [header.count + 24])
  }

  /// How many bytes the frame takes on the link, with its check sequence.
  var frameLength: Int {
    max(60, 14 + (options.vlan == nil ? 0 : 4) + template.payload.count) + 4
  }

  /// Microseconds from one request to the next.
  var interval: Int {
    if let interval = options.interval { return interval }
    let bandwidth = options.bandwidth ?? 256_000
    return bandwidth > 0 ? frameLength * 8 * 1_000_000 / bandwidth : 0
  }

  var scanOptions: ScanOptions {
    var scan = ScanOptions()
    scan.attempts = options.attempts
    scan.timeout = .milliseconds(options.timeout)
    scan.backoff = options.backoff
    scan.hostLimit = options.limit.flatMap { $0 > 0 ? $0 : nil }
    scan.linger = .milliseconds(20)
    if options.isRandom {
      scan.random = MachineRandom(
        seed: options.randomSeed ?? UInt64.random(in: .min ... .max))
    }
    let bandwidth = options.bandwidth ?? 256_000
    scan.pace =
      options.interval.map { .every(.microseconds($0)) }
      ?? .framesPerSecond(Double(bandwidth) / Double(frameLength * 8))
    return scan
  }

  private func word(_ value: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
  }
}
