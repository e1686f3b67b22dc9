import Drivers
import DynamicLibrary
import EventLoop
import Glibc
import Links

/// An error of the floors below that can be put into a person's words: what is wrong, and what
/// would help.
protocol Worded: Error {
  /// The words, and the status.
  var failure: CommandFailure { get }
}

/// Runs `body`, and puts what it throws into words.
func worded<Value, Failure: Worded>(
  _ body: () throws(Failure) -> Value
) throws(CommandFailure) -> Value {
  do throws(Failure) {
    return try body()
  } catch {
    throw error.failure
  }
}

extension LinkError: Worded {
  var failure: CommandFailure { CommandFailure(self) }
}

extension LibraryError: Worded {
  var failure: CommandFailure { CommandFailure(self) }
}

extension NetlinkError: Worded {
  var failure: CommandFailure { CommandFailure(self) }
}

extension ConversationFailure: Worded {
  var failure: CommandFailure { CommandFailure(self) }
}

extension SystemError: Worded {
  var failure: CommandFailure { CommandFailure(self) }
}

extension CommandFailure {
  init(_ error: LinkError) {
    switch error {
    case .noSuchInterface(let name):
      self.init(.unavailable, "no interface named \(name): `crimp links` lists what there is")
    case .interfaceDown(let name):
      self.init(.unavailable, "interface \(name) is down: `ip link set \(name) up` switches it on")
    case .noCarrier(let name):
      self.init(
        .unavailable, "interface \(name) has no carrier: frames would be dropped; check the cable")
    case .unsupportedHardware(let name):
      self.init(
        .unavailable, "interface \(name) is not Ethernet or InfiniBand: expected one of them")
    case .permission(let error): self.init(permissionFor: error)
    case .frameTooLong(let count, let limit):
      self.init(.unavailable, "a frame of \(count) bytes is longer than the \(limit) of the link")
    case .frameTooShort(let count, let minimum):
      self.init(.unavailable, "a frame of \(count) bytes is shorter than its header of \(minimum)")
    case .transmitQueueFull(let name):
      self.init(.systemError, "the transmit queue of \(name) stays full: try --rate")
    case .cannotReceive(let name):
      self.init(.systemError, "\(name) was opened for sending only")
    case .noHardwareTimestamps(let name):
      self.init(
        .unavailable,
        "interface \(name) stamps no frames itself: `ethtool -T \(name)` tells what it can")
    case .closed: self.init(.systemError, "the link has been closed")
    case .libraryMissing(let library, let package):
      self.init(LibraryError.missing(library: library, package: package))
    case .libraryUnsuitable(let library, let symbol):
      self.init(LibraryError.unsuitable(library: library, symbol: symbol))
    case .libraryFailed(let library, let message):
      self.init(.systemError, "\(library): \(message)")
    case .badFilter(let expression, let message):
      self.init(.usage, "filter \"\(expression)\": \(message)")
    case .unplayable(let fault):
      self.init(.noInput, "the recording cannot be played: \(fault.words)")
    case .recording(let error):
      self.init(.inputOutput, "the recording could not be written, no file is left: \(error)")
    case .unrecordable:
      self.init(.inputOutput, "a frame does not fit into a pcapng block: no recording is left")
    case .system(let error): self.init(error)
    }
  }

  init(_ error: LibraryError) {
    switch error {
    case .missing(let library, let package):
      self.init(.unavailable, "\(library) is not installed: `apt install \(package)` brings it")
    case .unsuitable(let library, let symbol):
      self.init(.unavailable, "\(library) is too old: it lacks \(symbol)")
    }
  }

  init(_ error: NetlinkError) {
    switch error {
    case .noSuchInterface(let name): self.init(LinkError.noSuchInterface(name))
    case .noSuchInterfaceIndex(let index):
      self.init(.unavailable, "no interface with index \(index): it has gone meanwhile")
    case .refused(let refusal) where refusal.errno == EPERM || refusal.errno == EACCES:
      self.init(.noPermission, "permission missing: this needs CAP_NET_ADMIN; run it as root")
    case .refused(let refusal):
      let words = SystemError(errno: refusal.errno, operation: "rtnetlink")
      self.init(.systemError, refusal.explanation.map { "\(words): \($0)" } ?? "\(words)")
    case .neverConsistent:
      self.init(.systemError, "the kernel's tables change faster than they can be read: try again")
    case .malformed: self.init(.systemError, "the kernel's answer could not be read")
    case .system(let error): self.init(error)
    }
  }

  init(_ error: ConversationFailure) {
    switch error {
    case .link(let error): self.init(error)
    case .cancelled: self.init(.negative, "interrupted")
    }
  }

  init(_ error: SystemError) {
    guard error.errno == EPERM || error.errno == EACCES else {
      self.init(.systemError, "\(error)")
      return
    }
    self.init(permissionFor: error)
  }

  private init(permissionFor error: SystemError) {
    self.init(
      .noPermission,
      "\(error): this needs CAP_NET_RAW; run it as root, or once: setcap cap_net_raw+ep crimp")
  }
}

extension RecordingFault {
  fileprivate var words: String {
    switch self {
    case .empty: "it is empty"
    case .unknownInterface: "it does not say which frames were sent; record it with crimp --record"
    case .unsupportedLinkType(let type): "link type \(type) is not one that links speak"
    case .unreadable(let error): "it is no capture, or is damaged or cut: \(error)"
    case .noSuchInterface(let name): "it holds no interface named \(name)"
    }
  }
}
