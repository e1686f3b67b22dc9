import CaptureFile
import Decoding
import Glibc
import LinkLayer
import Links

/// What `crimp decode` was asked for.
struct DecodeRequest {
  /// The capture's path; `-` is standard input.
  var file: String
  /// Which frames, in libpcap's language; all if empty.
  var filter = ""
  /// How times are told.
  var time = FrameTimeStyle.clock
  /// What lines show.
  var style = LineStyle()
  /// The tree of fields below each line.
  var showsFields = false
  /// The bytes below each line.
  var showsBytes = false
  /// One JSON object a frame in place of lines.
  var isJSON = false
  /// How many frames are told at most.
  var limit: Int?
  /// What opens the sessions of IPMI.
  var ipmiKeys: IPMIKeys?
}

/// Reads a capture and tells its frames.
struct DecodeRun {
  private let request: DecodeRequest
  private var decoder: FrameDecoder
  private var clock: FrameClock
  private var text = LineText(capacity: 1 << 17)
  /// Compiled for each link type that the capture has.
  private var filters: [LinkType: SocketFilter] = [:]
  /// Frames read, and frames told.
  private var number = 0
  private var told = 0
  /// A record whose interface is still to be named.
  private var pending: (FrameRecord, interface: Int)?

  init(_ request: DecodeRequest) {
    self.request = request
    decoder = FrameDecoder(style: request.style, ipmiKeys: request.ipmiKeys)
    clock = FrameClock(request.time)
  }

  /// Tells every frame; what is before a fault is told first.
  mutating func perform() throws(CommandFailure) -> ExitStatus {
    var input = try CaptureInput(request.file)
    do throws(CommandFailure) {
      try tellAll(of: &input)
    } catch {
      flush()
      throw error
    }
    flush()
    return .success
  }

  private mutating func tellAll(of input: inout CaptureInput) throws(CommandFailure) {
    repeat {
      while try tellNext(of: &input) {
        if var record = pending {
          pending = nil
          record.0.interface = input.interfaceName(record.interface)
          JSONLine.write(record.0)
        }
        guard told != request.limit else { return }
      }
      // Somebody may watch a pipe that is quiet now.
      flush()
    } while try input.fill()
  }

  /// Tells the next frame, if the filter takes it; false when more bytes are needed.
  private mutating func tellNext(of input: inout CaptureInput) throws(CommandFailure) -> Bool {
    guard let frame = try input.next() else { return false }
    number += 1
    guard try isWanted(frame) else { return true }
    told += 1
    guard request.isJSON else {
      write(frame)
      return true
    }
    let decoded = decoder.fields(of: frame.bytes, linkType: frame.linkType)
    pending = (FrameRecord(frame, number: number, decoded), frame.interfaceIndex)
    return true
  }

  private mutating func write(_ frame: borrowing CapturedFrameView) {
    clock.write(frame.timestamp, into: &text)
    decoder.writeLine(
      of: frame.bytes, originalLength: frame.originalLength, linkType: frame.linkType, into: &text)
    text.endLine()
    for comment in frame.comments {
      text.append("    # ")
      text.append(peer: Array(comment.utf8).rawBytes, limit: 1000)
      text.endLine()
    }
    if request.showsFields {
      text.append(tree: decoder.fields(of: frame.bytes, linkType: frame.linkType))
    }
    if request.showsBytes { text.append(dump: frame.bytes) }
    if text.count > 1 << 16 { flush() }
  }

  private mutating func isWanted(
    _ frame: borrowing CapturedFrameView
  ) throws(CommandFailure) -> Bool {
    guard !request.filter.isEmpty else { return true }
    let linkType = frame.linkType
    if filters[linkType] == nil {
      do throws(LinkError) {
        filters[linkType] = try FilterCompiler.compile(request.filter, forFilesOf: linkType)
      } catch {
        throw CommandFailure(error)
      }
    }
    return filters[linkType]?.accepts(frame.bytes, untagging: false) ?? false
  }

  private mutating func flush() {
    guard text.count > 0 else { return }
    StandardStream.output.write(text.bytes)
    text.removeAll()
  }
}
