import CaptureFile
import Crafting
import Decoding
import LinkLayer

/// How frames are told.
struct FrameDisplay {
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
  /// Frames as `crimp craft` takes them, in place of what they say.
  var showsCraft = false
  /// What opens the sessions of IPMI.
  var ipmiKeys: IPMIKeys?
}

/// What is known of a frame beside its bytes.
struct FrameFacts {
  /// When it was seen, if that is known.
  var timestamp: CaptureTimestamp?
  /// How many bytes it had on the link.
  var originalLength: Int
  /// What it begins with.
  var linkType: LinkType
  /// Which way it went.
  var direction = FrameDirection.unknown
  /// What people or programs noted on it.
  var comments: [String] = []

  init(_ frame: borrowing CapturedFrameView) {
    timestamp = frame.timestamp
    originalLength = frame.originalLength
    linkType = frame.linkType
    direction = frame.direction
    comments = frame.comments
  }

  init(
    timestamp: CaptureTimestamp, originalLength: Int, linkType: LinkType,
    direction: FrameDirection
  ) {
    self.timestamp = timestamp
    self.originalLength = originalLength
    self.linkType = linkType
    self.direction = direction
  }
}

/// Tells frames on standard output, one after the other.
struct FrameTeller {
  /// How frames are told.
  let display: FrameDisplay
  private var decoder: FrameDecoder
  private var clock: FrameClock
  private var text = LineText(capacity: 1 << 17)
  /// How many frames were told.
  private(set) var count = 0

  init(_ display: FrameDisplay) {
    self.display = display
    decoder = FrameDecoder(style: display.style, ipmiKeys: display.ipmiKeys)
    clock = FrameClock(display.time)
  }

  /// Writes a frame as lines, behind the name of its interface if that is to be said.
  mutating func write(_ bytes: RawSpan, _ facts: FrameFacts, from interface: String? = nil) {
    count += 1
    guard !display.showsCraft else { return writeCraft(bytes, facts) }
    clock.write(facts.timestamp, into: &text)
    if let interface {
      text.append(interface)
      text.append(" ")
    }
    decoder.writeLine(
      of: bytes, originalLength: facts.originalLength, linkType: facts.linkType, into: &text)
    text.endLine()
    for comment in facts.comments {
      text.append("    # ")
      text.append(peer: Array(comment.utf8).rawBytes, limit: 1000)
      text.endLine()
    }
    if display.showsFields {
      text.append(tree: decoder.fields(of: bytes, linkType: facts.linkType))
    }
    if display.showsBytes { text.append(dump: bytes) }
    if text.count > 1 << 16 { flush() }
  }

  private mutating func writeCraft(_ bytes: RawSpan, _ facts: FrameFacts) {
    if facts.linkType == .ethernet {
      text.append(CraftedFrame(dissecting: bytes.array).text)
    } else {
      // A line that `craft --file` passes over.
      text.append("# link type \(facts.linkType.rawValue)")
    }
    text.endLine()
    if text.count > 1 << 16 { flush() }
  }

  /// A frame as an object of JSON.
  mutating func record(
    _ bytes: RawSpan, _ facts: FrameFacts, number: Int, interface: String? = nil
  ) -> FrameRecord {
    count += 1
    let decoded = decoder.fields(of: bytes, linkType: facts.linkType)
    var record = FrameRecord(facts, captured: bytes.byteCount, number: number, decoded)
    record.interface = interface
    return record
  }

  /// Hands on what was told so far: somebody may watch a pipe that is quiet now.
  mutating func flush() {
    guard text.count > 0 else { return }
    StandardStream.output.write(text.bytes)
    text.removeAll()
  }
}
