import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// Frames with numbers, sent by one host of the laboratory and captured at another.
struct NumberedFrames {
  private let link: PacketSocketLink
  private let source: [UInt8]

  /// What these frames are known by.
  static let filter = "ether proto 0x88b5"

  init(from host: LaboratoryHost) throws {
    let properties = LinkProperties(try host.interface())
    source = properties.hardwareAddress.bytes
    link = try host.run { try PacketSocketLink(properties, .sendOnly) }
  }

  /// A frame of `count` bytes with this number.
  func frame(_ number: Int, count: Int = 100, tag: [UInt8] = []) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xff, count: 6) + source + tag + [0x88, 0xb5]
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    while bytes.count < count { bytes.append(UInt8(truncatingIfNeeded: bytes.count)) }
    return bytes
  }

  /// Sends the frames of these numbers.
  func send(_ numbers: Range<Int>, count: Int = 100, tag: [UInt8] = []) throws {
    var batch = FrameBatch()
    for number in numbers {
      batch.append(frame(number, count: count, tag: tag))
      if batch.count == 64 || number == numbers.upperBound - 1 { try sendAll(&batch) }
    }
  }

  private func sendAll(_ batch: inout FrameBatch) throws {
    while !batch.isEmpty {
      do {
        batch.removeFirst(try link.send(batch))
      } catch LinkError.transmitQueueFull {
        usleep(1000)
      }
    }
  }
}

/// The frames of a capture file, and what it says around them.
struct ReadCapture {
  var frames: [CapturedFrame] = []
  var interfaces: [CaptureInterface] = []
  var sections: [SectionInformation] = []
  var statistics: [InterfaceStatistics?] = []
  /// What stopped the reading, if the file does not end well.
  var fault: CaptureFileError?

  init(_ path: String) throws {
    self.init(bytes: try readFile(path))
  }

  init(bytes: [UInt8]) {
    var view = CaptureFileView(bytes.rawBytes)
    do throws(CaptureFileError) {
      while let frame = try view.next() { frames.append(CapturedFrame(frame)) }
    } catch {
      fault = error
    }
    interfaces = view.interfaces
    sections = view.sections
    for index in interfaces.indices { statistics.append(view.statistics(ofInterface: index)) }
  }

  /// The numbers of the numbered frames.
  var numbers: [Int] {
    frames.compactMap { frame in
      let bytes = frame.bytes
      let start = bytes.count > 16 && bytes[12] == 0x81 ? 16 : 12
      guard bytes.count >= start + 6, bytes[start] == 0x88, bytes[start + 1] == 0xb5 else {
        return nil
      }
      return bytes[start + 2..<start + 6].reduce(0) { $0 << 8 | Int($1) }
    }
  }
}

extension RunningTool {
  /// Whether the capture has its interfaces open: it has given up every capability by then.
  func isCapturing() throws -> Bool {
    let status = String(decoding: try readFile("/proc/\(process)/status"), as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    return line?.hasSuffix("0000000000000000") == true
  }
}

extension LaboratoryHost {
  /// Starts a capture here and waits until nothing is missed any more.
  func startCapture(_ arguments: [String]) throws -> RunningTool {
    let tool = try startCrimp(arguments)
    try #require(try eventually { try tool.isCapturing() }, "\(arguments)")
    return tool
  }
}

/// What the tools that people have say of a file: how many frames capinfos counts, tcpdump and tshark show.
struct Judgement: Equatable {
  var capinfos: Int
  var tcpdump: Int
  var tshark: Int

  init(_ path: String) throws {
    let infos = try runTool("capinfos", ["-c", "-M", "-T", "-r", path])
    try #require(infos.status == 0, "\(infos.errorText)")
    let cells = try #require(infos.outputLines.last).split(separator: "\t")
    capinfos = try #require(cells.last.flatMap { Int($0) }, "\(infos.outputText)")
    let lines = try runTool("tcpdump", ["-nr", path])
    try #require(lines.status == 0, "\(lines.errorText)")
    tcpdump = lines.outputLines.filter { !$0.hasPrefix("\t") }.count
    let shown = try runTool("tshark", ["-n", "-r", path, "-T", "fields", "-e", "frame.number"])
    try #require(
      shown.status == 0 && shown.errorText.filter { $0 != "\n" }.contains("cut") == false)
    tshark = shown.outputLines.count
  }

  init(frames: Int) {
    (capinfos, tcpdump, tshark) = (frames, frames, frames)
  }
}
