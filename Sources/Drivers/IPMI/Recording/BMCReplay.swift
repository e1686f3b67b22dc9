internal import CaptureFile
public import EventLoop
internal import Links
internal import MonotonicTime
public import Sockets

/// Plays a recording in the network's place: what controllers answered then is answered again, to what
/// is sent now, and what is sent is compared with what was sent then, byte for byte.
///
/// An answer is given when all that had been sent before it was sent, and as much time has passed since
/// the last of that as had passed then. On a loop with virtual time nothing is waited for.
public final class BMCReplay {
  /// How what was sent differs from the recording.
  public enum Difference: Hashable, Sendable {
    /// The recording's frame of this number, counted from 1, was sent otherwise, from this byte of the
    /// datagram on, counted from 1.
    case byte(frame: Int, offset: Int)
    /// This controller was sent more than then.
    case additional(InternetAddress)
    /// The recording's frame of this number was not sent.
    case missing(frame: Int)
  }

  /// What is played.
  public let recording: BMCRecording
  /// Is shown a frame that was sent then before what triggered it then, or at its time if nothing did:
  /// whoever stands for the person of then can do what the person did. `isDue` is whether it is late.
  public var onForesight: ((BMCRecording.Entry, _ isDue: Bool) -> Void)?
  /// Is told when all that was recorded has passed.
  public var onEnd: (() -> Void)?

  private let loop: EventLoop
  private var pending: [InternetAddress: [Int]] = [:]
  private var instants: [Instant?]
  private var next = 0
  private var reference: (index: Int, instant: Instant)?
  private var start: Instant
  private var timer: Timer?
  private var found: [Difference] = []
  private var deliver: ((BMCRecording.Entry) -> Void)?

  /// Plays `recording` on `loop`, which should be one of virtual time.
  public init(_ recording: BMCRecording, on loop: EventLoop) {
    self.recording = recording
    self.loop = loop
    start = loop.now
    instants = Array(repeating: nil, count: recording.entries.count)
    for index in recording.entries.indices.reversed() where recording.entries[index].isSent {
      pending[recording.entries[index].peer, default: []].append(index)
    }
  }

  /// How what was sent until now differs from the recording.
  public var differences: [Difference] {
    let missing = recording.entries.indices.filter {
      recording.entries[$0].isSent && instants[$0] == nil
    }
    return found + missing.map { .missing(frame: $0 + 1) }
  }

  func begin(_ deliver: @escaping (BMCRecording.Entry) -> Void) {
    self.deliver = deliver
    start = loop.now
    proceed()
  }

  func end() {
    timer?.cancel()
    timer = nil
    deliver = nil
    onForesight = nil
    onEnd = nil
  }

  /// Compares a datagram with the recording's next one to the same controller.
  func send(_ datagram: [UInt8], to peer: InternetAddress) {
    guard let index = pending[peer]?.popLast() else {
      found.append(.additional(peer))
      return
    }
    let recorded = recording.entries[index].bytes
    if recorded != datagram {
      let same = zip(recorded, datagram).prefix { $0 == $1 }.count
      found.append(.byte(frame: index + 1, offset: same + 1))
    }
    instants[index] = loop.now
    proceed()
  }

  /// Passes over what was sent, and sets the timer for what comes next.
  private func proceed() {
    while next < recording.entries.count, let instant = instants[next] {
      reference = (next, instant)
      next += 1
    }
    timer?.cancel()
    timer = nil
    guard deliver != nil else { return }
    guard next < recording.entries.count else { return onEnd?() ?? () }
    // Never at once: whoever sends is in the midst of it.
    timer = loop.schedule(at: max(due, loop.now)) { [weak self] in self?.fire() }
  }

  /// When the next entry is due: as long after the last thing that was sent as then.
  private var due: Instant {
    let timestamp = recording.entries[next].timestamp
    guard let reference else {
      return start + timestamp.duration(since: recording.entries[0].timestamp)
    }
    return reference.instant
      + timestamp.duration(since: recording.entries[reference.index].timestamp)
  }

  private func fire() {
    timer = nil
    let entry = recording.entries[next]
    guard !entry.isSent else {
      // It may be what a person did. If nobody does it now, a machine's timer will, or nobody.
      onForesight?(entry, true)
      return
    }
    foresee(after: next)
    instants[next] = loop.now
    next += 1
    deliver?(entry)
    proceedPastReceived()
  }

  private func foresee(after index: Int) {
    let peer = recording.entries[index].peer
    guard let onForesight else { return }
    let following = recording.entries[(index + 1)...].first { $0.peer == peer }
    if let following, following.isSent { onForesight(following, false) }
  }

  private func proceedPastReceived() {
    guard timer == nil else { return }
    proceed()
  }
}
