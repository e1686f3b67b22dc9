import FoundationEssentials
import Machines
import MonotonicTime
import Relay
import Sockets

/// A line of what a relay says of itself at its control socket.
struct RelayStatusRecord: Codable {
  /// Of what the line tells.
  enum Kind: String, Codable {
    case relay, listener, target, worker, session
  }

  var kind: Kind
  var name: String?
  var process: Int32?
  var workers: Int?
  var worker: Int?
  var draining: Bool?
  var up: Bool?
  var enabled: Bool?
  var paused: Bool?
  var connections: Int?
  var accepted: UInt64?
  var refused: UInt64?
  var failures: UInt64?
  var waits: Int?
  var lost: UInt64?
  var evicted: UInt64?
  var peer: String?
  var client: String?
  var target: String?
  var seconds: Double?
  var bytes: UInt64?
  var bytesFromClients: UInt64?
  var bytesFromTargets: UInt64?
  var bytesSpliced: UInt64?

  private enum CodingKeys: String, CodingKey {
    case kind, name, process, workers, worker, draining, up, enabled, paused, connections, accepted,
      refused, failures, waits, lost, evicted, peer, client, target, seconds, bytes
    case bytesFromClients = "bytes_from_clients"
    case bytesFromTargets = "bytes_from_targets"
    case bytesSpliced = "bytes_spliced"
  }

  init(_ kind: Kind) {
    self.kind = kind
  }

  init(_ listener: RelayServiceSnapshot.Listener, worker: Int) {
    self.init(.listener)
    name = listener.address.description
    self.worker = worker
    accepted = listener.acceptedCount
    waits = listener.exhaustionCount
    paused = listener.isPaused
  }

  init(_ upstream: Upstream) {
    self.init(.target)
    name = upstream.name
    up = upstream.health.isUp
    enabled = upstream.isEnabled
    connections = upstream.activeCount
    accepted = upstream.connectionCount
    failures = upstream.failureCount
    bytes = upstream.byteCount
  }

  init(_ snapshot: RelayServiceSnapshot, worker: Int) {
    self.init(.worker)
    self.worker = worker
    connections = snapshot.activeCount
    accepted = snapshot.acceptedCount
    refused = snapshot.refusedCount
    draining = snapshot.isDraining
    set(snapshot.statistics)
  }

  init(_ session: RelayServiceSnapshot.Session, worker: Int, at now: Instant) {
    self.init(.session)
    self.worker = worker
    peer = session.peer.description
    client = session.client.description
    target = session.target
    seconds = (now - session.accepted).milliseconds / 1000
    set(session.statistics)
  }

  mutating func set(_ statistics: PumpStatistics) {
    bytesFromClients = statistics.nearByteCount
    bytesFromTargets = statistics.farByteCount
    bytesSpliced = statistics.splicedByteCount
  }
}

/// What a relay says of itself, for people: a table for each kind of line.
struct RelayStatusTable {
  private let records: [RelayStatusRecord]

  /// Reads lines; those that are no records are left out.
  init(_ lines: [String]) {
    let decoder = JSONDecoder()
    records = lines.compactMap { try? decoder.decode(RelayStatusRecord.self, from: Data($0.utf8)) }
  }

  /// The tables' lines.
  var lines: [String] {
    var lines = records.filter { $0.kind == .relay }.map(Self.heading)
    lines += table(.listener, ["LISTENER", "WORKER", "ACCEPTED", "STATE"]) { record in
      [
        record.name ?? "", "\(record.worker ?? 0)", "\(record.accepted ?? 0)",
        record.paused == true ? "paused" : "accepts",
      ]
    }
    lines += table(.target, ["TARGET", "STATE", "NOW", "TOTAL", "FAILED", "BYTES"]) { record in
      let state = record.enabled == false ? "disabled" : record.up == true ? "up" : "down"
      return [
        record.name ?? "", state, "\(record.connections ?? 0)", "\(record.accepted ?? 0)",
        "\(record.failures ?? 0)", ByteAmount(record.bytes ?? 0).description,
      ]
    }
    lines += table(.worker, ["WORKER", "NOW", "TOTAL", "REFUSED", "THERE", "BACK"]) { record in
      [
        "\(record.worker ?? 0)", "\(record.connections ?? 0)", "\(record.accepted ?? 0)",
        "\(record.refused ?? 0)", ByteAmount(record.bytesFromClients ?? 0).description,
        ByteAmount(record.bytesFromTargets ?? 0).description,
      ]
    }
    lines += table(.session, ["CLIENT", "TARGET", "WORKER", "SECONDS", "THERE", "BACK"]) { record in
      [
        record.client ?? "", record.target ?? "-", "\(record.worker ?? 0)",
        "\(Int(clamping: Int64(record.seconds ?? 0)))",
        ByteAmount(record.bytesFromClients ?? 0).description,
        ByteAmount(record.bytesFromTargets ?? 0).description,
      ]
    }
    return lines
  }

  private static func heading(_ record: RelayStatusRecord) -> String {
    let state = record.draining == true ? ", draining" : ""
    return "relay \(record.process ?? 0)\(state): \(record.connections ?? 0) connections, "
      + "\(record.accepted ?? 0) in all, \(record.refused ?? 0) refused, "
      + "\(ByteAmount(record.bytesFromClients ?? 0)) there, "
      + "\(ByteAmount(record.bytesFromTargets ?? 0)) back\(datagramWords(record))"
  }

  /// What a relay of datagrams had to drop, or forget, if anything.
  private static func datagramWords(_ record: RelayStatusRecord) -> String {
    [(record.lost ?? 0, "datagrams lost"), (record.evicted ?? 0, "clients evicted")]
      .filter { $0.0 > 0 }.map { ", \($0) \($1)" }.joined()
  }

  private func table(
    _ kind: RelayStatusRecord.Kind, _ heading: [String], _ row: (RelayStatusRecord) -> [String]
  ) -> [String] {
    // Clients choose some of the names.
    let rows = records.filter { $0.kind == kind }.map { row($0).map(TerminalText.escaped) }
    guard !rows.isEmpty else { return [] }
    let all = [heading] + rows
    let widths = heading.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { index, cell in
        let gap = String(repeating: " ", count: widths[index] - cell.count)
        return index == 0 ? cell + gap : gap + cell
      }
      return cells.joined(separator: "  ")
    }
  }
}
