internal import CLinux
internal import CaptureFile
internal import EventLoop
internal import Glibc
internal import LinkLayer

/// The memory of a TPACKET_V3 ring, shared with the kernel, and where reading stands in it.
///
///     block:  version | offset_to_priv | status | num_pkts | offset_to_first_pkt | …
///     frame:  tpacket3_hdr (48 bytes) | sockaddr_ll | … | frame at tp_mac
///
/// The kernel's numbers are not trusted blindly: a frame is lent only when it lies within its
/// block.
@safe final class PacketRing {
  private let memory: UnsafeMutableRawBufferPointer
  private let blockSize: Int
  private let blockCount: Int
  /// The block that is read next.
  private var block = 0
  /// How many frames of this block have not been lent, and where the next one starts in it; nil
  /// while the kernel has the block.
  private var position: (left: UInt32, offset: Int)?

  init(_ socket: PacketSocket, _ options: PacketRingLink.Options) throws(LinkError) {
    blockSize = Int(options.blockSize)
    blockCount = Int(options.blockCount)
    try socket.setOption(
      "setsockopt PACKET_VERSION", SOL_PACKET, PACKET_VERSION, Int32(TPACKET_V3.rawValue))
    // Room before each frame, into which its addresses move when a tag is put back.
    try socket.setOption(
      "setsockopt PACKET_RESERVE", SOL_PACKET, PACKET_RESERVE, Int32(VLANTag.byteCount))
    var request = tpacket_req3()
    request.tp_block_size = options.blockSize
    request.tp_block_nr = options.blockCount
    // V3 packs frames of any length; this size only has to divide a block.
    request.tp_frame_size = 2048
    let (frameCount, overflow) =
      (options.blockSize / 2048).multipliedReportingOverflow(by: options.blockCount)
    guard !overflow, blockSize % 2048 == 0 else {
      throw .system(SystemError(errno: EINVAL, operation: "setsockopt PACKET_RX_RING"))
    }
    request.tp_frame_nr = frameCount
    request.tp_retire_blk_tov = options.retireTimeout
    try socket.setOption("setsockopt PACKET_RX_RING", SOL_PACKET, PACKET_RX_RING, request)

    let byteCount = blockSize * blockCount
    let start = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, socket.descriptor, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else {
      throw LinkError(SystemError(errno: errno, operation: "mmap"), socket.properties)
    }
    unsafe memory = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
  }

  deinit {
    _ = unsafe munmap(memory.baseAddress, memory.count)
  }

  /// Whether the kernel has laid frames into the block that it still holds.
  var isFilling: Bool {
    guard position == nil, let description = unsafe description(of: block) else { return false }
    return unsafe description.pointee.hdr.bh1.num_pkts > 0
  }

  /// Lends up to `limit` frames.
  func receive(limit: Int, _ body: (RawSpan, FrameInformation) -> Void) -> Int {
    var taken = 0
    while taken < limit, enterBlock() {
      taken += lendFrames(limit: limit - taken, body)
    }
    return taken
  }

  /// Makes sure that a frame is left in the current block, going to the next one if need be.
  private func enterBlock() -> Bool {
    while true {
      if let position, position.left > 0 { return true }
      if position != nil { releaseBlock() }
      guard let description = unsafe description(of: block),
        unsafe crimp_packet_block_status(description) & UInt32(TP_STATUS_USER) != 0
      else { return false }
      let header = unsafe description.pointee.hdr.bh1
      position = (left: header.num_pkts, offset: Int(header.offset_to_first_pkt))
    }
  }

  private func releaseBlock() {
    if let description = unsafe description(of: block) {
      unsafe crimp_packet_release_block(description)
    }
    block = (block + 1) % blockCount
    position = nil
  }

  private func description(of block: Int) -> UnsafeMutablePointer<tpacket_block_desc>? {
    unsafe memory.baseAddress?.advanced(by: block * blockSize)
      .assumingMemoryBound(to: tpacket_block_desc.self)
  }

  private func lendFrames(limit: Int, _ body: (RawSpan, FrameInformation) -> Void) -> Int {
    var taken = 0
    while taken < limit, let (left, offset) = position, left > 0 {
      let room = blockSize - MemoryLayout<tpacket3_hdr>.size - Self.addressOffset
      guard offset >= 0, offset <= room else {
        position = (0, 0)
        break
      }
      let start = block * blockSize + offset
      let header = unsafe memory.load(fromByteOffset: start, as: tpacket3_hdr.self)
      position = (left - 1, offset + Int(header.tp_next_offset))
      guard lend(header, start, body) else { continue }
      taken += 1
    }
    return taken
  }

  /// Where `struct sockaddr_ll` stands behind a frame's header: TPACKET_ALIGN of its size.
  private static let addressOffset = (MemoryLayout<tpacket3_hdr>.size + 15) & ~15

  /// Lends the frame whose header stands at `start`; false when it does not lie in its block.
  private func lend(
    _ header: tpacket3_hdr, _ start: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) -> Bool {
    let first = start + Int(header.tp_mac)
    let stored = Int(header.tp_snaplen)
    let blockEnd = (block + 1) * blockSize
    guard first >= start + VLANTag.byteCount, first + stored <= blockEnd else { return false }
    let address = unsafe memory.load(
      fromByteOffset: start + Self.addressOffset, as: sockaddr_ll.self)
    let tag = VLANTag(
      status: header.tp_status, tci: UInt16(truncatingIfNeeded: header.hv1.tp_vlan_tci),
      tpid: header.hv1.tp_vlan_tpid)
    let room = unsafe UnsafeMutableRawBufferPointer(
      rebasing: memory[(first - VLANTag.byteCount)..<(first + stored)])
    let isRestored = unsafe tag?.restore(in: room) ?? false
    let frame = unsafe UnsafeRawBufferPointer(
      rebasing: room[(isRestored ? 0 : VLANTag.byteCount)...])
    let information = FrameInformation(
      timestamp: CaptureTimestamp(
        seconds: Int64(header.tp_sec), nanoseconds: header.tp_nsec),
      originalLength: Int(header.tp_len) + (isRestored ? VLANTag.byteCount : 0),
      tag: unsafe tag ?? frame.bytes.outerTag(.ethernet),
      direction: address.sll_pkttype == UInt8(PACKET_OUTGOING) ? .outbound : .inbound,
      packetType: FrameInformation.PacketType(rawValue: address.sll_pkttype),
      interfaceIndex: address.sll_ifindex,
      isChecksumNotReady: header.tp_status & UInt32(TP_STATUS_CSUMNOTREADY) != 0)
    body(unsafe frame.bytes, information)
    return true
  }
}
