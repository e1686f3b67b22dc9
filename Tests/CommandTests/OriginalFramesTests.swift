import Glibc
import Support
import Testing

/// What `crimp announce` puts on the wire against what failover tools put there for the same
/// address: the same frames up to the padding, which ARCHITECTURE.md gives the reason for.
///
/// Needs root, for the namespaces.
@Suite(
  "Byte for byte with the originals", .serialized,
  .enabled(if: geteuid() == 0, "network namespaces need root"))
struct OriginalFramesTests {
  /// A recorded run, and the form of `crimp announce` that sends its frames.
  struct Pair: CustomTestStringConvertible {
    var record: String
    /// Which of the record's frames are meant: send_arp's request is a form that crimp leaves out.
    var frames: Range<Int>
    var arguments: [String]

    var testDescription: String { record }
  }

  static let request = ["--no-reply", "--no-directed"]
  static let reply = ["--no-request", "--no-directed"]
  static let pairs = [
    Pair(
      record: "keepalived/takeover", frames: 0..<10, arguments: request + ["192.40.0.210"]),
    Pair(
      record: "keepalived/takeover-ipv6", frames: 0..<10,
      arguments: ["--no-directed", "2001:db8::210"]),
    Pair(
      record: "arping.iputils/unsolicited", frames: 0..<1, arguments: request + ["192.40.0.200"]),
    Pair(record: "arping.iputils/answer", frames: 0..<1, arguments: reply + ["192.40.0.200"]),
    Pair(
      record: "arping/unsolicited-source", frames: 0..<1, arguments: request + ["192.40.0.200"]),
    Pair(record: "send_arp/once", frames: 1..<2, arguments: reply + ["192.40.0.200"]),
    Pair(record: "send_ua/once", frames: 0..<1, arguments: ["--no-directed", "2001:db8::1"]),
  ]

  @Test("as recorded")
  func recorded() throws {
    let network = try DropInNetwork(100)
    for pair in Self.pairs {
      let text = try Fixture.file("Fixtures/originals/\(pair.record).txt")
      let frames = Self.frames(ofRecord: String(decoding: text, as: UTF8.self))
      try #require(frames.count == pair.frames.upperBound, "\(pair.record)")
      let originals = Set(frames[pair.frames])
      // However often it is said, it is one frame.
      try #require(originals.count == 1, "\(pair.record)")
      let sent = try announced(pair.arguments, in: network)
      #expect(sent.count == 1, "\(pair.record)")
      for (ours, theirs) in zip(sent, originals) {
        #expect(Self.isPadded(ours, of: theirs), "\(pair.record): \(ours), not \(theirs)")
      }
    }
  }

  @Test(
    "as keepalived sends them now", arguments: [("192.40.0.210/24", 5), ("2001:db8::210/64", 5)])
  func live(address: String, burst: Int) throws {
    let network = try DropInNetwork(101)
    try withTemporaryDirectory { directory in
      let originals = try network.announcements(
        ofKeepalived: address, count: burst, directory: directory)
      #expect(originals.count >= burst)
      let sent = try announced(
        Self.request + [String(address.prefix { $0 != "/" })], in: network)
      #expect(sent.count == 1)
      let ours = try #require(sent.first)
      for theirs in originals {
        #expect(Self.isPadded(ours, of: theirs), "\(ours), not \(theirs)")
      }
    }
  }

  /// The frames of one round.
  private func announced(_ arguments: [String], in network: DropInNetwork) throws -> [String] {
    var golden = DropInGolden(name: "announce")
    golden.arguments =
      ["announce", "-q", "-c", "1", "--foreground", "--force", "-i", "eth0"] + arguments
    let outcome = try network.run(golden, as: crimpPath)
    #expect(outcome.status == 0, "\(arguments): \(outcome.errorOutput)")
    return outcome.frames
  }

  private static func frames(ofRecord text: String) -> [String] {
    let lines = text.split(separator: "\n")
    guard let start = lines.firstIndex(of: "frames:") else { return [] }
    return lines[lines.index(after: start)...].map { String($0.dropFirst(2)) }
  }

  /// Whether `ours` is `theirs`, both filled up with zeros to the least that Ethernet carries.
  private static func isPadded(_ ours: String, of theirs: String) -> Bool {
    let digits = 2 * 60 + 3
    return ours
      == theirs + String(repeating: "0", count: max(0, digits - theirs.utf8.count))
  }
}
