public import CaptureFile
internal import IPMI
internal import LinkLayer
internal import Links
public import Machines
public import Sockets

/// What passed between clients and controllers, as a capture holds it: whole IP packets that were made
/// around the datagrams, and notes.
public struct BMCRecording: Sendable {
  /// What passed, in its order.
  public internal(set) var entries: [Entry] = []
  /// What all random numbers of the run followed from: 64 hexadecimal digits. Nobody who has them and
  /// not the password can log in, or read what was encrypted.
  public internal(set) var seed = ""
  /// What else the recorder was given to note.
  public internal(set) var notes: [String] = []

  /// A datagram, or the network's word that one did not arrive.
  public struct Entry: Hashable, Sendable {
    /// Whether the client sent it.
    public var isSent: Bool
    /// The controller.
    public var peer: InternetAddress
    /// The UDP payload; empty for a failure.
    public var bytes: [UInt8]
    /// When.
    public var timestamp: CaptureTimestamp
    /// What the network said in place of a datagram.
    public var failure: BMCFailure?
  }

  /// Why a capture is no recording that can be played.
  public enum Fault: Error, Hashable, Sendable {
    /// It is no capture, or is damaged.
    case unreadable(CaptureFileError)
    /// A frame, counted from 1, is no UDP packet as recordings have them: it was changed.
    case changedFrame(Int)
    /// It was not made by a recorder of conversations with controllers.
    case foreign
  }

  static let seedHeading = "crimp seed "
  static let noteHeading = "crimp note "
  static let failureHeading = "crimp failure "

  /// Reads a capture that is in memory as a whole.
  public init(reading capture: RawSpan) throws(Fault) {
    var file = CaptureFileView(capture)
    var frames: [CapturedFrame] = []
    do throws(CaptureFileError) {
      while let frame = try file.next() { frames.append(CapturedFrame(frame)) }
    } catch {
      throw .unreadable(error)
    }
    let comments = file.interfaces.flatMap(\.comments)
    guard let seed = comments.first(where: { $0.hasPrefix(Self.seedHeading) }) else {
      throw .foreign
    }
    self.seed = String(seed.dropFirst(Self.seedHeading.count))
    notes = comments.filter { $0.hasPrefix(Self.noteHeading) }
      .map { String($0.dropFirst(Self.noteHeading.count)) }
    var latest = CaptureTimestamp(seconds: 0, nanoseconds: 0)
    for (index, frame) in frames.enumerated() {
      latest = max(latest, frame.timestamp ?? latest)
      guard let entry = Entry(frame, at: latest) else { throw .changedFrame(index + 1) }
      entries.append(entry)
    }
  }
}

extension BMCRecording.Entry {
  /// The datagram of a frame; nil when its checksum is wrong, or it is another kind of frame.
  fileprivate init?(_ frame: CapturedFrame, at timestamp: CaptureTimestamp) {
    let packet: UDPPacket
    do throws(WireError) {
      packet = try UDPPacket(parsing: frame.bytes.rawBytes)
    } catch {
      return nil
    }
    guard packet.byteCount == frame.bytes.count, frame.direction != .unknown else { return nil }
    isSent = frame.direction == .outbound
    peer =
      isSent
      ? InternetAddress(packet.destination, port: packet.destinationPort)
      : InternetAddress(packet.source, port: packet.sourcePort)
    bytes = packet.payload
    self.timestamp = timestamp
    let heading = BMCRecording.failureHeading
    guard let comment = frame.comments.first(where: { $0.hasPrefix(heading) }) else { return }
    failure = BMCFailure(recorded: String(comment.dropFirst(heading.count)))
  }
}

extension BMCFailure {
  private static let recordedNames: [(failure: BMCFailure, name: String)] = [
    (.portClosed, "port-closed"), (.unreachable(.deadNeighbor), "dead-neighbor"),
    (.unreachable(.noRoute), "no-route"), (.unreachable(.saidByRouter), "said-by-router"),
    (.unreachable(.prohibited), "prohibited"),
  ]

  /// What the network said, as a recording calls it.
  var recordedName: String {
    if case .socket(let words) = self { return "socket " + words }
    return Self.recordedNames.first { $0.failure == self }?.name ?? "unknown"
  }

  fileprivate init(recorded name: String) {
    if let known = Self.recordedNames.first(where: { $0.name == name }) {
      self = known.failure
    } else {
      self = .socket(name.hasPrefix("socket ") ? String(name.dropFirst(7)) : name)
    }
  }
}
