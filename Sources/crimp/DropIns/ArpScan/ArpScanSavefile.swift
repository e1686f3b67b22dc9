internal import CaptureFile
internal import EventLoop
internal import LinkLayer
internal import Links

/// The answers as a capture of pcap, microseconds as libpcap writes them.
final class ArpScanSavefile {
  private let sink: FileSink
  private let writer: PcapWriter

  init(_ path: String, snapLength: Int, _ console: Console) throws(Exit) {
    writer = PcapWriter(
      linkType: .ethernet, snapLength: UInt32(clamping: snapLength), hasNanoseconds: false)
    do throws(SystemError) {
      sink = try FileSink(path: path)
      var bytes: [UInt8] = []
      writer.appendHeader(to: &bytes)
      try sink.write(bytes)
    } catch {
      throw console.fail("pcap_dump_open: \(path): \(error.reason)\n", status: 1)
    }
  }

  func write(_ frame: [UInt8], _ information: FrameInformation) {
    var bytes: [UInt8] = []
    do {
      try writer.append(
        frame.rawBytes, at: information.timestamp, originalLength: information.originalLength,
        to: &bytes)
      try sink.write(bytes)
    } catch {
      sink.discard()
    }
  }

  func finish(_ console: Console) {
    do throws(SystemError) {
      try sink.finish()
    } catch {
      console.complain("pcap_dump_flush: \(error.reason)\n")
    }
  }
}
