import CaptureFile
import Decoding
import LinkLayer
import Support
import Testing

/// What the decoder and tshark say of the frames of one capture, and where they differ.
struct Agreement {
  typealias Frame = (frame: CapturedFrame, linkType: LinkType)

  /// How many values were compared.
  private(set) var comparedFields = 0
  /// How many layers.
  private(set) var comparedLayers = 0
  /// Each field with another value, in words.
  private(set) var differences: [String] = []
  /// Each layer that tshark does not see.
  private(set) var strangeLayers: [String] = []

  /// Compares captures, all by one run of tshark.
  static func all(of captures: [[Frame]]) throws -> [Agreement] {
    let decoded = captures.map { frames in
      var decoder = FrameDecoder()
      return frames.map { decoder.fields(of: $0.frame.bytes.rawBytes, linkType: $0.linkType) }
    }
    let names = Set(
      decoded.joined().flatMap { $0.layers.flatMap(\.fields).map(\.name) }
    ).filter { !$0.hasPrefix("crimp.") && !$0.hasPrefix("data.") }.sorted()
    let theirs = try tshark(captures, ["frame.protocols"] + names)
    try #require(theirs.count == decoded.reduce(0) { $0 + $1.count })
    var start = 0
    return decoded.map { frames in
      defer { start += frames.count }
      return Agreement(frames, theirs[start..<start + frames.count])
    }
  }

  private init(_ ours: [DecodedFrame], _ theirs: ArraySlice<[String: String]>) {
    for (number, (frame, their)) in zip(ours, theirs).enumerated() {
      compareLayers(of: frame, their["frame.protocols"] ?? "", number + 1)
      compareFields(of: frame, their, number + 1)
    }
  }

  private mutating func compareLayers(of frame: DecodedFrame, _ their: String, _ number: Int) {
    let names = their.split(separator: ":").map(String.init)
    for layer in frame.layers where layer.name != "data" && layer.name != "null" {
      comparedLayers += 1
      if !names.contains(layer.name) {
        strangeLayers.append("frame \(number): \(layer.name) is not in \(their)")
      }
    }
  }

  private mutating func compareFields(
    of frame: DecodedFrame, _ their: [String: String], _ number: Int
  ) {
    let isRefused = Self.isRefusedGroupExtension(frame)
    for name in Set(frame.layers.flatMap(\.fields).map(\.name)).sorted() {
      guard let text = their[name], !isRefused || !name.hasPrefix("ipmi.") else { continue }
      let ours = frame.all(name).map { Self.comparable($0.value) }
      // A packet that an ICMP error quotes has fields too for tshark: those follow.
      let values = text.isEmpty ? [] : text.split(separator: ";").prefix(ours.count)
      comparedFields += ours.count
      let comparable = values.map { Self.comparable(String($0)) }
      if ours != comparable {
        differences.append("frame \(number), \(name): \(ours), by tshark \(comparable)")
      }
    }
  }

  /// tshark takes the completion code of a refusal without data for the group's defining body, and
  /// gives up.
  private static func isRefusedGroupExtension(_ frame: DecodedFrame) -> Bool {
    frame.first("ipmi.header.netfn")?.value == .number(0x2d)
      && frame.first("ipmi.header.completion")?.value == .hexadecimal(0xc1, digits: 2)
  }

  // MARK: tshark

  /// tshark's values of these fields, frame by frame, of all captures one behind the other.
  private static func tshark(
    _ captures: [[Frame]], _ names: [String]
  ) throws -> [[String: String]] {
    let preferences = [
      "ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE",
      "ipmi.dissect_bus_commands:TRUE",
    ].flatMap { ["-o", $0] }
    return try withTemporaryDirectory { directory in
      try writeFile("\(directory)/all.pcapng", try file(captures))
      let run = try runTool(
        "tshark",
        ["-n", "-r", "\(directory)/all.pcapng"]
          + ["9001", "624", "625"].flatMap { ["-d", "udp.port==\($0),rmcp"] } + preferences
          + ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;", "-E", "separator=/t"]
          + names.flatMap { ["-e", $0] }, seconds: 120)
      try #require(run.status == 0, "\(run.errorText)")
      return run.outputText.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map { line in
          let values = line.split(separator: "\t", omittingEmptySubsequences: false)
          return Dictionary(uniqueKeysWithValues: zip(names, values.map(String.init)))
        }
    }
  }

  private static func file(_ captures: [[Frame]]) throws -> [UInt8] {
    var writer = PcapngWriter()
    var bytes: [UInt8] = []
    try writer.appendSection(to: &bytes)
    var interfaces: [LinkType: Int] = [:]
    for (number, (frame, linkType)) in captures.joined().enumerated() {
      if interfaces[linkType] == nil {
        interfaces[linkType] = interfaces.count
        try writer.appendInterface(CaptureInterface(linkType: linkType), to: &bytes)
      }
      var frame = frame
      frame.interfaceIndex = interfaces[linkType] ?? 0
      let time = CaptureTimestamp(seconds: Int64(number), nanoseconds: 0)
      frame.timestamp = frame.timestamp ?? time
      try writer.append(frame, to: &bytes)
    }
    return bytes
  }

  /// The form in which values are compared: numbers in decimal, bytes as digits alone.
  private static func comparable(_ value: FieldValue) -> String {
    switch value {
    case .number(let number), .hexadecimal(let number, _): String(number)
    case .bytes: value.description.filter { $0 != ":" }
    default: value.description
    }
  }

  private static func comparable(_ text: String) -> String {
    switch text {
    case "True": return "1"
    case "False": return "0"
    default: break
    }
    if text.hasPrefix("0x"), let number = UInt64(text.dropFirst(2), radix: 16) {
      return String(number)
    }
    return text
  }
}
