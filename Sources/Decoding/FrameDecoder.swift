public import CaptureFile
import LinkLayer

/// Takes frames apart, one after the other: as a line for people, or as fields for programs.
///
/// It keeps what a frame alone does not say, such as where a TCP connection's numbers began, so the frames
/// of a capture go through one decoder in their order. What is cut or cannot be is told, and never
/// stops it: bytes may be anything.
public struct FrameDecoder: Sendable {
  /// What lines show.
  public var style: LineStyle
  /// Where the numbers of TCP connections began.
  var tcpFlows = TCPFlowTable()
  /// How many packets in errors stand around the one that is being read.
  var quotationDepth = 0
  /// The sessions of IPMI whose keys are known; nil when there is no password.
  var ipmiSessions: IPMISessionTable?

  /// A decoder that has seen nothing yet.
  ///
  /// - Parameters:
  ///   - style: what lines show.
  ///   - ipmiKeys: what opens the protected packets of IPMI's sessions; without, they are told by their
  ///     length.
  public init(style: LineStyle = LineStyle(), ipmiKeys: IPMIKeys? = nil) {
    self.style = style
    ipmiSessions = ipmiKeys.map { IPMISessionTable($0) }
  }

  /// Appends what the frame says, without a time before and a line end behind it.
  ///
  /// - Parameters:
  ///   - bytes: what was kept of the frame.
  ///   - originalLength: how many bytes it had on the link.
  ///   - linkType: what it begins with.
  ///   - text: where the line is appended.
  public mutating func writeLine(
    of bytes: RawSpan, originalLength: Int, linkType: LinkType, into text: inout LineText
  ) {
    switch linkType {
    case .ethernet: writeEthernet(bytes, originalLength: originalLength, into: &text)
    case .raw, .ipv4, .ipv6: writeIP(bytes, into: &text)
    case .null: writeLoopback(bytes, into: &text)
    case .linuxCooked: writeCooked(bytes, into: &text)
    case .linuxCooked2: writeCooked2(bytes, into: &text)
    default:
      text.append("link type ")
      text.append(linkType.rawValue)
      text.append(", length ")
      text.append(originalLength)
    }
    if bytes.byteCount < originalLength {
      text.append(" [")
      text.append(bytes.byteCount)
      text.append(" of ")
      text.append(originalLength)
      text.append(" bytes kept]")
    }
  }

  /// The layers of the frame, and their fields.
  public mutating func fields(of bytes: RawSpan, linkType: LinkType) -> DecodedFrame {
    var fields = FieldCollector()
    switch linkType {
    case .ethernet: collectEthernet(bytes, into: &fields)
    case .raw, .ipv4, .ipv6: collectIP(bytes, 0, bytes.byteCount, into: &fields)
    case .null: collectLoopback(bytes, into: &fields)
    case .linuxCooked: collectCooked(bytes, into: &fields)
    case .linuxCooked2: collectCooked2(bytes, into: &fields)
    default: collectData(bytes, 0, bytes.byteCount, into: &fields)
    }
    return fields.frame
  }

  /// Bytes that no decoder knows.
  func collectData(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    guard offset < end else { return }
    fields.begin("data", "Data", offset, end)
    fields.bytes("data.data", bytes, offset, end - offset)
  }
}

/// What lines show beside what they always show.
public struct LineStyle: Hashable, Sendable {
  /// The addresses of the link before what the frame carries.
  public var showsLink = false
  /// The sequence numbers of TCP as they are, and not from the connection's start.
  public var showsRawSequenceNumbers = false

  /// Neither.
  public init() {}
}
