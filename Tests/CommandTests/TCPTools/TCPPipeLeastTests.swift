import Glibc
import HostFiles
import Support
import Testing

/// `tcppipe-least`, and what many of it at once leave of a host file.
@Suite struct TCPPipeLeastTests {
  private func least(_ arguments: String...) throws -> ToolRun {
    try runCrimp(arguments, as: "tcppipe-least")
  }

  @Test func printsAddsSetsAndLists() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/hosts"
      try writeFile(path, Array("# mine\n10.0.0.1 1024\n10.0.0.2 512\n".utf8))
      #expect(try least(path).outputText == "10.0.0.2\n")
      #expect(try least(path, "-a", "10.0.0.2", "1000").status == 0)
      #expect(try least(path).outputText == "10.0.0.1\n")
      #expect(try least("-s", path, "host3.mydomain.com", "18446744073709551615").status == 0)
      #expect(try least("-a", path, "host3.mydomain.com", "1").status == 0)
      #expect(
        try least("-l", path).outputText
          == "10.0.0.1 1024\n10.0.0.2 1512\nhost3.mydomain.com 18446744073709551615\n")
      #expect(try readFile(path).starts(with: Array("# mine\n".utf8)))
    }
  }

  @Test(arguments: [
    ([], "expected FILE"), (["-a", "/dev/null", "x"], "expected FILE, HOST and BYTES"),
    (["-a", "-s", "/dev/null"], "only one of -a, -l and -s may be given"),
    (
      ["-a", "/dev/null", "x", "18446744073709551616"],
      "18446744073709551616: expected a number of bytes that fits into 64 bits"
    ),
  ])
  func aWrongArgumentGetsOneLine(_ arguments: [String], _ words: String) throws {
    let run = try runCrimp(arguments, as: "tcppipe-least")
    #expect(run.errorText == "tcppipe-least: \(words)\nTry 'tcppipe-least -h'.\n")
    #expect(run.status == 1)
  }

  @Test func whatIsNoHostFileIsRefusedWithItsPath() throws {
    #expect(try least("/dev/null").errorText == "tcppipe-least: /dev/null: it has no host\n")
    #expect(
      try least("/nowhere/at/all").errorText
        == "tcppipe-least: /nowhere/at/all: No such file or directory\n")
  }

  /// Forty processes count at once; every count is there at the end.
  @Test func noCountOfManyProcessesIsLost() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/hosts"
      try writeFile(path, Array("a 0\nb 0\n".utf8))
      let script = """
        for n in $(seq 40); do
          (for round in 1 2 3 4 5; do "$0" tcppipe-least -a "$1" a 3 && "$0" tcppipe-least -a "$1" b $n || exit 1; done) &
        done
        status=0
        for job in $(jobs -p); do wait $job || status=1; done
        exit $status
        """
      let run = try runTool("bash", ["-c", script, crimpPath, path])
      #expect(run.status == 0, "\(run.errorText)")
      let file = try HostFile(parsing: readFile(path))
      #expect(file.byteCount(of: "a") == 600)
      #expect(file.byteCount(of: "b") == 5 * 820)
    }
  }

  /// Writers are killed at any moment. The file is always whole; what a writer said that it had written is
  /// there, and of a killed one at most the count that it was about to write.
  @Test func killedWritersLeaveTheFileWholeAndNoCountTwice() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/hosts"
      // A comment of some pages makes the writing last.
      let comment = String(repeating: "# " + String(repeating: "x", count: 97) + "\n", count: 5000)
      try writeFile(path, Array((comment + "a 0\n").utf8))
      let script = """
        import os, random, signal, subprocess, sys, time
        random.seed(5)
        crimp, path = sys.argv[1:]
        done = killed = 0
        running = []
        for turn in range(150):
            running.append(subprocess.Popen([crimp, 'tcppipe-least', '-a', path, 'a', '1']))
            time.sleep(random.random() * 0.004)
            if random.random() < 0.5:
                running[random.randrange(len(running))].send_signal(signal.SIGKILL)
            text = open(path, 'rb').read()
            assert text.startswith(b'# x') and text.count(b'\\n') == 5001, 'a half file'
            while len(running) > 6:
                status = running.pop(0).wait()
                done, killed = done + (status == 0), killed + (status == -9)
        for process in running:
            status = process.wait()
            done, killed = done + (status == 0), killed + (status == -9)
        print(done, killed, open(path).read().rsplit(' ', 1)[1].strip(), sorted(os.listdir(os.path.dirname(path))))
        """
      let run = try runTool("python3", ["-c", script, crimpPath, path])
      let words = run.outputText.split(separator: " ")
      #expect(words.count >= 4, "\(run.errorText)")
      guard words.count >= 4, let done = Int(words[0]), let killed = Int(words[1]),
        let counted = Int(words[2])
      else { return }
      #expect(done + killed == 150 && killed > 10)
      #expect(counted >= done && counted <= done + killed, "\(run.outputText)")
      #expect(try least("-a", path, "a", "0").status == 0)
    }
  }
}
