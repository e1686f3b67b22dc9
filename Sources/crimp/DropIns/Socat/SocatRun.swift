import AddressSpecifications
import EventLoop
import Glibc
import Machines
import Relay
import Sockets

/// All of one call of socat: opens the addresses, runs the sessions, ends at a signal.
final class SocatRun {
  let line: SocatCommandLine
  let log: SocatLog
  let loop: EventLoop
  let engine: RelayEngine
  private(set) var dump: SocatDump?
  /// What is undone at the end, whichever that is.
  private var cleanups: [() -> Void] = []
  private var taken: Set<Int32> = []
  /// Programs that get this process's signals, by signal.
  private var heirs: [Int32: [SocatChild]] = [:]
  /// What serves many, once there is such an address.
  private var service: SocatService?

  init(_ line: SocatCommandLine, _ log: SocatLog, on loop: EventLoop) {
    self.line = line
    self.log = log
    self.loop = loop
    engine = RelayEngine(on: loop)
  }

  /// Remembers what is to be undone when the program ends.
  func atEnd(_ action: @escaping () -> Void) {
    cleanups.append(action)
  }

  /// Undoes all that is left.
  func cleanUp() {
    for action in cleanups.reversed() { action() }
    cleanups = []
  }

  /// Takes a descriptor that was open before; another number for it when an end has it already, or when it is
  /// standard error, which whoever reports needs to the end.
  func take(_ number: Int32) throws(SystemError) -> OwnedDescriptor {
    guard number != 2, taken.insert(number).inserted else {
      if let own = OwnOpening.descriptor(of: number) { return own }
      return try OwnedDescriptor("dup") { fcntl(number, F_DUPFD_CLOEXEC, 3) }
    }
    OwnOpening.replace(number)
    return OwnedDescriptor(owning: number)
  }

  /// Lets a program have signals of this kind in this process's place.
  func pass(_ signal: Int32, to child: SocatChild) {
    heirs[signal, default: []].removeAll(where: \.hasEnded)
    heirs[signal, default: []].append(child)
  }

  /// Runs to the end, and returns with what to exit.
  func status() throws(SystemError) -> Int32 {
    let ending = Completion<Int32>(on: loop)
    try loop.onSignal([SIGHUP, SIGINT, SIGQUIT, SIGTERM]) { [self] in signalled($0, ending) }
    loop.spawn { [self] in
      do throws(SocatFailure) {
        ending.fulfil(try await work())
      } catch {
        if !error.message.isEmpty { log.error(error.message) }
        // The original goes on after an error then, and returns -1 for the end that it has not got.
        let status = error.status == 1 && line.isSloppy ? 255 : error.status
        if status != 0 { log.notice("exit(\(status))") }
        ending.fulfil(status)
      }
    }
    return loop.run { await ending.valueThroughCancellation }
  }

  private func signalled(_ signal: Int32, _ ending: Completion<Int32>) {
    let children = (heirs[signal] ?? []).filter { !$0.hasEnded }
    guard children.isEmpty else {
      for child in children { child.send(signal: signal) }
      return
    }
    log.notice("socat_signal(): handling signal \(signal)")
    let words = "exiting on signal \(signal)"
    switch signal {
    case SIGTERM: log.warning(words)
    case SIGQUIT: log.error(words)
    default: log.notice(words)
    }
    log.notice("socat_signal(): finishing signal \(signal)")
    let status = 128 + signal
    // What a terminal sends goes to all processes of the original; this one to the listening process alone, and
    // its sessions go on.
    guard signal == SIGTERM, let service, service.stop(exiting: status) else {
      log.notice("exit(\(status))")
      return ending.fulfil(status)
    }
    loop.spawn { [log] in
      await service.sessionsAreOver()
      log.notice("exit(\(status))")
      ending.fulfil(status)
    }
  }

  // MARK: The work

  private func work() async throws(SocatFailure) -> Int32 {
    dump = try SocatDump(line)
    if let lock = line.lock {
      try await lock.take(on: loop)
      atEnd { lock.release() }
    }
    let first = try parsed(line.first)
    let (left, right) = accesses
    let opener = SocatOpener(self)
    if let address = try forking(first) {
      let second = try parsed(line.second)
      guard try forking(second) == nil else {
        throw SocatFailure("fork is available on one of the two addresses, not on both")
      }
      let source = try await opener.source(address, left)
      return try await serve(source, address, second) { near throws(SocatFailure) in
        let far = try await opener.open(second, right, peer: near)
        return (near, far)
      }
    }
    let near = try await opener.open(first, left, peer: nil)
    let second = try parsed(line.second)
    if let address = try forking(second) {
      let source = try await opener.source(address, right)
      let shared = try SharedEndpoint(near)
      return try await serve(source, address, first) { far throws(SocatFailure) in
        (try shared.copy(opener), far)
      }
    }
    let far = try await opener.open(second, right, peer: near)
    if line.analyzesDescriptors { SocatDescriptors.write() }
    return await SocatSession(self, near, far).status()
  }

  private var accesses: (SocatAccess, SocatAccess) {
    switch line.direction {
    case .both: (.both, .both)
    case .leftToRight: (.reading, .writing)
    case .rightToLeft: (.writing, .reading)
    }
  }

  private func parsed(_ text: String) throws(SocatFailure) -> AddressSpecification {
    do throws(AddressError) {
      return try AddressSpecification(text, checksGroups: line.checksGroups)
    } catch {
      throw SocatFailure(error)
    }
  }

  /// The address, if it is one that serves many.
  private func forking(_ specification: AddressSpecification) throws(SocatFailure) -> SingleAddress?
  {
    switch specification {
    case .single(let address): return address.options.isOn("fork") ? address : nil
    case .dual(let reading, let writing):
      guard !reading.options.isOn("fork"), !writing.options.isOn("fork") else {
        throw SocatFailure("fork is not available in a dual address")
      }
      return nil
    }
  }

  /// Gives each end that comes a session with what `complete` makes for it.
  private func serve(
    _ source: any SocatSource, _ address: SingleAddress, _ other: AddressSpecification,
    _ complete: @escaping SocatService.Completing
  ) async throws(SocatFailure) -> Int32 {
    // All sessions are in this process. Programs are not handed the limit: some expect that descriptors are
    // few (select(2)).
    if !SocatAddressKind.isProgram(other) { DescriptorLimit.raise() }
    let most = address.options.number("max-children") ?? .max
    let service = SocatService(self, source, limit: most, complete)
    self.service = service
    log.everythingIsOpen()
    atEnd { source.close() }
    let status = await service.status()
    guard status == 0 else { throw SocatFailure.silent(status: status) }
    return 0
  }
}
