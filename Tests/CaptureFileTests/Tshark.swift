import CaptureFile
import Support
import Testing

/// A frame as tshark tells it; and the same of a frame that we read, to compare.
struct TsharkFrame: Equatable, CustomStringConvertible {
  /// Seconds with nine digits after the point; empty when the file does not say.
  var time: String
  var length: Int
  var capturedLength: Int
  var comments: String

  var description: String { "\(time) \(length) \(capturedLength) \(comments)" }

  init(_ frame: CapturedFrame) {
    time = frame.timestamp.map(Self.text) ?? ""
    length = frame.originalLength
    capturedLength = frame.bytes.count
    comments = frame.comments.joined(separator: ",")
  }

  private init(fields: [Substring]) throws {
    try #require(fields.count == 4)
    time = String(fields[0])
    length = try #require(Int(fields[1]))
    capturedLength = try #require(Int(fields[2]))
    comments = String(fields[3])
  }

  private static func text(_ time: CaptureTimestamp) -> String {
    let fraction = String(time.nanoseconds)
    return "\(time.seconds)." + String(repeating: "0", count: 9 - fraction.count) + fraction
  }

  /// All Ethernet frames of a file; what tshark shows of blocks without a frame is left out.
  static func frames(of path: String) throws -> [TsharkFrame] {
    let run = try runTool(
      "tshark",
      [
        "-r", path, "-n", "-Y", "eth", "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len",
        "-e", "frame.cap_len", "-e", "frame.comment",
      ])
    try #require(run.status == 0, "\(run.errorText)")
    return try run.outputLines.map {
      try TsharkFrame(fields: $0.split(separator: "\t", omittingEmptySubsequences: false))
    }
  }
}

/// The path of a file in Fixtures/captures.
func fixture(_ name: String, here: String = #filePath) -> String {
  let root = here.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
  return root.joined(separator: "/") + "/Fixtures/captures/" + name
}
