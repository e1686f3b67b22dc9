import AddressSpecifications
import EventLoop
import Sockets

/// What opening one address gave.
final class SocatEndpoint {
  /// Its bytes.
  let stream: SocatStream
  /// How many bytes it gives at most; nil for no end (`readbytes`).
  var byteLimit: UInt64?
  /// The programs behind it: of two addresses each may have one.
  var children: [SocatChild] = []
  /// What programs of the same session are told of it (`SOCAT_PEERADDR`).
  var environment: [String] = []
  /// Waits for what was written and is not read yet, where closing would lose it; but not longer than it is
  /// told while nothing of it is read.
  var linger: ((Duration) async -> Void)?
  /// What is to be undone when the session is over.
  var onClose: [() -> Void] = []

  init(_ stream: SocatStream) {
    self.stream = stream
  }

  /// Gives up an end with which no session has begun.
  func abandon() {
    for child in children { child.abandon() }
    stream.close()
    cleanUp()
  }

  /// Undoes what opening did beside the stream.
  func cleanUp() {
    for action in onClose { action() }
    onClose = []
  }
}

/// Which way an address is used.
enum SocatAccess {
  case reading
  case writing
  case both

  /// As notices have it.
  var words: String {
    switch self {
    case .reading: "for reading"
    case .writing: "for writing"
    case .both: "for reading and writing"
    }
  }
}

/// The rest of opening an end, which its session does while others are waited for: a handshake.
typealias SocatOpening = () async throws(SocatFailure) -> SocatEndpoint

/// Addresses that give one end after another: listeners with `fork`.
protocol SocatSource: AnyObject {
  /// What makes the next end, once there is a client or a message; nil when no more come.
  func next() async throws(SocatFailure) -> SocatOpening?
  /// Stops, and undoes what opening did. Ends that were given go on.
  func close()
}
