import CaptureFile
import EventLoop
import LinkLayer
import Links
import MonotonicTime
import Testing

@Suite("Replaying a recording")
struct ReplayLinkTests {
  static let own: [UInt8] = [2, 0, 0, 0, 0, 1]
  static let properties = LinkProperties.rehearsal("left", 1)

  static func sent(_ number: UInt8, at milliseconds: UInt32) -> Recording.Frame {
    Recording.Frame(
      bytes: frame(from: own, payload: [number]), timestamp: time(milliseconds), isSent: true)
  }

  static func received(_ number: UInt8, at milliseconds: UInt32) -> Recording.Frame {
    Recording.Frame(bytes: frame(payload: [number]), timestamp: time(milliseconds), isSent: false)
  }

  static func time(_ milliseconds: UInt32) -> CaptureTimestamp {
    CaptureTimestamp(seconds: 1_000_000, nanoseconds: milliseconds * 1_000_000)
  }

  /// Plays `frames`, sending at the given times, and tells when which frame came.
  private func play(
    _ frames: [Recording.Frame], sending: [(Duration, UInt8)] = []
  ) throws -> (link: ReplayLink, arrivals: [String]) {
    let loop = try EventLoop(clock: .virtual)
    let link = ReplayLink(Recording(properties: Self.properties, frames: frames))
    var arrivals: [String] = []
    try link.start(on: loop) {
      for frame in (try? link.receiveAll()) ?? [] {
        let milliseconds = loop.now.nanoseconds / 1_000_000
        arrivals.append("\(frame.bytes.last ?? 0) at \(milliseconds)")
      }
    }
    for (delay, number) in sending {
      loop.schedule(after: delay) { try? link.send(frame(from: Self.own, payload: [number])) }
    }
    loop.run(for: .seconds(10))
    return (link, arrivals)
  }

  @Test("releases an answer when its question was sent and as much time has passed as then")
  func answers() throws {
    let frames = [Self.sent(1, at: 100), Self.received(2, at: 105), Self.received(3, at: 400)]
    let (link, arrivals) = try play(frames, sending: [(.seconds(2), 1)])
    #expect(arrivals == ["2 at 2005", "3 at 2300"])
    #expect(link.isFinished)
    #expect(link.differences.isEmpty)
    #expect(link.sentCount == 1)
  }

  @Test("releases what came before any sending by the recording's own time")
  func unasked() throws {
    let frames = [Self.received(1, at: 10), Self.received(2, at: 35), Self.sent(3, at: 40)]
    let (link, arrivals) = try play(frames)
    #expect(arrivals == ["1 at 0", "2 at 25"])
    #expect(
      link.differences == [ReplayDifference(index: 0, recorded: frames[2].bytes, sent: nil)])
  }

  /// What a recording of another run had sent may never come.
  @Test("is over when nothing was sent for longer than all of it took", arguments: [nil, 0, 2])
  func stalls(second: Int?) throws {
    let frames = [Self.sent(1, at: 0), Self.received(2, at: 5), Self.sent(3, at: 4000)]
    let loop = try EventLoop(clock: .virtual)
    let link = ReplayLink(Recording(properties: Self.properties, frames: frames))
    var end: Int64?
    try link.start(on: loop) {}
    link.whenEnded { end = loop.now.nanoseconds / 1_000_000_000 }
    if let second {
      loop.schedule(after: .seconds(second)) {
        try? link.send(frame(from: Self.own, payload: [1]))
      }
    }
    loop.run(for: .seconds(60))
    #expect(end == Int64(second ?? 0) + 5)
  }

  @Test("holds an answer back for as long as one question is missing")
  func holdsBack() throws {
    let frames = [Self.sent(1, at: 0), Self.sent(2, at: 10), Self.received(3, at: 11)]
    let (link, arrivals) = try play(frames, sending: [(.zero, 1)])
    #expect(arrivals.isEmpty)
    #expect(!link.isFinished)
  }

  @Test("keeps the recording's order when questions are sent faster than then")
  func faster() throws {
    let frames = [
      Self.sent(1, at: 0), Self.received(2, at: 50), Self.sent(3, at: 1000),
      Self.received(4, at: 1001),
    ]
    let (_, arrivals) = try play(frames, sending: [(.zero, 1), (.milliseconds(10), 3)])
    #expect(arrivals == ["2 at 50", "4 at 50"])
  }

  @Test("lists what is sent otherwise, too much, or not at all")
  func differences() throws {
    let frames = [Self.sent(1, at: 0), Self.sent(2, at: 1), Self.sent(3, at: 2)]
    let (link, _) = try play(frames, sending: [(.zero, 1), (.zero, 9)])
    #expect(
      link.differences == [
        ReplayDifference(
          index: 1, recorded: frames[1].bytes, sent: frame(from: Self.own, payload: [9])),
        ReplayDifference(index: 2, recorded: frames[2].bytes, sent: nil),
      ])
    let (longer, _) = try play([frames[0]], sending: [(.zero, 1), (.zero, 2)])
    #expect(
      longer.differences == [
        ReplayDifference(index: 1, recorded: nil, sent: frame(from: Self.own, payload: [2]))
      ])
  }

  @Test("takes frames that left within a tick in either order, and answers each")
  func eitherOrder() throws {
    let frames = [
      Self.sent(1, at: 0), Self.received(2, at: 1), Self.sent(3, at: 2), Self.received(4, at: 3),
    ]
    let (link, arrivals) = try play(frames, sending: [(.zero, 3), (.milliseconds(5), 1)])
    #expect(arrivals == ["2 at 6", "4 at 6"])
    #expect(link.differences.isEmpty)
    #expect(link.isFinished)
  }

  @Test("waits a tick for a frame that was overtaken, and goes on without it")
  func overtaken() throws {
    let frames = [Self.sent(1, at: 0), Self.received(2, at: 1), Self.sent(3, at: 2)]
    let (link, arrivals) = try play(frames, sending: [(.zero, 3)])
    #expect(arrivals == ["2 at 100"])
    #expect(
      link.differences == [ReplayDifference(index: 0, recorded: frames[0].bytes, sent: nil)])
  }

  /// The request and the reply of an announcement are one machine's: in the other order they are told.
  @Test("holds the order of frames about the same addresses, however close they were")
  func sameAddresses() throws {
    func claim(_ operation: ARPOperation, of number: UInt8) throws -> [UInt8] {
      let station = try #require(HardwareAddress(bytes: Self.own))
      let address = IPv4Address(192, 0, 2, number)
      let packet = ARPPacket(
        operation: operation, senderHardwareAddress: station, senderProtocolAddress: address,
        targetHardwareAddress: station, targetProtocolAddress: address)
      return LinkFrame(
        destination: HardwareAddress(MACAddress.broadcast), source: station, payload: .arp(packet)
      ).bytes(framing: .ethernet)
    }
    let sent = try [claim(.request, of: 1), claim(.reply, of: 1), claim(.request, of: 2)]
    let frames = sent.enumerated().map { index, bytes in
      Recording.Frame(bytes: bytes, timestamp: Self.time(UInt32(index)), isSent: true)
    }
    func differences(_ order: [Int]) throws -> Int {
      let loop = try EventLoop(clock: .virtual)
      let link = ReplayLink(Recording(properties: Self.properties, frames: frames))
      try link.start(on: loop) {}
      for index in order { try link.send(sent[index]) }
      return link.differences.count
    }
    #expect(try differences([0, 1, 2]) == 0)
    #expect(try differences([2, 0, 1]) == 0, "another address's may go first")
    #expect(try differences([1, 0, 2]) > 0)
  }

  @Test("holds the order of frames that were further apart than a tick")
  func furtherApart() throws {
    let frames = [Self.sent(1, at: 0), Self.sent(3, at: 101)]
    let (link, _) = try play(frames, sending: [(.zero, 3), (.milliseconds(101), 1)])
    #expect(link.differences.map(\.index) == [0, 1])
    #expect(link.differences.allSatisfy { $0.sent != nil })
  }

  @Test("tells its end: when all has been sent and released, and the time to the end is over")
  func ends() throws {
    var recording = Recording(
      properties: Self.properties,
      frames: [Self.sent(1, at: 0), Self.received(2, at: 10), Self.sent(3, at: 20)])
    recording.end = Self.time(50)
    let loop = try EventLoop(clock: .virtual)
    let link = ReplayLink(recording)
    try link.start(on: loop) {}
    var ends: [Duration] = []
    link.whenEnded { ends.append(loop.now - .origin) }
    for (second, number) in [(1, 1 as UInt8), (2, 3), (3, 9)] {
      loop.schedule(after: .seconds(second)) {
        try? link.send(frame(from: Self.own, payload: [number]))
      }
    }
    loop.run(for: .seconds(10))
    #expect(ends == [.milliseconds(2030)])
    link.whenEnded { ends.append(.zero) }
    loop.run(for: .milliseconds(1))
    #expect(ends.count == 2)
  }

  @Test("stamps frames with the recording's time")
  func stamps() throws {
    let loop = try EventLoop(clock: .virtual)
    let link = ReplayLink(
      Recording(
        properties: Self.properties,
        frames: [Self.sent(1, at: 100), Self.received(2, at: 105)]))
    try link.start(on: loop) {}
    try link.send(frame(from: Self.own, payload: [1]))
    loop.run(for: .seconds(1))
    #expect(try link.receiveAll().map(\.information.timestamp) == [Self.time(105)])
  }

  @Test("plays what a recording link wrote: the same frames at the same times")
  func recordThenReplay() throws {
    let sink = MemorySink()
    let live = try converse(on: { try RecordingLink(wrapping: $0, to: sink) })
    #expect(sink.isFinished)

    let replay = try ReplayLink(capture: sink.bytes.rawBytes)
    #expect(replay.properties.name == "left")
    #expect(replay.properties.hardwareAddress == Self.properties.hardwareAddress)
    let loop = try EventLoop(clock: .virtual)
    #expect(try converse(replay, loop) == live)
    #expect(replay.differences.isEmpty)
    #expect(replay.isFinished)
  }

  /// A peer answers each frame after 7 ms; the caller sends three frames, one a second.
  private func converse(on wrap: (MemoryLink) throws -> any Link) throws -> [String] {
    let loop = try EventLoop(clock: .virtual)
    let (left, right) = MemoryLink.pair(Self.properties, latency: .milliseconds(3))
    try right.start(on: loop) {
      for question in (try? right.receiveAll()) ?? [] {
        loop.schedule(after: .milliseconds(1)) {
          try? right.send(frame(payload: [question.bytes.last ?? 0, 1]))
        }
      }
    }
    let link = try wrap(left)
    let story = try converse(link, loop)
    try link.close()
    return story
  }

  private func converse(_ link: any Link, _ loop: EventLoop) throws -> [String] {
    var story: [String] = []
    try link.start(on: loop) {
      for answer in (try? link.receiveAll()) ?? [] {
        story.append("\(loop.now.nanoseconds): \(answer.bytes) \(answer.information.packetType)")
      }
    }
    for number in 0..<3 {
      loop.schedule(after: .seconds(number)) {
        try? link.send(frame(from: Self.own, payload: [UInt8(number)]))
      }
    }
    loop.run(for: .seconds(4))
    #expect(story.count == 3)
    return story
  }

  @Test("tells sent frames by the interface's address where the capture marks no direction")
  func inference() throws {
    let writer = PcapWriter(linkType: .ethernet)
    var bytes: [UInt8] = []
    writer.appendHeader(to: &bytes)
    for each in [frame(from: Self.own), frame()] {
      try writer.append(each.rawBytes, at: Self.time(0), to: &bytes)
    }
    #expect(throws: LinkError.unplayable(.unknownInterface)) {
      try Recording(reading: bytes.rawBytes)
    }
    let recording = try Recording(reading: bytes.rawBytes, properties: Self.properties)
    #expect(recording.frames.map(\.isSent) == [true, false])
  }

  @Test("says why a capture cannot be played")
  func unplayable() throws {
    #expect(throws: LinkError.unplayable(.unreadable(.unrecognizedFormat(magic: 0x0102_0304)))) {
      try Recording(reading: ([1, 2, 3, 4, 5, 6, 7, 8] as [UInt8]).rawBytes)
    }
    var writer = PcapngWriter()
    var bytes: [UInt8] = []
    try writer.appendSection(to: &bytes)
    #expect(throws: LinkError.unplayable(.empty)) { try Recording(reading: bytes.rawBytes) }
    try writer.appendInterface(CaptureInterface(linkType: .raw, name: "tun0"), to: &bytes)
    #expect(throws: LinkError.unplayable(.unsupportedLinkType(101))) {
      try Recording(reading: bytes.rawBytes)
    }
    #expect(throws: LinkError.unplayable(.noSuchInterface("eth7"))) {
      try Recording(reading: bytes.rawBytes, interface: "eth7")
    }
  }

  @Test("does not play the beginning of a capture that was cut")
  func truncated() throws {
    let sink = MemorySink()
    let (left, _) = MemoryLink.pair()
    let link = try RecordingLink(wrapping: left, to: sink)
    try link.send(frame())
    try link.close()
    #expect {
      try Recording(reading: Array(sink.bytes.dropLast(3)).rawBytes)
    } throws: { error in
      guard case .unplayable(.unreadable(.truncated)) = error as? LinkError else { return false }
      return true
    }
  }
}
