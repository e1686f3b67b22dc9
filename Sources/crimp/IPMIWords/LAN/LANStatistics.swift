import Drivers
import IPMI
import Machines

/// `lan stats get` and `clear`.
struct LANStatistics: IPMIOperation {
  /// The channel; nil for the first that is a LAN.
  var channel: UInt8?
  var clears: Bool

  var privilege: PrivilegeLevel { clears ? .operator : .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let channel = try await LANChannel.chosen(channel, on: bmc) { "Invalid channel: \($0)" }
    let counters = try await bmc.ask(
      GetLANStatistics(channel: channel, clears: clears),
      Complaint(
        "Get LAN Stats command failed", meanings: LANAlertWords.meanings))
    return clears ? DoneReport(nil) : LANStatisticsReport(counters)
  }
}

extension LANChannel {
  /// The channel of this number, or the first that is a LAN.
  ///
  /// - Parameter original: what ipmitool says of one that is none.
  static func chosen(
    _ number: UInt8?, on bmc: any BMCTransport, _ original: (UInt8) -> String
  ) async throws(OperationFailure) -> ChannelNumber {
    var complaints: [String] = []
    guard let number else {
      if let channel = try await first(on: bmc, &complaints) { return channel }
      throw failure(complaints + [original(0)])
    }
    let channel = ChannelNumber(rawValue: number)
    guard try await check(channel, on: bmc, &complaints) else {
      throw failure(complaints + [original(number)])
    }
    return channel
  }
}

/// What a channel has counted.
struct LANStatisticsReport: IPMIReport {
  var received: UInt16
  var headerErrors: UInt16
  var addressErrors: UInt16
  var fragments: UInt16
  var transmitted: UInt16
  var datagrams: UInt16
  var valid: UInt16
  var proxied: UInt16
  var proxyDropped: UInt16

  init(_ counters: GetLANStatistics.Response) {
    received = counters.received
    headerErrors = counters.headerErrors
    addressErrors = counters.addressErrors
    fragments = counters.fragments
    transmitted = counters.transmitted
    datagrams = counters.datagrams
    valid = counters.valid
    proxied = counters.proxied
    proxyDropped = counters.proxyDropped
  }

  func write(to text: inout ReportText) {
    for (name, counter) in [
      ("IP Rx Packet", received), ("IP Rx Header Errors", headerErrors),
      ("IP Rx Address Errors", addressErrors), ("IP Rx Fragmented", fragments),
      ("IP Tx Packet", transmitted), ("UDP Rx Packet", datagrams), ("RMCP Rx Valid", valid),
      ("UDP Proxy Packet Received", proxied), ("UDP Proxy Packet Dropped", proxyDropped),
    ] {
      text.field(name, "\(counter)", width: 26)
    }
  }
}
