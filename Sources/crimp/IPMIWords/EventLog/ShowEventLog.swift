import Drivers
import IPMI
import Machines

/// `sel info`: how the log is.
struct ShowEventLog: IPMIOperation {
  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let state = try await bmc.ask(GetSELInfo(), Complaint("Get SEL Info command failed"))
    var report = EventLogReport(state)
    guard state.support.contains(.allocationInfo) else { return report }
    do throws(OperationFailure) {
      report.allocation = EventLogReport.Allocation(
        try await bmc.ask(
          GetSELAllocationInfo(), Complaint("Get SEL Allocation Info command failed")))
    } catch {
      throw error.after(report)
    }
    return report
  }
}

/// How a log is.
struct EventLogReport: IPMIReport {
  /// How its memory is cut.
  struct Allocation: Encodable, Sendable {
    var units: UInt16
    var unitBytes: UInt16
    var freeUnits: UInt16
    var largestFreeUnits: UInt16
    var largestRecordUnits: UInt8

    init(_ response: GetSELAllocationInfo.Response) {
      units = response.units
      unitBytes = response.unitBytes
      freeUnits = response.freeUnits
      largestFreeUnits = response.largestFree
      largestRecordUnits = response.largestRecord
    }
  }

  var version: UInt8
  var entries: UInt16
  var freeBytes: UInt16
  /// Absent when the controller does not tell.
  var percentUsed: Int?
  /// Seconds since 1970; absent for never.
  var lastAddition: UInt32?
  /// Seconds since 1970; absent for never.
  var lastErasure: UInt32?
  var hasOverflowed: Bool
  /// `delete`, `partialAdd`, `reserve`, `allocationInfo`.
  var supports: [String]
  var allocation: Allocation?

  private static let features: [(SELSupport, key: String, text: String)] = [
    (.delete, "delete", "Delete"), (.partialAdd, "partialAdd", "Partial Add"),
    (.reserve, "reserve", "Reserve"), (.allocationInfo, "allocationInfo", "Get Alloc Info"),
  ]

  init(_ state: GetSELInfo.Response) {
    version = state.version
    entries = state.entries
    freeBytes = state.freeBytes
    let used = Int(state.entries) * SystemEventRecord.byteCount
    let whole = used + Int(state.freeBytes)
    percentUsed = whole >= 0xffff ? nil : used == 0 ? 0 : 100 * used / whole
    lastAddition = Self.time(state.lastAddition)
    lastErasure = Self.time(state.lastErase)
    hasOverflowed = state.support.contains(.overflow)
    supports = Self.features.filter { state.support.contains($0.0) }.map(\.key)
  }

  private static func time(_ seconds: UInt32) -> UInt32? {
    seconds == 0 || seconds == .max ? nil : seconds
  }

  func write(to text: inout ReportText) {
    let isUTC = text.style.isUTC
    func time(_ seconds: UInt32?) -> String {
      seconds.map { Timestamp(seconds: $0, isUTC: isUTC).numeric } ?? "Not Available"
    }
    let isKnown = version == 0x51 || version == 0x02
    let features = Self.features.filter { supports.contains($0.key) }.map { "'\($0.text)' " }
    text.line("SEL Information")
    var rows = [
      (
        "Version",
        "\(version & 0x0f).\(version >> 4) (\(isKnown ? "v1.5, v2 compliant" : "Unknown"))"
      ),
      ("Entries", "\(entries)"),
      ("Free Space", "\(freeBytes) bytes \(freeBytes == .max ? "or more" : "")"),
      ("Percent Used", percentUsed.map { "\($0)%" } ?? "unknown"),
      ("Last Add Time", time(lastAddition)),
      ("Last Del Time", time(lastErasure)),
      ("Overflow", "\(hasOverflowed)"),
      ("Supported Cmds", features.isEmpty ? "None" : features.joined()),
    ]
    if let allocation {
      rows += [
        ("# of Alloc Units", "\(allocation.units)"),
        ("Alloc Unit Size", "\(allocation.unitBytes)"),
        ("# Free Units", "\(allocation.freeUnits)"),
        ("Largest Free Blk", "\(allocation.largestFreeUnits)"),
        ("Max Record Size", "\(allocation.largestRecordUnits)"),
      ]
    }
    for (name, value) in rows { text.field(name, value, width: 17) }
  }
}
