import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime

/// The first round, sent without a loop: nothing stands between a hook and its first frame.
enum FirstRound {
  /// Starts `announcement` and sends until its first round is over, at its pace, or until a held
  /// signal ends it in the middle.
  static func send(
    _ announcement: inout AddressAnnouncement, on link: any Link, tag: VLANTag?,
    _ report: AnnounceReport
  ) throws(CommandFailure) {
    var actions = announcement.start(at: .monotonicNow)
    while true {
      let isOver = try carryOut(actions, on: link, tag: tag, report)
      guard !isOver, let deadline = announcement.deadline else { return }
      if isInterrupted(before: deadline) { return }
      actions = announcement.fire(at: .monotonicNow)
    }
  }

  /// Sends the frames of `actions`, and returns whether a round ended with them.
  private static func carryOut(
    _ actions: AddressAnnouncement.Actions, on link: any Link, tag: VLANTag?,
    _ report: AnnounceReport
  ) throws(CommandFailure) -> Bool {
    var batch = FrameBatch()
    var isOver = false
    for action in actions {
      switch action {
      case .send(let frame):
        batch.append(
          frame.bytes(framing: link.properties.framing, tag: tag, padding: .ethernetMinimum))
      case .report(.roundFinished): isOver = true
      case .report, .finish: break
      }
    }
    try send(&batch, on: link)
    // Told only after the frames have left.
    for case .report(let event) in actions { report.tell(event) }
    return isOver
  }

  private static func send(_ batch: inout FrameBatch, on link: any Link) throws(CommandFailure) {
    var refusals = 0
    while !batch.isEmpty {
      do throws(LinkError) {
        batch.removeFirst(try link.send(batch))
      } catch .transmitQueueFull where refusals < 1000 {
        refusals += 1
        usleep(1000)
      } catch {
        throw CommandFailure(error)
      }
    }
  }

  private static func isInterrupted(before deadline: Instant) -> Bool {
    while true {
      let wait = (deadline - .monotonicNow).wholeNanoseconds
      guard wait > 0 else { return false }
      usleep(useconds_t(min(wait / 1000 + 1, 20_000)))
      if HeldSignals.haveArrived { return true }
    }
  }
}
