import Glibc
import LinkLayer
import Support
import Testing

/// What crimp's commands put on the wire against what the originals, and the kernel, put there for the
/// same addresses: the same frames up to the padding, which ARCHITECTURE.md gives the reason for.
///
/// Needs root, for the namespaces.
@Suite(
  "Byte for byte with the originals", .serialized,
  .enabled(if: geteuid() == 0, "network namespaces need root"))
struct OriginalFramesTests {
  /// A recorded run, and the command of crimp that sends its frames.
  struct Pair: CustomTestStringConvertible {
    var record: String
    /// Which of the record's frames are meant: send_arp's request is a form that crimp leaves out.
    var frames: Range<Int>
    var arguments: [String]

    var testDescription: String { record }
  }

  private static let announce = ["announce", "-q", "-c", "1", "--foreground", "--force"]
  private static let request = announce + ["--no-reply", "--no-directed"]
  private static let reply = announce + ["--no-request", "--no-directed"]
  private static let directed = announce + ["--no-request", "--no-reply"]
  private static let ping = ["ping", "-q", "-c", "1", "--timeout", "0.1"]
  private static let probe = ["probe", "-q", "--fast"]
  private static let wake = ["wake", "-q", "--repeat", "1"]
  private static let sleeper = "02:00:00:00:00:0b"

  static let pairs = [
    Pair(record: "keepalived/takeover", frames: 0..<10, arguments: request + ["192.40.0.210"]),
    Pair(
      record: "keepalived/takeover-ipv6", frames: 0..<10,
      arguments: announce + ["--no-directed", "2001:db8::210"]),
    Pair(
      record: "arping.iputils/unsolicited", frames: 0..<1, arguments: request + ["192.40.0.200"]),
    Pair(record: "arping.iputils/answer", frames: 0..<1, arguments: reply + ["192.40.0.200"]),
    Pair(
      record: "arping/unsolicited-source", frames: 0..<1, arguments: request + ["192.40.0.200"]),
    Pair(
      record: "arping/source-ip", frames: 0..<1,
      arguments: directed + ["--notify", "192.0.2.2", "192.40.0.200"]),
    Pair(record: "send_arp/once", frames: 1..<2, arguments: reply + ["192.40.0.200"]),
    Pair(
      record: "send_ua/once", frames: 0..<1,
      arguments: announce + ["--no-directed", "2001:db8::1"]),
    Pair(record: "arping/probe-no-reply", frames: 0..<1, arguments: probe + ["192.0.2.77"]),
    Pair(record: "arping/no-reply", frames: 0..<1, arguments: ping + ["192.0.2.77"]),
    Pair(
      record: "arping/vlan-priority", frames: 0..<1,
      arguments: ping + ["--vlan", "5,3", "192.0.2.2"]),
    Pair(
      record: "arping/ping-mac-to", frames: 0..<1,
      arguments: ping + ["--destination", "192.0.2.2", sleeper]),
    Pair(record: "etherwake/broadcast", frames: 0..<1, arguments: wake + ["--raw", sleeper]),
    Pair(
      record: "etherwake/one", frames: 0..<1, arguments: wake + ["--raw", "--unicast", sleeper]),
    Pair(
      record: "wakeonlan/directed", frames: 0..<1,
      arguments: wake + ["--to", "192.0.2.255", sleeper]),
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
      let sent = try sent(pair.arguments, in: network)
      #expect(sent.count == 1, "\(pair.record)")
      for (ours, theirs) in zip(sent, originals) {
        #expect(Self.isPadded(ours, of: theirs), "\(pair.record): \(ours), not \(theirs)")
      }
    }
  }

  /// Resolution and duplicate address detection, which the kernel does of its own accord.
  @Test("as this kernel asks")
  func kernel() throws {
    let network = try DropInNetwork(102)
    for (address, script, arguments) in [
      ("192.0.2.78", "bash -c 'echo >/dev/udp/192.0.2.78/9'", Self.ping),
      ("2001:db8::78", "bash -c 'echo >/dev/udp/2001:db8::78/9'", Self.ping),
      (
        "2001:db8::79",
        "sysctl -qw net.ipv6.conf.eth0.accept_dad=1; ip addr add 2001:db8::79/64 dev eth0",
        Self.probe
      ),
    ] {
      let target = try #require(IPAddress(address))
      let theirs = try network.questions(about: target) { try network.tell(script) }
      let original = try #require(theirs.first)
      #expect(theirs.count == 1, "\(theirs)")
      // The kernel is to ask no more for it, nor to have it.
      try network.tell(
        """
        ip neighbor del \(address) dev eth0 2>/dev/null || true
        ip addr del \(address)/64 dev eth0 2>/dev/null || true
        """)
      let line = ([crimpPath] + arguments + ["-i", "eth0", address]).joined(separator: " ")
      let ours = try network.questions(about: target) { try network.tell("\(line) || true") }
      #expect(ours.contains { Self.isPadded($0, of: original) }, "\(ours), not \(original)")
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
      let sent = try sent(Self.request + [String(address.prefix { $0 != "/" })], in: network)
      #expect(sent.count == 1)
      let ours = try #require(sent.first)
      for theirs in originals {
        #expect(Self.isPadded(ours, of: theirs), "\(ours), not \(theirs)")
      }
    }
  }

  /// The different frames that crimp sends.
  private func sent(_ arguments: [String], in network: DropInNetwork) throws -> Set<String> {
    var golden = DropInGolden(name: "crimp")
    golden.arguments = arguments + ["-i", "eth0"]
    let outcome = try network.run(golden, as: crimpPath)
    #expect(outcome.errorOutput.isEmpty, "\(arguments): \(outcome.errorOutput)")
    return Set(outcome.frames)
  }

  private static func frames(ofRecord text: String) -> [String] {
    let lines = text.split(separator: "\n")
    guard let start = lines.firstIndex(of: "frames:") else { return [] }
    return lines[lines.index(after: start)...].map { String($0.dropFirst(2)) }
  }

  /// Whether `ours` is `theirs`, both filled up with zeros to the least that Ethernet carries.
  private static func isPadded(_ ours: String, of theirs: String) -> Bool {
    let minimum = theirs.contains(" 8100 ") ? 64 : 60
    let digits = 2 * minimum + 3
    return ours
      == theirs + String(repeating: "0", count: max(0, digits - theirs.utf8.count))
  }
}
