import AddressSpecifications
import CLinux
import EventLoop
import Glibc
import Sockets

extension SocatOpener {
  /// `PTY`: a terminal that other programs open by its path.
  func openTerminal(
    _ address: SingleAddress, _ access: SocatAccess
  ) async throws(SocatFailure) -> SocatEndpoint {
    let options = address.options
    let terminal: PseudoTerminal
    do throws(SystemError) {
      terminal = try PseudoTerminal()
    } catch {
      throw SocatFailure("open(\"/dev/ptmx\")", error)
    }
    let (path, number) = (terminal.path, terminal.number)
    log.notice("PTY is \(path)")
    try await apply(options, toFile: number, path: path)
    try applyTerminal(options, to: number)
    let link = options.text("symbolic-link")
    if let link { try makeLink(link, to: path, options) }
    // Somebody may open it again and again, unless a first time is waited for: then it ends with that.
    let isKeptOpen = !options.isOn("pty-wait-slave") && !options.isOn("ptmx")
    let held: HeldTerminal
    do throws(SystemError) {
      held = try HeldTerminal(terminal, isKeptOpen: isKeptOpen)
    } catch {
      throw SocatFailure("dup(\(number))", error)
    }
    if options.isOn("pty-wait-slave") {
      try await waitForOther(terminal, options.duration("pty-interval") ?? .seconds(1))
    }
    let stream: DescriptorStream
    do throws(SystemError) {
      stream = try DescriptorStream(owning: terminal.take())
    } catch {
      throw SocatFailure("fcntl(\(number))", error)
    }
    let endpoint = try endpoint(
      stream, address, access, ending: .call { PseudoTerminal.sendEnd(number) })
    endpoint.linger = { [loop] patience in await held.release(withinSilence: patience, on: loop) }
    if let link { try arrangeRemoval(link, options, byDefault: true, endpoint) }
    return endpoint
  }

  private func makeLink(
    _ link: String, to path: String, _ options: AddressOptions
  ) throws(SocatFailure) {
    if options.isOn("unlink-early") || SocatFileKind.isLink(link) { unsafe unlink(link) }
    guard unsafe symlink(path, link) == 0 else {
      throw SocatFailure("symlink(\"\(path)\", \"\(link)\"): \(SocatWords.reason(errno))")
    }
  }

  /// Waits until somebody has opened the other side. The kernel tells only that nobody has: so it is asked
  /// again and again, after the other side was opened and closed once.
  private func waitForOther(
    _ terminal: PseudoTerminal, _ interval: Duration
  ) async throws(SocatFailure) {
    do throws(SystemError) {
      _ = try terminal.openOther()
    } catch {
      throw SocatFailure("open(\"\(terminal.path)\")", error)
    }
    while true {
      var question = pollfd(fd: terminal.number, events: Int16(POLLIN), revents: 0)
      unsafe poll(&question, 1, 0)
      guard question.revents & Int16(POLLHUP) != 0 else { return }
      do throws(CancellationError) {
        try await loop.sleep(for: interval)
      } catch {
        throw SocatFailure.silent(status: 1)
      }
    }
  }
}

extension SocatFileKind {
  /// Whether the path is a symbolic link, wherever it leads.
  static func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
