import CaptureFile
import Drivers
import LinkLayer
import Links
import Machines
import MonotonicTime

/// The frames of a capture as a replay wants them: on Ethernet, those alone that the filter takes, with
/// their new addresses, each with its link.
///
/// What is played more than once, or is to be known before it begins, is kept in memory.
final class ReplayTape: ReplaySource {
  typealias Failure = CommandFailure

  /// More is not kept: it would be swapped out, and come too late.
  private static let memoryLimit = 4 << 30
  /// So many frames are left out one after the other before signals are listened for.
  private static let patience = 4096

  /// A frame in memory: where it ends, and what is known of it.
  private struct Kept {
    var end: Int
    var facts: ReplayedFrame
  }

  /// What the next frame of the capture has come to.
  private enum Reading {
    case frame(ReplayedFrame)
    case leftOut
    case needsBytes
  }

  private let request: ReplayRequest
  private let form: EthernetForm
  private let clock = WatchClock(CaptureTimestamp(seconds: 0, nanoseconds: 0), at: .origin)
  private var input: CaptureInput
  private var filters: [LinkType: SocketFilter] = [:]
  private var split = LinkSplit.none
  private var memory: [UInt8] = []
  private var kept: [Kept] = []
  private var position = 0
  private var playsMemory = false
  private let rewrites: Bool
  private let keeps: Bool

  /// Why the capture could not be read to its end; what was before the fault is played.
  private(set) var fault: CommandFailure?
  /// Whether the capture was read to its end.
  private(set) var hasEnded = false
  /// Frames that cannot stand on Ethernet.
  private(set) var obstacles: [EthernetForm.Obstacle: Int] = [:]
  /// Frames that the capture has cut.
  private(set) var cutFrames = 0
  /// The time of the first frame.
  private(set) var firstTime: CaptureTimestamp?

  /// Opens the capture, and reads all of it when it is to be known.
  ///
  /// - Parameter station: the sender of frames that name none.
  init(_ request: ReplayRequest, station: MACAddress) throws(CommandFailure) {
    self.request = request
    form = EthernetForm(
      source: request.rewrite.source ?? station, destination: request.rewrite.destination)
    input = try CaptureInput(request.file)
    rewrites = !request.rewrite.isIdentity
    let isLearning =
      request.isTwoSided && request.clientNetworks.isEmpty && request.clientStations.isEmpty
    keeps = request.isPreloaded || isLearning || request.options.rounds != 1
    if request.isTwoSided, !isLearning {
      split = .clients(networks: request.clientNetworks, stations: request.clientStations)
    }
    if request.isPreloaded || isLearning { try preload(isLearning: isLearning) }
  }

  /// What the pass through the capture has found out, if there was one.
  var roles: HostRoles? {
    guard case .learned(let roles) = split else { return nil }
    return roles
  }

  // MARK: Source

  func next(into frame: inout [UInt8]) throws(CommandFailure) -> ReplayReading {
    let reading = playsMemory ? nextKept(into: &frame) : try nextRead(into: &frame, waits: false)
    if rewrites, case .frame = reading { request.rewrite.apply(to: &frame) }
    return reading
  }

  /// The next frame, waited for as long as it takes; nil at the recording's end.
  func nextWaiting(into frame: inout [UInt8]) throws(CommandFailure) -> ReplayedFrame? {
    let reading = playsMemory ? nextKept(into: &frame) : try nextRead(into: &frame, waits: true)
    guard case .frame(let facts) = reading else { return nil }
    if rewrites { request.rewrite.apply(to: &frame) }
    return facts
  }

  func rewind() {
    position = 0
    playsMemory = true
  }

  private func nextKept(into frame: inout [UInt8]) -> ReplayReading {
    guard position < kept.count else { return .end }
    let start = position > 0 ? kept[position - 1].end : 0
    frame.removeAll(keepingCapacity: true)
    frame.append(contentsOf: memory[start..<kept[position].end])
    position += 1
    return .frame(kept[position - 1].facts)
  }

  /// Reads until a frame is to be played, or, unless it `waits`, for as long as others can wait. A fault
  /// ends the capture there.
  private func nextRead(
    into frame: inout [UInt8], waits: Bool
  ) throws(CommandFailure) -> ReplayReading {
    guard fault == nil else { return .end }
    var passedOver = 0
    do throws(CommandFailure) {
      while true {
        switch try read(&input, into: &frame) {
        case .frame(let facts):
          if keeps { try keep(frame, facts) }
          return .frame(facts)
        case .leftOut:
          passedOver += 1
          guard waits || passedOver < Self.patience else { return .later }
        case .needsBytes:
          guard waits || input.isReady else { return .later }
          guard try input.fill() else {
            hasEnded = true
            return .end
          }
        }
      }
    } catch {
      // A filter that is wrong is no fault of the capture's.
      guard error.status == .noInput else { throw error }
      fault = error
      return .end
    }
  }

  private func keep(_ frame: [UInt8], _ facts: ReplayedFrame) throws(CommandFailure) {
    memory += frame
    kept.append(Kept(end: memory.count, facts: facts))
    guard memory.count <= Self.memoryLimit else {
      throw CommandFailure(
        .unavailable,
        "\(request.file): more than \(ByteSize(byteCount: Self.memoryLimit)) of frames would have to "
          + "be kept in memory: play it once, without --preload, and name the --client")
    }
  }

  private func preload(isLearning: Bool) throws(CommandFailure) {
    var frame: [UInt8] = []
    var roles = HostRoles()
    while case .frame = try nextRead(into: &frame, waits: true) {
      if isLearning { roles.learn(frame.rawBytes) }
    }
    if isLearning {
      split = .learned(roles)
      for index in kept.indices {
        let start = index > 0 ? kept[index - 1].end : 0
        kept[index].facts.link = split.link(
          of: memory.rawBytes.extracting(start..<kept[index].end))
      }
    }
    rewind()
  }

  // MARK: Capture

  /// Takes the next frame of the capture.
  private func read(
    _ input: inout CaptureInput, into frame: inout [UInt8]
  ) throws(CommandFailure) -> Reading {
    let origin: Origin
    do {
      guard let captured = try input.next() else { return .needsBytes }
      guard let taken = try take(captured, into: &frame) else { return .leftOut }
      origin = taken
    }
    guard takeCut(origin.missing, &frame) else { return .leftOut }
    // The interface appends a check sequence of its own.
    let tail = origin.tail ?? input.checkSequenceLength(ofInterface: origin.interface)
    if origin.missing <= 0, tail > 0 { frame.removeLast(min(tail, max(0, frame.count - 14))) }
    return .frame(
      ReplayedFrame(
        link: split.link(of: frame.rawBytes), time: origin.time.map { clock.instant(of: $0) }))
  }

  /// What a capture says of a frame beside its bytes.
  private struct Origin {
    var time: CaptureTimestamp?
    var interface: Int
    /// How many of its bytes were not captured.
    var missing: Int
    /// How many of its bytes are a check sequence, when the frame itself says.
    var tail: Int?
  }

  /// Writes a frame as Ethernet has it; nil when it is left out.
  private func take(
    _ captured: borrowing CapturedFrameView, into frame: inout [UInt8]
  ) throws(CommandFailure) -> Origin? {
    guard try isWanted(captured) else { return nil }
    if firstTime == nil { firstTime = captured.timestamp }
    do throws(EthernetForm.Obstacle) {
      try form.put(captured.bytes, of: captured.linkType, into: &frame)
    } catch {
      obstacles[error, default: 0] += 1
      return nil
    }
    return Origin(
      time: captured.timestamp, interface: captured.interfaceIndex,
      missing: captured.originalLength - captured.bytes.byteCount,
      tail: captured.linkType == .ethernet ? captured.flags.frameCheckSequenceLength : 0)
  }

  /// Treats a frame of which `missing` bytes were cut; false when it is left out.
  private func takeCut(_ missing: Int, _ frame: inout [UInt8]) -> Bool {
    guard missing > 0 else { return true }
    cutFrames += 1
    switch request.cutPolicy {
    case .send: return true
    case .skip: return false
    case .pad:
      // No link takes more; what a length that lies asks for is not made.
      frame.append(contentsOf: repeatElement(0, count: min(missing, 1 << 16)))
      return true
    }
  }

  private func isWanted(_ frame: borrowing CapturedFrameView) throws(CommandFailure) -> Bool {
    guard !request.filter.isEmpty else { return true }
    let linkType = frame.linkType
    if filters[linkType] == nil {
      do throws(LinkError) {
        filters[linkType] = try FilterCompiler.compile(request.filter, forFilesOf: linkType)
      } catch {
        throw CommandFailure(error)
      }
    }
    return filters[linkType]?.accepts(frame.bytes, untagging: false) ?? false
  }
}
