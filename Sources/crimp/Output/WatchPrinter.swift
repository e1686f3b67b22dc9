import CaptureFile
import Decoding
import LinkLayer
import Machines

/// What `crimp watch` says of events: a line each, a JSON object each, or variables for a program.
struct WatchPrinter {
  private let settings: LinkSettings
  private let vendors: VendorNames?
  private let clock: WatchClock
  private let interface: String?

  init(_ settings: LinkSettings, _ vendors: VendorNames?, _ clock: WatchClock, interface: String?) {
    (self.settings, self.vendors, self.clock) = (settings, vendors, clock)
    self.interface = interface
  }

  func tell(_ event: WatchEvent) {
    guard !settings.quiet else { return }
    let record = WatchRecord(event, time(of: event), vendor(of: event.station), interface)
    guard !settings.json else { return JSONLine.write(record) }
    var words = [record.time, record.event] + [record.address, record.mac].compactMap { $0 }
    if let other = record.other_mac { words.append("(\(other))") }
    if let count = record.count { words.append("\(count) events") }
    if let vendor = record.vendor { words.append(vendor) }
    StandardStream.output.writeLine(words.joined(separator: " "))
  }

  /// The event as an environment, `NAME=value` each.
  func variables(of event: WatchEvent) -> [String] {
    var variables = [
      "CRIMP_EVENT=\(event.kind.rawValue)", "CRIMP_TIME=\(time(of: event))",
      "CRIMP_COUNT=\(event.count)",
    ]
    if let address = event.address { variables.append("CRIMP_ADDRESS=\(address)") }
    if let station = event.station { variables.append("CRIMP_MAC=\(station)") }
    if let other = event.other { variables.append("CRIMP_OTHER_MAC=\(other)") }
    if let vendor = vendor(of: event.station) { variables.append("CRIMP_VENDOR=\(vendor)") }
    if let interface { variables.append("CRIMP_INTERFACE=\(interface)") }
    return variables
  }

  private func vendor(of station: HardwareAddress?) -> String? {
    station.flatMap { vendors?.name(of: $0) }
  }

  private func time(of event: WatchEvent) -> String {
    var text = LineText(capacity: 40)
    var frameClock = FrameClock(.utc)
    frameClock.write(clock.time(of: event.at), into: &text)
    return String(text.string.dropLast())
  }
}

private struct WatchRecord: Encodable {
  var time: String
  var event: String
  var address: String?
  var mac: String?
  var other_mac: String?
  var vendor: String?
  var interface: String?
  var count: Int?

  init(_ event: WatchEvent, _ time: String, _ vendor: String?, _ interface: String?) {
    self.time = time
    self.event = event.kind.rawValue
    address = event.address?.description
    mac = event.station?.description
    other_mac = event.other?.description
    self.vendor = vendor
    self.interface = interface
    count = event.kind == .suppressed ? event.count : nil
  }
}
