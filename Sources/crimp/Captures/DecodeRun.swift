import CaptureFile
import Decoding
import LinkLayer
import Links

/// What `crimp decode` was asked for, of a file.
struct DecodeRequest {
  /// The capture's path; `-` is standard input.
  var file: String
  /// Which frames, in libpcap's language; all if empty.
  var filter = ""
  /// How frames are told.
  var display = FrameDisplay()
  /// How many frames are told at most.
  var limit: Int?
  /// Who spoke, in place of what was said.
  var showsSummary = false
}

/// Reads a capture and tells its frames, or what they are together.
struct DecodeRun {
  private let request: DecodeRequest
  private var teller: FrameTeller
  private var summary = CaptureSummary()
  /// Compiled for each link type that the capture has.
  private var filters: [LinkType: SocketFilter] = [:]
  /// Frames read, and frames told.
  private var number = 0
  private var told = 0
  /// A record whose interface is still to be named.
  private var pending: (FrameRecord, interface: Int)?

  init(_ request: DecodeRequest) {
    self.request = request
    teller = FrameTeller(request.display)
  }

  /// Tells every frame; what is before a fault is told first.
  mutating func perform() throws(CommandFailure) -> ExitStatus {
    var input = try CaptureInput(request.file)
    do throws(CommandFailure) {
      try tellAll(of: &input)
    } catch {
      end()
      throw error
    }
    end()
    return .success
  }

  private mutating func end() {
    teller.flush()
    guard request.showsSummary else { return }
    SummaryReport(summary).write(isJSON: request.display.isJSON)
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
      teller.flush()
    } while try input.fill()
  }

  /// Tells the next frame, if the filter takes it; false when more bytes are needed.
  private mutating func tellNext(of input: inout CaptureInput) throws(CommandFailure) -> Bool {
    guard let frame = try input.next() else { return false }
    number += 1
    guard try isWanted(frame) else { return true }
    told += 1
    if request.showsSummary {
      summary.add(
        frame.bytes, at: frame.timestamp, originalLength: frame.originalLength,
        linkType: frame.linkType)
    } else if request.display.isJSON {
      pending = (
        teller.record(frame.bytes, FrameFacts(frame), number: number), frame.interfaceIndex
      )
    } else {
      teller.write(frame.bytes, FrameFacts(frame))
    }
    return true
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
}
