public import CaptureFile
internal import DynamicLibrary
public import EventLoop

/// Why a link could not be opened, or could not carry a frame.
///
/// Each case says what was the matter; how to mend it is told by the command.
public enum LinkError: Error, Hashable, Sendable {
  /// There is no interface of this name here, or it has gone.
  case noSuchInterface(String)
  /// The interface is administratively down.
  case interfaceDown(String)
  /// The interface is up and has no carrier: frames would be dropped without a word.
  case noCarrier(String)
  /// The interface speaks a link layer that this kind of link cannot carry.
  case unsupportedHardware(String)
  /// The process lacks the privilege for the operation: `CAP_NET_RAW` for every packet socket.
  case permission(SystemError)
  /// A frame of `byteCount` bytes is longer than the `limit` that the interface takes.
  case frameTooLong(byteCount: Int, limit: Int)
  /// A frame of `byteCount` bytes is shorter than its own header of `minimum` bytes.
  case frameTooShort(byteCount: Int, minimum: Int)
  /// The interface's transmit queue, or the socket's buffer, is full; the frame was not sent.
  case transmitQueueFull(String)
  /// The link was opened for sending only, or carries one way only.
  case cannotReceive(String)
  /// The adapter, or its driver, stamps no received frames.
  case noHardwareTimestamps(String)
  /// The link has been closed.
  case closed
  /// A library that this kind of link needs is not installed; `package` is Debian's name for it.
  case libraryMissing(library: String, package: String)
  /// A library is installed and lacks a function that Crimp needs: it is too old.
  case libraryUnsuitable(library: String, symbol: String)
  /// A library refused an operation, in its own words.
  case libraryFailed(library: String, message: String)
  /// A filter was refused, in the filter compiler's words.
  case badFilter(expression: String, message: String)
  /// A capture cannot be played.
  case unplayable(RecordingFault)
  /// A recording could not be written: a full disk, a closed pipe, a missing directory.
  case recording(SystemError)
  /// A frame could not be put into a recording.
  case unrecordable(CaptureWriteError)
  /// Another system call failed.
  case system(SystemError)
}

extension LinkError {
  init(_ error: LibraryError) {
    switch error {
    case .missing(let library, let package):
      self = .libraryMissing(library: library, package: package)
    case .unsuitable(let library, let symbol):
      self = .libraryUnsuitable(library: library, symbol: symbol)
    }
  }
}

/// What keeps a capture from being played on a link.
public enum RecordingFault: Hashable, Sendable {
  /// It holds no frame and no interface.
  case empty
  /// It neither marks directions nor names the interface's address, and none was given.
  case unknownInterface
  /// Its frames are of a link type that no link speaks.
  case unsupportedLinkType(UInt16)
  /// It is not a capture, or is damaged or cut.
  case unreadable(CaptureFileError)
  /// It holds no interface of this name.
  case noSuchInterface(String)
}
