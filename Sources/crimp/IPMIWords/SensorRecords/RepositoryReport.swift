import IPMI

/// `sdr info`: how the repository is.
struct RepositoryReport: IPMIReport {
  var version: UInt8
  var records: UInt16
  /// Absent when the controller does not tell.
  var freeBytes: UInt16?
  /// Seconds since 1970; absent when the controller cannot add records in parts.
  var lastAddition: UInt32?
  /// Seconds since 1970; absent when the controller cannot delete records.
  var lastErasure: UInt32?
  var hasOverflowed: Bool
  /// `unspecified`, `non-modal`, `modal`, or `modal and non-modal`.
  var update: String
  var supportsDelete: Bool
  var supportsPartialAdd: Bool
  var supportsReserve: Bool
  var supportsAllocationInfo: Bool

  init(_ state: GetSDRRepositoryInfo.Response) {
    version = state.version
    records = state.records
    freeBytes = state.freeBytes == .max ? nil : state.freeBytes
    supportsDelete = state.support.contains(.delete)
    supportsPartialAdd = state.support.contains(.partialAdd)
    supportsReserve = state.support.contains(.reserve)
    supportsAllocationInfo = state.support.contains(.allocationInfo)
    lastAddition = supportsPartialAdd ? state.lastAddition : nil
    lastErasure = supportsDelete ? state.lastErase : nil
    hasOverflowed = state.support.contains(.overflow)
    update = state.support.updateText
  }

  func write(to text: inout ReportText) {
    let isUTC = text.style.isUTC
    func time(_ seconds: UInt32?) -> String {
      seconds.map { Timestamp(seconds: $0, isUTC: isUTC).numeric } ?? "NA"
    }
    let rows: [(String, String)] = [
      ("SDR Version", "0x\(version.hexadecimal(digits: 1))"),
      ("Record Count", "\(records)"),
      ("Free Space", free),
      ("Most recent Addition", time(lastAddition)),
      ("Most recent Erase", time(lastErasure)),
      ("SDR overflow", answer(hasOverflowed)),
      ("SDR Repository Update Support", update),
      ("Delete SDR supported", answer(supportsDelete)),
      ("Partial Add SDR supported", answer(supportsPartialAdd)),
      ("Reserve SDR repository supported", answer(supportsReserve)),
      ("SDR Repository Alloc info supported", answer(supportsAllocationInfo)),
    ]
    for (name, value) in rows { text.field(name, value, width: 36) }
  }

  private var free: String {
    switch freeBytes {
    case nil: "unspecified"
    case 0: "none (full)"
    case 0xfffe: "> 64Kb - 2 bytes"
    case let bytes?: "\(bytes) bytes"
    }
  }

  private func answer(_ isSo: Bool) -> String { isSo ? "yes" : "no" }
}
