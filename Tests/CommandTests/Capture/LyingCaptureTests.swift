import CaptureFile
import Support
import Testing

/// Lengths that lie, blocks of 4 GB, time that runs backwards, tails that are cut, link types that nobody
/// knows, in both formats and byte orders: one line says what is wrong, and the good frames are told.
@Suite("Captures that lie")
struct LyingCaptureTests {
  typealias Lie = LyingCapture.Lie

  @Test("are decoded as far as they are good", arguments: LyingCapture.Format.all)
  func decoded(format: LyingCapture.Format) throws {
    for lie in format.isPcapng ? Lie.ofPcapng : Lie.ofPcap {
      var capture = LyingCapture(format)
      lie.tell(&capture)
      let run = try runCrimp(["decode", "-"], input: capture.bytes)
      try check(run, lie)
      #expect(run.outputLines.count == lie.good, "\(lie.name): \(run.outputText)")
      for (number, line) in run.outputLines.enumerated() {
        #expect(
          line.contains("ARP who-has 192.0.2.9") && line.contains("tell 192.0.2.\(number + 1)"),
          "\(lie.name): \(line)")
      }
    }
  }

  /// Some of the lies to each command that reads captures, and in each of its styles.
  @Test("are read by every command as far as they are good", arguments: Lie.forAll)
  func commands(lie: Lie) throws {
    #expect(Lie.forAll.count == 8)
    var capture = LyingCapture(LyingCapture.Format(isPcapng: lie.isOfPcapng, order: .big))
    lie.tell(&capture)
    try withTemporaryDirectory { directory in
      let (path, out) = ("\(directory)/lying", "\(directory)/out.pcapng")
      try writeFile(path, capture.bytes)
      var run = try runCrimp(["decode", "--json", path])
      try check(run, lie)
      #expect(run.outputLines.count == lie.good, "\(lie.name): \(run.outputText)")

      run = try runCrimp(["decode", "--summary", path])
      try check(run, lie)
      #expect(run.outputText.hasPrefix("\(lie.good) frames, "), "\(lie.name): \(run.outputText)")

      run = try runCrimp(["replay", path, "--write", out, "--max-gap", "1"])
      try check(run, lie)
      #expect(try ReadCapture(out).frames.count == lie.good, "\(lie.name): \(run.outputText)")

      run = try runCrimp(["scan", "--read", path, "--no-vendor"])
      try check(run, lie)
      #expect(run.outputLines.last == "\(lie.good) hosts", "\(lie.name): \(run.outputText)")

      run = try runCrimp(["watch", "--read", path, "--no-vendor"])
      try check(run, lie)
      #expect(run.outputLines.count == lie.good, "\(lie.name): \(run.outputText)")
      #expect(run.outputLines.allSatisfy { $0.contains("new station 192.0.2.") })

      // An exchange that is not whole is none: it is not compared as if it were. Times that no recording can
      // say are told, too.
      run = try runCrimp([
        "replay-test", path, "--host", "192.0.2.1", "--machine", "ping -c 1 192.0.2.9",
      ])
      #expect(
        (lie.words == nil ? [0, 1, 74] : [66]).contains(run.status),
        "\(lie.name): \(run.outputText)")
      if let words = lie.words {
        #expect(run.outputText.contains("a damaged one: "), "\(lie.name): \(run.outputText)")
        #expect(run.outputText.contains(words), "\(lie.name): \(run.outputText)")
      }
    }
  }

  @Test("of a link type that nobody knows are told so", arguments: LyingCapture.Format.all)
  func unknownLinkType(format: LyingCapture.Format) throws {
    let bytes = LyingCapture(format, linkType: 147).bytes
    let decoded = try runCrimp(["decode", "-"], input: bytes)
    #expect(decoded.status == 0 && decoded.errorText.isEmpty)
    #expect(decoded.outputLines.count == 3)
    #expect(decoded.outputLines.allSatisfy { $0.hasSuffix("link type 147, length 42") })
    try withTemporaryDirectory { directory in
      for arguments in [
        ["replay", "-", "--write", "\(directory)/out.pcapng"], ["scan", "--read", "-"],
        ["watch", "--read", "-"],
      ] {
        let run = try runCrimp(arguments, input: bytes)
        #expect(run.status == 66, "\(arguments): \(run.outputText)")
        #expect(run.errorText.contains("3 frames of link type 147"), "\(run.errorText)")
        #expect(run.errorText.split(separator: "\n").count == 1, "\(run.errorText)")
      }
    }
  }

  /// A capture of several links is read for the sake of those that are Ethernet.
  @Test("of other links beside Ethernet are heard as far as they are Ethernet's")
  func mixedLinks() throws {
    var capture = LyingCapture(LyingCapture.Format(isPcapng: true, order: .little))
    capture.appendToHead(1, 20, 147, 0, 20)
    capture.store(1, at: 8)
    for (arguments, count) in [(["scan", "--no-vendor"], 3), (["watch", "--no-vendor"], 2)] {
      let run = try runCrimp(arguments + ["--read", "-"], input: capture.bytes)
      #expect(run.status == 0 && run.outputLines.count == count, "\(run.outputText)")
      #expect(run.errorText.contains("1 frame of link type 147: passed over"), "\(run.errorText)")
    }
  }

  /// The exit status and the one line that the lie asks for.
  private func check(_ run: ToolRun, _ lie: Lie) throws {
    #expect(run.status == (lie.words == nil ? 0 : 66), "\(lie.name): \(run.errorText)")
    guard let words = lie.words else {
      #expect(run.errorText.isEmpty, "\(lie.name): \(run.errorText)")
      return
    }
    #expect(run.errorText.contains(words), "\(lie.name): \(run.errorText)")
    #expect(run.errorText.split(separator: "\n").count == 1, "\(lie.name): \(run.errorText)")
  }
}
