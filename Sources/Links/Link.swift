public import CaptureFile
public import EventLoop
public import LinkLayer

/// Something that carries link-layer frames: a socket, a packet ring, a capture file, the other
/// end of a pair in memory, or a link around one of these.
///
/// A link belongs to one loop and is used from that loop's thread only. Frames are lent: the
/// bytes given to a closure are valid until it returns. They begin with the link-layer header
/// and hold an 802.1Q tag where the wire held it, whoever took it out on the way; there is no
/// frame check sequence.
public protocol Link: AnyObject {
  /// The interface behind this link, as it was when the link was opened.
  var properties: LinkProperties { get }

  /// Calls `onReadable` from `loop` once a turn for as long as frames, or an error, wait and are
  /// being received. A receiver that takes nothing is called again by the kernel's links in every
  /// turn, and by those in memory when the next frame arrives. Before `start`, and on a link opened for sending only, nothing is called.
  func start(on loop: EventLoop, _ onReadable: @escaping () -> Void) throws(LinkError)

  /// Makes the interface take frames for `address`, a group or another station's address, until
  /// the link is closed. An interface drops frames that are neither for its own address nor for
  /// all, unless somebody has asked for them. Joining again does nothing.
  ///
  /// - Throws: `cannotReceive` on a link of the kernel that was opened for sending only.
  func join(_ address: HardwareAddress) throws(LinkError)

  /// Lends up to `limit` frames that have arrived to `body`, in order, without waiting.
  ///
  /// Returns how many were lent: 0 when none waits. An error that the interface met, such as
  /// going down, is thrown once; the link works again when its interface does.
  func receive(limit: Int, _ body: (RawSpan, FrameInformation) -> Void) throws(LinkError) -> Int

  /// Takes no frame that arrives from now on, and lends all that had arrived before.
  ///
  /// A packet ring waits one retire timeout (20 ms at most) for its last block. Returns how
  /// many frames were lent. The link can still send, and is not to be received from again.
  func drain(_ body: (RawSpan, FrameInformation) -> Void) throws(LinkError) -> Int

  /// Hands one whole frame, tag included, to the interface.
  func send(_ frame: RawSpan) throws(LinkError)

  /// Hands the frames of `batch` to the interface in order, in as few system calls as it takes.
  ///
  /// Returns how many were taken. When a frame is refused after others were taken, the count
  /// stops before it; sending the rest again throws what it met. Throws only when the first
  /// frame is refused.
  func send(_ batch: FrameBatch) throws(LinkError) -> Int

  /// The clock that stamps received frames: UTC for what the kernel carries, the loop's virtual
  /// time for what runs in memory.
  var timestamp: CaptureTimestamp { get }

  /// Stops all calls and lets go of the interface. Closing again does nothing.
  ///
  /// A link that still had something to write tells here when it could not.
  func close() throws(LinkError)
}

extension Link {
  /// Does nothing: right for a link that no interface filters.
  public func join(_ address: HardwareAddress) throws(LinkError) {}

  /// Lends what waits until nothing does: right for a link that holds nothing back.
  public func drain(
    _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    var total = 0
    while true {
      let count = try receive(limit: 64, body)
      guard count > 0 else { return total }
      total += count
    }
  }

  /// Sends the frames of `batch` one by one.
  public func send(_ batch: FrameBatch) throws(LinkError) -> Int {
    for index in 0..<batch.count {
      do throws(LinkError) {
        try batch.withFrame(at: index, send)
      } catch {
        guard index > 0 else { throw error }
        return index
      }
    }
    return batch.count
  }

  /// Sends one frame from an array.
  public func send(_ frame: [UInt8]) throws(LinkError) {
    try send(frame.rawBytes)
  }

  /// The time of day, UTC.
  public var timestamp: CaptureTimestamp { .now }
}
