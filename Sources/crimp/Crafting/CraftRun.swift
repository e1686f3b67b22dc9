import CaptureFile
import Crafting
import Decoding
import EventLoop
import Glibc
import LinkLayer
import Links
import MonotonicTime

/// Makes frames, and sends, writes or shows them.
struct CraftRun {
  private let request: CraftRequest

  init(_ request: CraftRequest) {
    self.request = request
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    let place = try request.interface.map { name throws(CommandFailure) in
      try CraftPlace(interface: name, namespace: request.namespace)
    }
    let frames = try makeFrames(place)
    guard !frames.isEmpty else {
      throw CommandFailure(.noInput, "expected at least one frame")
    }
    if let path = request.path { try write(frames, to: path, place) }
    if let place { try send(frames, place) }
    if request.isJSON || request.isDecoded || place == nil && request.path == nil { show(frames) }
    return .success
  }

  // MARK: Frames

  private func makeFrames(_ place: CraftPlace?) throws(CommandFailure) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    if !request.text.isEmpty { frames.append(try make(request.text, "", place)) }
    if let path = request.textFile {
      let text = String(decoding: try WholeFile.bytes(at: path), as: UTF8.self)
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        guard let first = line.first(where: { !$0.isWhitespace }), first != "#" else { continue }
        frames.append(try make(String(line), "\(path), line \(index + 1): ", place))
      }
    }
    if let path = request.hexFile { frames += try read(path) }
    guard request.isPadded else { return frames }
    return frames.map(Self.padded)
  }

  private func make(
    _ text: String, _ context: String, _ place: CraftPlace?
  ) throws(CommandFailure) -> [UInt8] {
    func worded<Value>(_ body: () throws(CraftError) -> Value) throws(CommandFailure) -> Value {
      do throws(CraftError) {
        return try body()
      } catch {
        throw CommandFailure(.usage, "\(context)\(error)")
      }
    }
    let frame = try worded { () throws(CraftError) in try CraftedFrame(parsing: text) }
    let surroundings = try place?.surroundings(for: frame) ?? CraftSurroundings()
    return try worded { () throws(CraftError) in
      try FrameAssembler(surroundings).bytes(of: frame)
    }
  }

  private func read(_ path: String) throws(CommandFailure) -> [[UInt8]] {
    let text = String(decoding: try WholeFile.bytes(at: path), as: UTF8.self)
    do throws(HexFrames.Fault) {
      return try HexFrames.frames(of: text)
    } catch {
      throw CommandFailure(
        .noInput, "\(path), line \(error.line): \(error.word): expected pairs of hexadecimal digits"
      )
    }
  }

  /// Filled up to 60 bytes, and four for each tag: what Ethernet has at least, its check sequence aside.
  private static func padded(_ frame: [UInt8]) -> [UInt8] {
    var least = 60
    var offset = 12
    while offset + 1 < frame.count, least < 80 {
      guard EtherType(rawValue: UInt16(frame[offset]) << 8 | UInt16(frame[offset + 1])).isTag else {
        break
      }
      least += VLANTag.byteCount
      offset += VLANTag.byteCount
    }
    return frame + [UInt8](repeating: 0, count: max(0, least - frame.count))
  }

  // MARK: Where they go

  private func write(
    _ frames: [[UInt8]], to path: String, _ place: CraftPlace?
  ) throws(CommandFailure) {
    var options = CaptureFileSeries.Options(path: path)
    if path.hasSuffix(".pcap") { options.format = .pcap(hasNanoseconds: true) }
    options.section = SectionInformation(application: "crimp \(CrimpVersion.text)")
    var interface = CaptureInterface(linkType: .ethernet)
    interface.name = place?.properties.name
    do throws(CaptureFileFailure) {
      let series = try CaptureFileSeries(options, interfaces: [interface])
      var time = CaptureTimestamp.now
      for _ in 0..<request.rounds {
        for frame in frames {
          let information = FrameInformation(
            timestamp: time, originalLength: frame.count, direction: .outbound,
            packetType: .outgoing)
          try series.append(frame.rawBytes, information, interface: 0) { [] }
          time = time.later(by: request.interval)
        }
      }
      try series.finish([])
    } catch {
      throw CommandFailure(error)
    }
  }

  private func send(_ frames: [[UInt8]], _ place: CraftPlace) throws(CommandFailure) {
    let link = try worded { () throws(LinkError) in
      try PacketSocketLink(place.properties, .sendOnly)
    }
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    try worded { () throws(SystemError) in try Privileges.dropAll() }
    let count = try worded { () throws(LinkError) in
      request.interval > .zero
        ? try sendSlowly(frames, link, loop) : try sendQuickly(frames, link)
    }
    link.close()
    guard !request.isQuiet, !request.isJSON else { return }
    StandardStream.error.writeLine(
      "crimp: \(count) frame\(count == 1 ? "" : "s") sent on \(place.properties.name)")
  }

  private func sendSlowly(
    _ frames: [[UInt8]], _ link: PacketSocketLink, _ loop: EventLoop
  ) throws(LinkError) -> Int {
    var count = 0
    let start = loop.now
    for _ in 0..<request.rounds {
      for frame in frames {
        if count > 0 {
          // By the first frame's time: what one wait is too long by, the next makes good.
          let due = start + request.interval * count
          loop.run { try? await loop.sleep(until: due) }
        }
        try link.send(frame)
        count += 1
      }
    }
    return count
  }

  private func sendQuickly(
    _ frames: [[UInt8]], _ link: PacketSocketLink
  ) throws(LinkError) -> Int {
    var count = 0
    var batch = FrameBatch()
    for round in 0..<request.rounds {
      for (index, frame) in frames.enumerated() {
        batch.append(frame)
        let isLast = round == request.rounds - 1 && index == frames.count - 1
        guard batch.count == 64 || isLast else { continue }
        count += batch.count
        try sendAll(&batch, link)
      }
    }
    return count
  }

  private func sendAll(
    _ batch: inout FrameBatch, _ link: PacketSocketLink
  ) throws(LinkError) {
    while !batch.isEmpty {
      do throws(LinkError) {
        batch.removeFirst(try link.send(batch))
      } catch {
        guard case .transmitQueueFull = error else { throw error }
        usleep(100)
      }
    }
  }

  private func show(_ frames: [[UInt8]]) {
    var decoder = FrameDecoder()
    for frame in frames {
      var line = LineText(capacity: 256)
      decoder.writeLine(
        of: frame.rawBytes, originalLength: frame.count, linkType: .ethernet, into: &line)
      if request.isJSON {
        JSONLine.write(
          CraftRecord(
            text: CraftedFrame(dissecting: frame).text, length: frame.count,
            hex: Hexadecimal.text(frame), line: line.string))
      } else if request.isDecoded {
        StandardStream.output.writeLine(line.string)
      } else {
        StandardStream.output.writeLine(Hexadecimal.text(frame) + "\n")
      }
    }
  }
}

private struct CraftRecord: Encodable {
  var text: String
  var length: Int
  var hex: String
  var line: String
}

extension CaptureTimestamp {
  /// The time so much later; files of frames that were never sent have times too.
  fileprivate func later(by interval: Duration) -> CaptureTimestamp {
    let (seconds, attoseconds) = interval.components
    return CaptureTimestamp(
      seconds: self.seconds &+ seconds,
      nanoseconds: nanoseconds + UInt32(clamping: attoseconds / 1_000_000_000))
  }
}
