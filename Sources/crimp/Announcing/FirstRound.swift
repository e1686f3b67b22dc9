import EventLoop
import Glibc
import LinkLayer
import Links
import Machines
import MonotonicTime

/// The first round, sent without a loop: nothing stands between a hook and its first frame.
enum FirstRound {
  /// Starts `announcement` and sends until its first round is over, or its pace has it wait: the
  /// rest of the round is then left to a loop, which hears signals and the kernel.
  static func send(
    _ announcement: inout AddressAnnouncement, on link: any Link, tag: VLANTag?,
    _ report: AnnounceReport
  ) throws(CommandFailure) {
    let actions = announcement.start(at: .monotonicNow)
    try goOn(actions, of: &announcement, on: link, tag: tag, report)
  }

  /// Sends the directed requests of the round, which has been waiting for the neighbours; rounds of
  /// many frames have a pace.
  static func add(
    _ neighbors: [NeighborTarget], pace: FramePace, to announcement: inout AddressAnnouncement,
    on link: any Link, tag: VLANTag?, _ report: AnnounceReport
  ) throws(CommandFailure) {
    let actions = announcement.add(neighbors, pace: pace, at: .monotonicNow)
    try goOn(actions, of: &announcement, on: link, tag: tag, report)
  }

  private static func goOn(
    _ first: AddressAnnouncement.Actions, of announcement: inout AddressAnnouncement,
    on link: any Link, tag: VLANTag?, _ report: AnnounceReport
  ) throws(CommandFailure) {
    var actions = first
    while true {
      try carryOut(actions, on: link, tag: tag, report)
      guard announcement.isInFirstRound, let deadline = announcement.deadline,
        deadline <= .monotonicNow
      else { return }
      actions = announcement.fire(at: .monotonicNow)
    }
  }

  /// Sends the frames of `actions`.
  private static func carryOut(
    _ actions: AddressAnnouncement.Actions, on link: any Link, tag: VLANTag?,
    _ report: AnnounceReport
  ) throws(CommandFailure) {
    var batch = FrameBatch()
    for case .send(let frame) in actions {
      batch.append(
        frame.bytes(framing: link.properties.framing, tag: tag, padding: .ethernetMinimum))
    }
    try send(&batch, on: link)
    // Told only after the frames have left.
    for case .report(let event) in actions { report.tell(event) }
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
}
