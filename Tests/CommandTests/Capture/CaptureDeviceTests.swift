import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What AF_PACKET's ring does not serve, and where a person watches. Needs root.
@Suite("crimp capture elsewhere", .serialized, .sharedLaboratory)
struct CaptureDeviceTests {
  @Test("takes the frames of all interfaces by libpcap's device any, with their directions")
  func anyDevice() throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/any.pcapng"
        let capture = try network.ownerB.startCapture(
          ["capture", "-i", "any", "-w", path, "-c", "4", NumberedFrames.filter])
        try NumberedFrames(from: network.ownerB).send(0..<2)
        try NumberedFrames(from: network.client).send(2..<4)
        let run = try capture.end()
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.errorText.contains("any (by libpcap)"))
        let file = try ReadCapture(path)
        #expect(file.interfaces.first?.linkType == .linuxCooked)
        #expect(file.frames.filter { $0.direction == .outbound }.count == 2)
        #expect(file.frames.filter { $0.direction == .inbound }.count == 2)
        #expect(try Judgement(path) == Judgement(frames: 4))
      }
    }
  }

  @Test("takes the packets of a tunnel, which have no header of a link")
  func tunnel() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        try network.client.tool("ip", "tuntap", "add", "dev", "tun7", "mode", "tun")
        try network.client.tool("ip", "addr", "add", "198.51.100.1/24", "dev", "tun7")
        try network.client.tool("ip", "link", "set", "tun7", "up")
        let path = "\(directory)/tun.pcapng"
        // Nobody holds the tunnel's other end: nothing comes, and the file says what would have.
        let run = try network.client.crimp(
          "capture", "-i", "tun7", "-w", path, "--duration", "0.2")
        #expect(run.status == 0, "\(run.errorText)")
        let file = try ReadCapture(path)
        #expect(file.interfaces.first?.linkType == .raw)
        #expect(file.interfaces.first?.name == "tun7")
        #expect(try Judgement(path) == Judgement(frames: 0))
      }
    }
  }

  @Test("takes what a host says to itself once")
  func loopback() throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/lo.pcapng"
        let capture = try network.client.startCapture(
          ["capture", "-i", "lo", "-w", path, "-c", "4", "icmp"])
        _ = try network.client.run {
          try runTool("ping", ["-c", "2", "-i", "0.05", "127.0.0.1"])
        }
        #expect(try capture.end().status == 0)
        let shown = try runTool(
          "tshark", ["-n", "-r", path, "-T", "fields", "-e", "icmp.type", "-e", "icmp.seq"])
        #expect(shown.outputLines == ["8\t1", "0\t1", "8\t2", "0\t2"])
      }
    }
  }

  @Test("shows at a terminal how far it is, and leaves it clean")
  func progress() throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let capture = try network.client.run {
          try TerminalTool(
            crimpPath, ["capture", "-i", "eth0", "-w", path, NumberedFrames.filter],
            argumentZero: "crimp")
        }
        #expect(capture.shows("capturing on eth0"))
        try NumberedFrames(from: network.ownerB).send(0..<7)
        #expect(capture.shows("7 frames, 700 bytes, 0 dropped"))
        capture.send(signal: SIGINT)
        #expect(capture.shows("crimp: eth0: 7 frames, 700 bytes, 0 dropped"))
        #expect(try capture.end() == 0)
      }
    }
  }
}
