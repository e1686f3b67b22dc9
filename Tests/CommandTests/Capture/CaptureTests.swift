import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// `crimp capture` on a wire, its files judged by the tools that people have. Needs root.
@Suite("crimp capture", .serialized, .sharedLaboratory)
struct CaptureTests {
  static let kinds = [
    ("seen.pcapng", [String](), "nseconds"), ("seen.pcap", [], "nseconds"),
    ("old.pcap", ["--microseconds"], "microseconds"),
  ]

  @Test("writes what came, as capinfos, tcpdump and tshark read it", arguments: kinds)
  func formats(name: String, options: [String], precision: String) throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/\(name)"
        let capture = try network.client.startCapture(
          ["capture", "-i", "eth0", "-w", path, "-c", "300"] + options + [NumberedFrames.filter])
        try NumberedFrames(from: network.ownerB).send(0..<300, count: 333)
        let run = try capture.end()
        #expect(run.status == 0, "\(run.errorText)")
        #expect(try Judgement(path) == Judgement(frames: 300))
        let file = try ReadCapture(path)
        #expect(file.fault == nil)
        #expect(file.numbers == Array(0..<300))
        #expect(file.frames.allSatisfy { $0.originalLength == 333 && $0.bytes.count == 333 })
        // tshark reads the same times, to the digit.
        let times = try runTool(
          "tshark", ["-n", "-r", path, "-T", "fields", "-e", "frame.time_epoch"])
        #expect(times.outputLines == file.frames.compactMap { $0.timestamp?.text })
      }
    }
  }

  @Test("says in the file where the frames come from, which way they went, and what was noted")
  func descriptions() throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let capture = try network.ownerB.startCapture([
          "capture", "-i", "eth0", "-w", path, "-c", "20", "--comment", "port 7, after the change",
          NumberedFrames.filter,
        ])
        try NumberedFrames(from: network.ownerB).send(0..<10)
        try NumberedFrames(from: network.client).send(10..<20)
        #expect(try capture.end().status == 0)
        let file = try ReadCapture(path)
        let interface = try #require(file.interfaces.first)
        #expect(interface.name == "eth0")
        #expect(interface.filter == NumberedFrames.filter)
        #expect(
          interface.hardwareAddress == (try network.ownerB.interface().hardwareAddress.bytes))
        #expect(interface.timestampResolution == .nanoseconds)
        #expect(file.sections.first?.comments == ["port 7, after the change"])
        #expect(file.sections.first?.application?.hasPrefix("crimp ") == true)
        #expect(file.frames.map(\.direction).filter { $0 == .outbound }.count == 10)
        #expect(file.frames.map(\.direction).filter { $0 == .inbound }.count == 10)
        let statistics = try #require(file.statistics.first ?? nil)
        #expect(statistics.delivered == 20)
        #expect(statistics.droppedBySystem == 0)
        #expect(statistics.startTime != nil && statistics.endTime != nil)
        let theirs = try runTool("capinfos", ["-M", path])
        #expect(theirs.outputText.contains("port 7, after the change"), "\(theirs.outputText)")
        #expect(theirs.outputText.contains("Name = eth0"))
        let shown = try runTool(
          "tshark",
          [
            "-n", "-r", path, "-T", "fields", "-e", "frame.packet_flags_direction", "-e",
            "frame.interface_name",
          ])
        #expect(shown.outputLines.filter { $0 == "0x00000002\teth0" }.count == 10)
      }
    }
  }

  @Test("keeps a tag in its place, and no more of a frame than was asked for")
  func tagsAndSnapLength() throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let capture = try network.client.startCapture(
          ["capture", "-i", "eth0", "-w", path, "-s", "64", "-c", "5", "vlan 7"])
        let frames = try NumberedFrames(from: network.ownerB)
        try frames.send(0..<5, count: 200)
        try frames.send(5..<10, count: 200, tag: [0x81, 0, 0xa0, 7])
        #expect(try capture.end().status == 0)
        let file = try ReadCapture(path)
        #expect(file.numbers == Array(5..<10))
        #expect(file.frames.allSatisfy { $0.bytes.count == 64 && $0.originalLength == 200 })
        #expect(file.interfaces.first?.snapLength == 64)
        #expect(file.frames.allSatisfy { Array($0.bytes[12..<16]) == [0x81, 0, 0xa0, 7] })
      }
    }
  }

  @Test("takes one direction alone", arguments: [("in", 100..<103), ("out", 0..<3)])
  func direction(way: String, expected: Range<Int>) throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let capture = try network.ownerB.startCapture([
          "capture", "-i", "eth0", "-w", path, "-c", "3", "--direction", way,
          NumberedFrames.filter,
        ])
        try NumberedFrames(from: network.ownerB).send(0..<3)
        try NumberedFrames(from: network.client).send(100..<103)
        #expect(try capture.end().status == 0)
        #expect(try ReadCapture(path).numbers == Array(expected))
      }
    }
  }

  @Test("takes several interfaces into one file, each frame with its own")
  func interfaces() throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let capture = try network.switchHost.startCapture([
          "capture", "-i", "port-a", "-i", "port-b", "--direction", "in", "-w", path, "-c", "20",
          NumberedFrames.filter,
        ])
        try NumberedFrames(from: network.ownerA).send(0..<10)
        try NumberedFrames(from: network.ownerB).send(10..<20)
        #expect(try capture.end().status == 0)
        let file = try ReadCapture(path)
        #expect(file.interfaces.map(\.name) == ["port-a", "port-b"])
        let numbers = file.numbers
        for (index, frame) in file.frames.enumerated() {
          #expect(frame.interfaceIndex == (numbers[index] < 10 ? 0 : 1))
        }
        #expect(Set(numbers) == Set(0..<20))
        #expect(file.statistics.map { $0?.delivered } == [10, 10])
        #expect(try Judgement(path) == Judgement(frames: 20))
      }
    }
  }

  @Test("counts exactly what it lost while it could not read")
  func drops() throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let capture = try network.client.startCapture(
          ["capture", "-i", "eth0", "-w", path, "-B", "512k", "--json", NumberedFrames.filter])
        capture.send(signal: SIGSTOP)
        let sent = 5000
        try NumberedFrames(from: network.ownerB).send(0..<sent, count: 1000)
        capture.send(signal: SIGCONT)
        #expect(try eventually { try ReadCapture(path).frames.count > 0 })
        capture.send(signal: SIGINT)
        let run = try capture.end()
        #expect(run.status == 0)
        let file = try ReadCapture(path)
        let statistics = try #require(file.statistics.first ?? nil)
        let delivered = try #require(statistics.delivered)
        let dropped = try #require(statistics.droppedBySystem)
        #expect(Int(delivered) == file.numbers.count)
        #expect(dropped > 0)
        #expect(Int(delivered + dropped) == sent)
        #expect(run.outputText.contains("\"dropped\":\(dropped)"), "\(run.outputText)")
      }
    }
  }

  @Test("stays privileged no longer than it takes to open the interfaces, and ends by a signal")
  func privileges() throws {
    try withSharedNetwork { network in
      let capture = try network.client.startCapture(
        ["capture", "-i", "eth0", "--decode", NumberedFrames.filter])
      #expect(try capture.isCapturing())
      try NumberedFrames(from: network.ownerB).send(0..<3)
      #expect(
        try eventually { try capture.outputSoFar().split(separator: "\n").count == 3 })
      capture.send(signal: SIGTERM)
      let run = try capture.end()
      #expect(run.status == 0)
      #expect(run.errorText.contains("eth0: 3 frames, 300 bytes, 0 dropped"), "\(run.errorText)")
    }
  }

  @Test(
    "ends when nobody reads any more what it decodes", arguments: ["decode", "capture --decode"])
  func readerGoes(command: String) throws {
    let run = try runTool(
      "unshare",
      [
        "-n", "-p", "-f", "--kill-child", "bash", "-c",
        """
        ip link set lo up
        while :; do echo x > /dev/udp/127.0.0.1/9; sleep 0.05; done 2>/dev/null &
        timeout 60 $0 \(command) -i lo udp | head -1 > /dev/null; echo ${PIPESTATUS[0]}
        """, crimpPath,
      ])
    #expect(run.outputText == "0\n", "\(run.errorText)")
  }

  @Test("ends by itself after a time, after so many bytes")
  func limits() throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let timed = try network.client.crimp(
          "capture", "-q", "-i", "eth0", "-w", path, "--duration", "0.2")
        #expect(timed.status == 0)
        #expect(try ReadCapture(path).fault == nil)
        let sized = try network.client.startCapture(
          ["capture", "-i", "eth0", "-w", path, "--size", "10k", NumberedFrames.filter])
        try NumberedFrames(from: network.ownerB).send(0..<2000, count: 1000)
        #expect(try sized.end().status == 0)
        #expect(try readFile(path).count >= 10 << 10)
        #expect(try ReadCapture(path).fault == nil)
      }
    }
  }

  @Test("ends with its file whole when the interface goes")
  func interfaceGoes() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let capture = try network.client.startCapture(
          ["capture", "-i", "eth0", "-w", path, NumberedFrames.filter])
        try NumberedFrames(from: network.ownerB).send(0..<3)
        #expect(try eventually { try ReadCapture(path).frames.count == 3 })
        try network.client.tool("ip", "link", "del", "eth0")
        let run = try capture.end()
        #expect(run.status == 69)
        #expect(run.errorText.contains("no interface named eth0"), "\(run.errorText)")
        let file = try ReadCapture(path)
        #expect(file.fault == nil && file.frames.count == 3)
      }
    }
  }

  @Test("goes on when an interface was down for a while")
  func interfaceDown() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let capture = try network.client.startCapture(
          ["capture", "-i", "eth0", "-w", path, "-c", "1", NumberedFrames.filter])
        try network.client.setUp("eth0", false)
        try network.client.setUp("eth0", true)
        let frames = try NumberedFrames(from: network.ownerB)
        // The carrier comes back some time after the interface.
        #expect(
          try eventually {
            try? frames.send(0..<1)
            return try ReadCapture(path).frames.count == 1
          })
        let run = try capture.end()
        #expect(run.status == 0)
        #expect(run.errorText.contains("eth0 is down"), "\(run.errorText)")
      }
    }
  }
}

extension CaptureTimestamp {
  /// Seconds with nine digits after the point, as tshark writes them.
  var text: String {
    let fraction = String(nanoseconds)
    return "\(seconds)." + String(repeating: "0", count: 9 - fraction.count) + fraction
  }
}
