internal import CLinux
internal import CaptureFile
internal import EventLoop
internal import Glibc
internal import LinkLayer

/// Room for one batch of received frames, used again and again.
///
/// The kernel takes a frame's outer VLAN tag out and tells it beside the frame. Each slot leaves
/// 4 bytes before the frame, where the addresses move to when the tag is put back.
@safe final class ReceiveBuffers {
  let slots = Int(CRIMP_PACKET_BATCH)
  private let stride: Int
  private let memory: UnsafeMutableRawBufferPointer
  private var facts: [crimp_packet_facts]

  init(snapLength: Int) {
    // No frame is longer than 256 KiB, whatever the offload; and 64 of them must fit in memory.
    stride = max(64, min(snapLength, 262_144)) + VLANTag.byteCount
    unsafe memory = .allocate(byteCount: stride * slots, alignment: 16)
    facts = Array(repeating: crimp_packet_facts(), count: slots)
  }

  deinit {
    unsafe memory.deallocate()
  }

  /// Receives up to `count` frames into the first slots, and returns how many came.
  func fill(from descriptor: Int32, _ count: Int) throws(SystemError) -> Int {
    do throws(SystemError) {
      let received = try Syscalls.retrying("recvmmsg") {
        unsafe crimp_packet_receive(
          descriptor, memory.baseAddress?.assumingMemoryBound(to: UInt8.self), stride,
          VLANTag.byteCount, UInt32(count), &facts)
      }
      return Int(received)
    } catch {
      guard error.errno == EAGAIN else { throw error }
      return 0
    }
  }

  /// Lends the frame in `slot`, its tag put back.
  func lend(_ slot: Int, _ body: (RawSpan, FrameInformation) -> Void) {
    let facts = facts[slot]
    let start = slot * stride + VLANTag.byteCount
    let stored = Int(facts.stored_length)
    let tag = facts.tag
    let room = unsafe UnsafeMutableRawBufferPointer(
      rebasing: memory[(start - VLANTag.byteCount)..<(start + stored)])
    let isRestored = unsafe tag?.restore(in: room) ?? false
    let frame = unsafe UnsafeRawBufferPointer(
      rebasing: room[(isRestored ? 0 : VLANTag.byteCount)...])
    let information = FrameInformation(
      timestamp: CaptureTimestamp(seconds: facts.seconds, nanoseconds: facts.nanoseconds),
      originalLength: Int(facts.original_length) + (isRestored ? VLANTag.byteCount : 0),
      tag: unsafe tag ?? frame.bytes.outerTag(.ethernet),
      direction: facts.packet_type == UInt8(PACKET_OUTGOING) ? .outbound : .inbound,
      packetType: FrameInformation.PacketType(rawValue: facts.packet_type),
      interfaceIndex: facts.interface_index,
      isChecksumNotReady: facts.status & UInt32(TP_STATUS_CSUMNOTREADY) != 0)
    body(unsafe frame.bytes, information)
  }
}

extension crimp_packet_facts {
  /// The tag that the kernel took out. A priority tag (identifier 0) is told by the status alone.
  fileprivate var tag: VLANTag? {
    VLANTag(status: status, tci: vlan_tci, tpid: vlan_tpid)
  }
}

extension VLANTag {
  /// How many bytes of an Ethernet frame stand before its tag: both addresses.
  private static let offset = 12

  /// The tag that `PACKET_AUXDATA` or a ring's header tells of, if it does.
  init?(status: UInt32, tci: UInt16, tpid: UInt16) {
    guard status & UInt32(TP_STATUS_VLAN_VALID) != 0 else { return nil }
    let isKnown = status & UInt32(TP_STATUS_VLAN_TPID_VALID) != 0
    self.init(tpid: isKnown ? EtherType(rawValue: tpid) : .vlan, tci: tci)
  }

  /// Puts the tag back into the frame that stands 4 bytes into `room`: the addresses move to the
  /// start of `room` and the tag behind them. False when there are not even addresses.
  func restore(in room: UnsafeMutableRawBufferPointer) -> Bool {
    guard room.count >= Self.offset + Self.byteCount, let start = room.baseAddress
    else { return false }
    unsafe start.copyMemory(from: start + Self.byteCount, byteCount: Self.offset)
    unsafe room.storeBytes(of: tpid.rawValue.bigEndian, toByteOffset: Self.offset, as: UInt16.self)
    unsafe room.storeBytes(of: tci.bigEndian, toByteOffset: Self.offset + 2, as: UInt16.self)
    return true
  }
}
