import EventLoop
import Glibc
import Testing

@Suite struct `Child processes` {
  @Test func `an exit code arrives`() throws {
    let loop = try EventLoop()
    try loop.run {
      let child = try ChildProcess(shell("exit 7"), on: loop)
      #expect(try await child.exitStatus == .exited(7))
      #expect(try await child.exitStatus == .exited(7), "it can be asked again")
      #expect(throws: SystemError(errno: ESRCH, operation: "pidfd_send_signal")) {
        try child.send(signal: SIGTERM)
      }
    }
  }

  @Test func `a signal's number arrives`() throws {
    let loop = try EventLoop()
    try loop.run {
      let child = try ChildProcess(ChildProcess.Command("sleep", ["600"]), on: loop)
      try child.send(signal: SIGTERM)
      #expect(try await child.exitStatus == .killed(signal: SIGTERM))
    }
  }

  @Test func `a child does not inherit the signals that the loop blocks`() throws {
    let loop = try EventLoop()
    let registration = try loop.onSignal([SIGTERM]) { _ in }
    try loop.run {
      let child = try ChildProcess(shell("kill -TERM $$; exit 3"), on: loop)
      #expect(try await child.exitStatus == .killed(signal: SIGTERM))
    }
    registration.cancel()
  }

  @Test func `a child whose handle is dropped is reaped all the same`() throws {
    let loop = try EventLoop()
    try loop.run {
      let identifier = try ChildProcess(shell("exit 0"), on: loop).identifier
      // Signal 0 finds a zombie, but not who was reaped.
      while kill(identifier, 0) == 0 { try await loop.sleep(for: .milliseconds(1)) }
      #expect(errno == ESRCH)
    }
  }

  @Test func `a missing program is told`() throws {
    let loop = try EventLoop()
    for name in ["/no/such/program", "no-such-program-in-path"] {
      #expect(throws: SystemError(errno: ENOENT, operation: "posix_spawn")) {
        try ChildProcess(ChildProcess.Command(name), on: loop)
      }
    }
  }

  @Test func `a string that C would cut is refused`() throws {
    let loop = try EventLoop()
    #expect(throws: SystemError(errno: EINVAL, operation: "posix_spawn")) {
      try ChildProcess(ChildProcess.Command("true", ["a\0b"]), on: loop)
    }
  }

  @Test func `output and error are kept apart`() throws {
    let loop = try EventLoop()
    let result = try loop.run {
      try await ChildProcess.capture(shell("echo out; echo err >&2; exit 2"), on: loop)
    }
    #expect(result.text == "out\n")
    #expect(result.errorText == "err\n")
    #expect(result.status == .exited(2))
  }

  @Test func `more output than a pipe holds does not stall the child`() throws {
    let loop = try EventLoop()
    let result = try loop.run {
      try await ChildProcess.capture(
        shell("head -c 1000000 /dev/zero; head -c 300000 /dev/zero >&2"), on: loop)
    }
    #expect(result.output.count == 1_000_000)
    #expect(result.error.count == 300_000)
  }

  @Test func `a grandchild that holds the output open is not waited for`() throws {
    let loop = try EventLoop()
    let result = try loop.run {
      try await ChildProcess.capture(shell("sleep 600 & echo $!"), on: loop)
    }
    let grandchild = try #require(Int32(result.text.dropLast()))
    kill(grandchild, SIGKILL)
    #expect(result.status == .exited(0))
  }

  @Test func `a child whose capture is cancelled is killed`() throws {
    let loop = try EventLoop()
    loop.schedule(after: .milliseconds(5)) { loop.stop() }
    let result = try loop.run {
      try await ChildProcess.capture(shell("echo begun; exec sleep 600"), on: loop)
    }
    #expect(result.status == .killed(signal: SIGKILL))
  }

  @Test func `the environment and the streams are those of the command`() throws {
    let loop = try EventLoop()
    try loop.run {
      var command = shell("echo $CRIMP; cat; echo done >&2")
      command.environment = ["CRIMP=crisp"]
      #expect(try await ChildProcess.capture(command, on: loop).text == "crisp\n")

      let pipe = try Syscalls.pipe()
      var child = shell("echo one; echo two >&2")
      child.output = .descriptor(pipe.writer.rawValue)
      child.error = .descriptor(1)
      #expect(try await ChildProcess(child, on: loop).exitStatus == .exited(0))
      #expect(drain(pipe.reader.rawValue) == 8, "the error stream went where the output did")
    }
  }

  @Test func `many children at once are all reaped`() throws {
    let loop = try EventLoop()
    try loop.run {
      let children = try (0..<32).map { try ChildProcess(shell("exit \($0)"), on: loop) }
      for (code, child) in children.enumerated() {
        #expect(try await child.exitStatus == .exited(Int32(code)))
      }
    }
  }

  private func shell(_ script: String) -> ChildProcess.Command {
    ChildProcess.Command("/bin/sh", ["-c", script])
  }
}
