import CaptureFile
import EventLoop
import Glibc
import LinkLayer
import Links
import Support
import Testing

@Suite("Recording a link")
struct RecordingLinkTests {
  @Test("writes each frame with its direction, and the interface's name and address")
  func records() throws {
    try withTemporaryDirectory { directory in
      let (left, right) = MemoryLink.pair()
      let path = "\(directory)/session.pcapng"
      let link = try RecordingLink(wrapping: left, path: path)
      try link.send(frame(payload: [1]))
      var batch = FrameBatch()
      batch.append(frame(payload: [2]))
      batch.append([0])
      #expect(try link.send(batch) == 1)
      try right.send(frame(payload: [3]))
      #expect(try link.receiveAll().count == 1)
      #expect(access(path, F_OK) != 0)
      try link.close()
      #expect(access("\(path).partial", F_OK) != 0)

      let bytes = try readFile(path)
      var capture = CaptureFileView(bytes.rawBytes)
      var directions: [FrameDirection] = []
      var numbers: [UInt8] = []
      while let frame = try capture.next() {
        directions.append(frame.direction)
        numbers.append(CapturedFrame(frame).bytes.last ?? 0)
      }
      #expect(directions == [.outbound, .outbound, .inbound])
      #expect(numbers == [1, 2, 3])
      #expect(capture.interfaces.first?.name == "left")
      #expect(capture.interfaces.first?.hardwareAddress == [2, 0, 0, 0, 0, 1])
    }
  }

  @Test("writes the interface's addresses and comments, and reads them again")
  func addresses() throws {
    let prefixes = [
      "192.0.2.5/24", "198.51.100.1/32", "0.0.0.0/0", "2001:db8::5/64", "fe80::1/128", "::/0",
    ].compactMap { IPPrefix($0) }
    try withTemporaryDirectory { directory in
      let path = "\(directory)/session.pcapng"
      let (left, _) = MemoryLink.pair()
      let link = try RecordingLink(
        wrapping: left, path: path, addresses: prefixes, comments: ["one", "two"])
      try link.close()
      let bytes = try readFile(path)
      let recording = try Recording(reading: bytes.rawBytes)
      #expect(prefixes.count == 6)
      #expect(recording.addresses == prefixes)
      #expect(recording.comments == ["one", "two"])
    }
  }

  @Test("does not record a frame that was not sent")
  func refused() throws {
    let sink = MemorySink()
    let (left, _) = MemoryLink.pair()
    let link = try RecordingLink(wrapping: left, to: sink)
    let before = sink.bytes.count
    #expect(throws: LinkError.self) { try link.send([1]) }
    #expect(sink.bytes.count == before)
  }

  @Test("tells a full disk when it is closed, and lets frames pass meanwhile")
  func fullDevice() throws {
    let (left, right) = MemoryLink.pair()
    let link = try RecordingLink(wrapping: left, path: "/dev/full")
    for _ in 0..<100 { try link.send(frame(payload: [UInt8](repeating: 0, count: 1000))) }
    #expect(link.failure == .recording(SystemError(errno: ENOSPC, operation: "write")))
    #expect(try right.receiveAll().count == 100)
    #expect(throws: LinkError.recording(SystemError(errno: ENOSPC, operation: "write"))) {
      try link.close()
    }
  }

  @Test("writes InfiniBand as other programs read it, and reads it again")
  func infiniBand() throws {
    let station = try #require(HardwareAddress(bytes: [0x80] + [UInt8](1...19)))
    let everyone = try #require(HardwareAddress(bytes: [0] + [UInt8](repeating: 0xff, count: 19)))
    let properties = LinkProperties(
      name: "ib0", hardwareType: .infiniBand, hardwareAddress: station, broadcastAddress: everyone)
    let packet = ARPPacket(
      hardwareType: .infiniBand, operation: .request, senderHardwareAddress: station,
      senderProtocolAddress: IPv4Address(192, 0, 2, 1), targetHardwareAddress: everyone,
      targetProtocolAddress: IPv4Address(192, 0, 2, 1))
    let frame = LinkFrame(destination: everyone, source: station, payload: .arp(packet))
      .bytes(framing: .ipoib)
    try withTemporaryDirectory { directory in
      let path = "\(directory)/session.pcapng"
      let (left, right) = MemoryLink.pair(properties, properties)
      let link = try RecordingLink(wrapping: left, path: path)
      try link.send(frame)
      try right.send(frame)
      #expect(try link.receiveAll().map(\.bytes) == [frame])
      try link.close()

      let shown = try runTool(
        "tshark", ["-n", "-r", path, "-T", "fields", "-e", "frame.protocols"])
      #expect(shown.outputLines == ["ipoib:arp", "ipoib:arp"])
      let bytes = try readFile(path)
      let recording = try Recording(reading: bytes.rawBytes, properties: properties)
      #expect(recording.frames.map(\.bytes) == [frame, frame])
      #expect(recording.frames.map(\.originalLength) == [frame.count, frame.count])
      #expect(recording.frames.map(\.isSent) == [true, false])
    }
  }

  @Test("leaves nothing on a disk that became full", .enabled(if: isRoot, "needs root (mount)"))
  func fullDisk() throws {
    try withTemporaryDirectory { directory in
      let mounted = try runTool("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory])
      try #require(mounted.status == 0, "\(mounted.errorText)")
      defer { _ = try? runTool("umount", [directory]) }
      let (left, right) = MemoryLink.pair()
      let link = try RecordingLink(wrapping: left, path: "\(directory)/session.pcapng")
      for _ in 0..<200 { try link.send(frame(payload: [UInt8](repeating: 0, count: 1000))) }
      #expect(try right.receiveAll().count == 200)
      #expect(throws: LinkError.recording(SystemError(errno: ENOSPC, operation: "write"))) {
        try link.close()
      }
      #expect(try runTool("ls", ["-A", directory]).output.isEmpty)
    }
  }

  @Test("keeps a file of that name when the recording fails or is dropped")
  func keepsOld() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/session.pcapng"
      try writeFile(path, [1, 2, 3])
      do {
        let (left, _) = MemoryLink.pair()
        let link = try RecordingLink(wrapping: left, path: path)
        try link.send(frame())
      }
      #expect(try readFile(path) == [1, 2, 3])
      #expect(access("\(path).partial", F_OK) != 0)
    }
  }

  @Test("tells at once when the file cannot be made")
  func noDirectory() {
    let (left, _) = MemoryLink.pair()
    #expect(throws: LinkError.recording(SystemError(errno: ENOENT, operation: "open"))) {
      try RecordingLink(wrapping: left, path: "/nonexistent/session.pcapng")
    }
  }
}
