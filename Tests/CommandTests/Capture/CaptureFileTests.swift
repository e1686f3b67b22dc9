import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Support
import Testing

/// What stands in the files of `crimp capture` however it ends, and where one file follows another. Needs
/// root.
@Suite("The files of crimp capture", .serialized, .sharedLaboratory)
struct CaptureOutputTests {
  @Test(
    "are whole up to the last frame when the process is killed", arguments: ["a.pcapng", "a.pcap"])
  func killed(name: String) throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/\(name)"
        let capture = try network.client.startCapture(
          ["capture", "-i", "eth0", "-w", path, NumberedFrames.filter])
        try NumberedFrames(from: network.ownerB).send(0..<500)
        #expect(try eventually { try ReadCapture(path).frames.count == 500 })
        capture.send(signal: SIGKILL)
        #expect(try capture.end().status == 128 + SIGKILL)
        #expect(try Judgement(path) == Judgement(frames: 500))
        #expect(try ReadCapture(path).numbers == Array(0..<500))
      }
    }
  }

  @Test("end with a whole frame where the disk is full", arguments: ["a.pcapng", "a.pcap"])
  func diskFull(name: String) throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        // A file system of 64 KiB, seen by this capture alone; what it holds at the end is copied out.
        let script = """
          mount -t tmpfs -o size=64k none \(directory) || exit 99
          "\(crimpPath)" capture -q -i eth0 -w \(directory)/\(name) \(NumberedFrames.filter)
          status=$?
          cat \(directory)/\(name)
          exit $status
          """
        let capture = try network.client.run {
          try RunningTool("unshare", ["-m", "sh", "-c", script])
        }
        let frames = try NumberedFrames(from: network.ownerB)
        var ended: Int32 = 0
        var status = siginfo_t()
        // Sends until the disk is full: the capture may begin late.
        for round in 0..<200 where ended == 0 {
          try frames.send(round * 100..<(round + 1) * 100, count: 1000)
          usleep(20_000)
          waitid(P_PID, id_t(capture.process), &status, WEXITED | WNOHANG | WNOWAIT)
          ended = status.si_signo
        }
        let run = try capture.end()
        #expect(run.status == 74)
        #expect(run.errorText.contains("No space left on device"), "\(run.errorText)")
        let file = ReadCapture(bytes: run.output)
        #expect(file.fault == nil)
        #expect(file.frames.count > 40)
        #expect(file.frames.allSatisfy { $0.bytes.count == 1000 })
      }
    }
  }

  @Test(
    "follow one another by size, time or count, and the oldest go",
    arguments: [
      ["--rotate-count", "10"], ["--rotate-size", "2k"],
    ])
  func rotation(options: [String]) throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let capture = try network.client.startCapture(
          ["capture", "-i", "eth0", "-w", "\(directory)/ring.pcapng", "--files", "3", "--json"]
            + options + ["-c", "75", NumberedFrames.filter])
        try NumberedFrames(from: network.ownerB).send(0..<75)
        let run = try capture.end()
        #expect(run.status == 0, "\(run.errorText)")
        let names = try files(in: directory)
        #expect(names.count == 3)
        var numbers: [Int] = []
        for name in names {
          let path = "\(directory)/\(name)"
          let file = try ReadCapture(path)
          #expect(file.fault == nil)
          #expect(file.interfaces.first?.name == "eth0")
          #expect((file.statistics.first ?? nil) != nil)
          if options[0] == "--rotate-size" { #expect(try readFile(path).count <= 2048) }
          #expect(try Judgement(path) == Judgement(frames: file.frames.count))
          #expect(run.outputText.contains("\"file\":\"\(path)\""))
          numbers += file.numbers
        }
        // The last files, in their order, hold the last frames without a gap.
        #expect(numbers == Array((75 - numbers.count)..<75))
        if options[0] == "--rotate-count" { #expect(numbers.count == 25) }
      }
    }
  }

  @Test("begin anew at SIGUSR2 and after a time; SIGUSR1 tells the figures")
  func signals() throws {
    try withSharedNetwork { network in
      try withTemporaryDirectory { directory in
        let capture = try network.client.startCapture([
          "capture", "-i", "eth0", "-w", "\(directory)/s.pcap", "--rotate-time", "3600", "--json",
          NumberedFrames.filter,
        ])
        let frames = try NumberedFrames(from: network.ownerB)
        try frames.send(0..<3)
        #expect(
          try eventually {
            try files(in: directory).first.map {
              try ReadCapture("\(directory)/\($0)").frames.count == 3
            } ?? false
          })
        capture.send(signal: SIGUSR2)
        #expect(try eventually { try files(in: directory).count == 2 })
        capture.send(signal: SIGUSR1)
        #expect(try eventually { try capture.outputSoFar().contains("\"statistics\"") })
        capture.send(signal: SIGINT)
        let run = try capture.end()
        #expect(run.status == 0)
        #expect(run.outputText.contains("\"frames\":3"), "\(run.outputText)")
        let timed = try network.client.crimp(
          "capture", "-q", "-i", "eth0", "-w", "\(directory)/t.pcap", "--rotate-time", "0.1",
          "--duration", "0.55", NumberedFrames.filter)
        #expect(timed.status == 0)
        #expect(try files(in: directory).filter { $0.hasPrefix("t_") }.count >= 3)
      }
    }
  }

  @Test("go through a pipe while they grow")
  func pipe() throws {
    try withSharedNetwork { network in
      let script = "'\(crimpPath)' capture -i eth0 -w - \(NumberedFrames.filter)"
      let reader = try network.client.run {
        try RunningTool("sh", ["-c", script + " | tshark -n -l -r - -c 5 2>/dev/null"])
      }
      let frames = try NumberedFrames(from: network.ownerB)
      // tshark ends after five frames; the capture then meets a pipe without a reader.
      #expect(
        try eventually {
          try frames.send(0..<1)
          usleep(10_000)
          return try reader.outputSoFar().split(separator: "\n").count == 5
        })
      var ended: ToolRun?
      #expect(
        try eventually {
          try frames.send(0..<1)
          usleep(10_000)
          ended = try? reader.end(seconds: 0)
          return ended != nil
        })
      #expect(ended?.status == 0)
    }
  }

  private func files(in directory: String) throws -> [String] {
    try runTool("ls", [directory]).outputLines
  }
}

/// What `crimp capture` refuses, in one line.
@Suite("crimp capture refuses") struct CaptureRefusalTests {
  static let refused: [([String], Int32, String)] = [
    (["-i", "lo"], 64, "--write: expected a file"),
    (["-i", "lo", "-w", "-", "--decode"], 64, "--write -: expected without --decode"),
    (["-i", "lo", "-w", "-", "--rotate-count", "5"], 64, "a pipe has no next file"),
    (["-i", "lo", "-w", "/tmp/x.pcapng", "--files", "2"], 64, "--files: expected with"),
    (["-i", "lo", "--decode", "--comment", "x"], 64, "--write: expected with"),
    (["-i", "lo", "-w", "/tmp/x.pcap", "--comment", "x"], 64, "pcap has no room"),
    (["-i", "lo", "-w", "/tmp/x.pcapng", "--microseconds"], 64, "pcapng has nanoseconds"),
    (["-i", "lo", "--decode", "-c", "0"], 64, "--count: expected 1 or more"),
    (["-i", "lo", "--decode", "-s", "0"], 64, "--snap-length: expected 1 to 262144"),
    (["-i", "lo", "--decode", "--duration", "-1"], 64, "--duration"),
    (["-i", "lo", "--decode", "-B", "3"], 64, "--buffer: expected 512k to 16G"),
    (["-i", "lo", "-i", "lo", "--decode"], 64, "expected each interface once"),
    (["-i", "lo", "--decode", "tcp", "prot", "7"], 64, "filter \"tcp prot 7\""),
    (["-i", "lo", "-w", "/nowhere/x.pcapng"], 74, "/nowhere/x.pcapng: No such file"),
    (["-i", "absent0", "--decode"], 69, "absent0"),
    (["-i", "lo", "--timestamps", "hardware", "--decode"], 69, "stamps no frames itself"),
  ]

  @Test("what cannot be", arguments: refused)
  func refusal(arguments: [String], status: Int32, words: String) throws {
    let run = try runCrimp(["capture"] + arguments)
    #expect(run.status == status, "\(arguments): \(run.errorText)")
    #expect(run.errorText.contains(words), "\(run.errorText)")
    #expect(run.errorText.split(separator: "\n").count == 1, "\(run.errorText)")
  }
}
