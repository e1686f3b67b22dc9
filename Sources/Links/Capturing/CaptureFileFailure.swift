public import CaptureFile
public import EventLoop

/// Why a capture could not be written on. Its file is whole up to the last frame that found room.
public struct CaptureFileFailure: Error, Hashable, Sendable {
  /// The file's name; `-` is standard output.
  public var path: String
  /// What was the matter.
  public var reason: Reason

  /// What keeps a capture from being written.
  public enum Reason: Hashable, Sendable {
    /// The system refused: a full disk, a missing directory, a reader that went away.
    case system(SystemError)
    /// The format has no room for a frame or its time.
    case format(CaptureWriteError)
    /// The capture was finished, or given up, before.
    case closed
  }
}
