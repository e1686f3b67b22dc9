import AddressSpecifications
import EventLoop
import Glibc
import Sockets

/// Opens addresses: says which of the `Socat…Address` kinds an address is of, and gives its stream what the
/// options want.
struct SocatOpener {
  let run: SocatRun
  var log: SocatLog { run.log }
  var loop: EventLoop { run.loop }

  init(_ run: SocatRun) {
    self.run = run
  }

  /// Opens an address.
  ///
  /// - Parameter peer: the end that was opened before, of which programs are told.
  func open(
    _ specification: AddressSpecification, _ access: SocatAccess, peer: SocatEndpoint?
  ) async throws(SocatFailure) -> SocatEndpoint {
    switch specification {
    case .single(let address): return try await open(address, access, peer: peer)
    case .dual(let reading, let writing):
      return try await openDual(reading, writing, access, peer: peer)
    }
  }

  /// Opens a single address.
  func open(
    _ address: SingleAddress, _ access: SocatAccess, peer: SocatEndpoint?
  ) async throws(SocatFailure) -> SocatEndpoint {
    let kind = try SocatAddressKind(checking: address)
    let locks = try await takeLocks(address)
    do throws(SocatFailure) {
      let endpoint = try await open(address, kind, access, peer: peer)
      endpoint.onClose += locks.map { lock in { lock.release() } }
      return endpoint
    } catch {
      for lock in locks { lock.release() }
      throw error
    }
  }

  private func open(
    _ address: SingleAddress, _ kind: SocatAddressKind, _ access: SocatAccess, peer: SocatEndpoint?
  ) async throws(SocatFailure) -> SocatEndpoint {
    switch kind {
    case .datagrams: return try await openDatagrams(address, access)
    case .firstDatagram:
      let source = try await SocatDatagramSource(address, access, self)
      guard let opening = try await source.next() else { throw SocatFailure.silent(status: 0) }
      let endpoint = try await opening()
      endpoint.onClose.append { source.close() }
      return endpoint
    case .program: return try openProgram(address, access, peer: peer)
    case .terminal: return try await openTerminal(address, access)
    case .standard, .descriptor: return try await openDescriptor(address, kind, access)
    case .open, .create, .anyFile: return try await openFile(address, kind, access)
    case .pipe: return try await openPipe(address, access)
    case .connect: return try await connect(address, access)
    case .listen, .secureListen:
      let listener = try await SocatListener(address, access, self)
      defer { listener.close() }
      guard let opening = try await listener.next() else { throw SocatFailure.silent(status: 0) }
      return try await opening()
    case .secure: return try await openSecure(address, access)
    }
  }

  /// Opens an address that serves many.
  func source(
    _ address: SingleAddress, _ access: SocatAccess
  ) async throws(SocatFailure) -> any SocatSource {
    let kind = try SocatAddressKind(checking: address)
    _ = try await takeLocks(address)
    switch kind {
    case .listen, .secureListen: return try await SocatListener(address, access, self)
    case .firstDatagram: return try await SocatDatagramSource(address, access, self)
    default:
      throw SocatFailure("option \"fork\" is not available with \(address.keyword)")
    }
  }

  /// Takes the locks that the options want; they are given back at the end of all at the latest.
  private func takeLocks(_ address: SingleAddress) async throws(SocatFailure) -> [SocatLock] {
    var locks: [SocatLock] = []
    for (name, waits) in [("lockfile", false), ("waitlock", true)] {
      guard let path = address.options.text(name) else { continue }
      let lock = SocatLock(path: path, waits: waits)
      try await lock.take(on: loop)
      run.atEnd { lock.release() }
      locks.append(lock)
    }
    return locks
  }

  // MARK: Streams

  /// The end that a stream becomes with the options of its address.
  func endpoint(
    _ stream: any ByteStream, _ address: SingleAddress, _ access: SocatAccess,
    ending: SocatStream.WriteEnding = .natural, isProgram: Bool = false
  ) throws(SocatFailure) -> SocatEndpoint {
    let options = address.options
    var terms = SocatStream.Terms()
    terms.writeEnding = ending
    for option in options.all {
      switch option.name {
      case "cr": terms.lineEnd = .carriageReturn
      case "crnl": terms.lineEnd = .both
      case "shut-none": terms.writeEnding = .none
      case "shut-close": terms.writeEnding = .close
      case "shut-down": terms.writeEnding = .natural
      default: break
      }
    }
    terms.isProgram = isProgram
    terms.ignoresEnd = options.isOn("ignoreeof")
    terms.isCoolWriter = options.isOn("cool-write")
    terms.escape = options.number("escape").map { UInt8(truncatingIfNeeded: $0) }
    let endpoint = SocatEndpoint(SocatStream(stream, terms))
    if let most = options.number("readbytes") {
      guard most > 0 else { throw SocatFailure("option \"readbytes\": must be greater than 0") }
      endpoint.byteLimit = UInt64(most)
    }
    return endpoint
  }

  /// Does what must not fail; with `-s` it may.
  func attempt(_ body: () throws(SocatFailure) -> Void) throws(SocatFailure) {
    do throws(SocatFailure) {
      try body()
    } catch {
      guard run.line.isSloppy else { throw error }
      log.error(error.message)
    }
  }
}
