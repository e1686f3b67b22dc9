import AddressSpecifications
import EventLoop
import Glibc
import Sockets

extension SocatOpener {
  /// `EXEC` and `SYSTEM`: a program, by a pair of sockets, by pipes, or by a terminal.
  func openProgram(
    _ address: SingleAddress, _ access: SocatAccess, peer: SocatEndpoint?
  ) throws(SocatFailure) -> SocatEndpoint {
    let options = address.options
    let ends = try ProgramEnds(options, access, self)
    log.notice("forking off child, using \(ends.name) \(access.words)")
    var program = try command(address, peer)
    program.startsSession = options.isOn("setsid")
    program.processGroup = options.number("setpgid").map {
      $0 == 1 ? 0 : Int32(truncatingIfNeeded: $0)
    }
    ends.give(to: &program, options, access)
    let endpoint = try endpoint(ends.stream, address, access, ending: ends.ending, isProgram: true)
    let child: SocatChild
    do throws(SystemError) {
      child = try SocatChild(
        program, shellCommand: address.type.name == "system" ? address.parameters.first : nil,
        onlyListens: access == .writing, outlives: options.isOn("end-close"), on: loop, log)
    } catch {
      log.notice("execvp'ing \"\(program.program)\"")
      throw SocatFailure("execvp(\"\(program.program)\", \"\(program.calledBy ?? "")\")", error)
    }
    ends.closeOther()
    log.notice("forked off child process \(child.identifier)")
    for (name, signal) in [("sighup", SIGHUP), ("sigint", SIGINT), ("sigquit", SIGQUIT)]
    where options[name] != nil { run.pass(signal, to: child) }
    // The program hears of its end by a signal, before its terminal hangs up.
    endpoint.linger = { [terminal = ends.terminal] _ in terminal?.release() }
    endpoint.children = [child]
    child.hasSaidAll = { [stream = endpoint.stream] in stream.hasEnded }
    return endpoint
  }

  private func command(
    _ address: SingleAddress, _ peer: SocatEndpoint?
  ) throws(SocatFailure) -> ChildProcess.Command {
    let text = address.parameters.first ?? ""
    var command: ChildProcess.Command
    if address.type.name == "system" {
      command = ChildProcess.Command("/bin/sh", ["-c", text])
      command.calledBy = "sh"
    } else {
      let words: [String]
      do throws(AddressError) {
        words = try CommandWords.split(text)
      } catch {
        throw SocatFailure(error)
      }
      let program = words.first ?? ""
      command = ChildProcess.Command(program, Array(words.dropFirst()))
      let name = program.split(separator: "/").last.map(String.init) ?? program
      command.calledBy = address.options.isOn("dash") ? "-" + name : name
    }
    var environment = Self.environment(with: peer, log)
    if let path = address.options.text("path") {
      environment.removeAll { $0.hasPrefix("PATH=") }
      environment.append("PATH=\(path)")
      command.program = Self.find(command.program, in: path)
    }
    command.environment = environment
    command.input = .inherited
    return command
  }

  private static func find(_ program: String, in path: String) -> String {
    guard !program.contains("/") else { return program }
    return path.split(separator: ":").map { "\($0)/\(program)" }
      .first { unsafe access($0, X_OK) == 0 } ?? program
  }

  /// This process's environment, and what is to be told of the session.
  private static func environment(with peer: SocatEndpoint?, _ log: SocatLog) -> [String] {
    var result: [String] = []
    var pointer = unsafe environ
    while let text = unsafe pointer.pointee {
      let variable = unsafe String(cString: text)
      if !variable.hasPrefix("SOCAT_") || variable.hasPrefix("SOCAT_DEFAULT") {
        result.append(variable)
      }
      unsafe pointer += 1
    }
    let prefix = log.program.uppercased() + "_"
    let own = [
      "SOCAT_VERSION=\(SocatHelp.versionNumber)", "SOCAT_PID=\(getpid())", "SOCAT_PPID=\(getpid())",
    ]
    return result
      + (own + (peer?.environment ?? [])).map { variable in
        prefix + variable.dropFirst("SOCAT_".count)
      }
  }
}

/// What joins a program to its session.
private final class ProgramEnds {
  /// As notices have it.
  let name: String
  /// This side.
  let stream: any ByteStream
  private(set) var ending = SocatStream.WriteEnding.natural
  /// What keeps a terminal from hanging up when the stream is closed.
  private(set) var terminal: HeldTerminal?
  /// What the program reads, with a number that no stream of it has.
  private var input: OwnedDescriptor?
  /// What it writes; nil when that is the same.
  private var output: OwnedDescriptor?
  /// A terminal that becomes the program's own.
  private var terminalPath: String?
  /// Which numbers have the streams for the program.
  private let numbers: (reads: Int32, writes: Int32)

  init(
    _ options: AddressOptions, _ access: SocatAccess, _ opener: SocatOpener
  ) throws(SocatFailure) {
    numbers = (
      Int32(truncatingIfNeeded: options.number("fdin") ?? 0),
      Int32(truncatingIfNeeded: options.number("fdout") ?? 1)
    )
    let taken = [0, 1, 2, numbers.reads, numbers.writes]
    do throws(SystemError) {
      if options.isOn("pty") || options.isOn("openpty") || options.isOn("ptmx") {
        let terminal = try PseudoTerminal()
        let slave = try terminal.openOther()
        do throws(SocatFailure) {
          try opener.applyTerminal(options, to: slave.rawValue)
        } catch {
          opener.log.error(error.message)
        }
        name = "pty"
        let number = terminal.number
        input = try Self.copy(slave.rawValue, avoiding: taken)
        self.terminal = try HeldTerminal(terminal)
        ending = .call { PseudoTerminal.sendEnd(number) }
        if options.isOn("tiocsctty") { terminalPath = terminal.path }
        stream = try DescriptorStream(owning: terminal.take())
      } else if options.isOn("pipes") {
        name = "pipes"
        let down = try Syscalls.pipe()
        let up = try Syscalls.pipe()
        input = try Self.copy(down.reader.rawValue, avoiding: taken)
        output = try Self.copy(up.writer.rawValue, avoiding: taken)
        stream = try DescriptorStream(
          reading: try Self.copy(up.reader.rawValue), writing: try Self.copy(down.writer.rawValue))
      } else {
        name = "socket"
        let (own, other) = try StreamSocket.pair()
        defer { other.close() }
        // A program may not be made for sockets that never wait.
        let flags = fcntl(other.descriptor, F_GETFL)
        _ = fcntl(other.descriptor, F_SETFL, flags & ~O_NONBLOCK)
        input = try Self.copy(other.descriptor, avoiding: taken)
        stream = own
      }
    } catch {
      throw SocatFailure("\(error.operation)()", error)
    }
  }

  /// Gives the program its side.
  func give(
    to program: inout ChildProcess.Command, _ options: AddressOptions, _ access: SocatAccess
  ) {
    let input = input?.rawValue ?? -1
    let output = output?.rawValue ?? input
    if let terminalPath {
      program.startsSession = true
      program.input = .file(terminalPath)
      program.output = .descriptor(input)
    } else {
      if access != .reading { program.copies.append((numbers.reads, input)) }
      if access != .writing { program.copies.append((numbers.writes, output)) }
    }
    if options.isOn("stderr") { program.copies.append((2, output)) }
  }

  /// Closes the program's side here: it has its own.
  func closeOther() {
    input = nil
    output = nil
  }

  /// Another number for a descriptor; none of those that are taken, which would be the program's own before this
  /// one is copied to where it belongs.
  private static func copy(
    _ descriptor: Int32, avoiding taken: [Int32] = []
  ) throws(SystemError) -> OwnedDescriptor {
    var least: Int32 = 3
    while true {
      let copy = try OwnedDescriptor("dup") { fcntl(descriptor, F_DUPFD_CLOEXEC, least) }
      guard taken.contains(copy.rawValue) else { return copy }
      least = copy.rawValue + 1
    }
  }
}
