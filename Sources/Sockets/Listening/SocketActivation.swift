internal import CLinux
public import EventLoop
internal import Glibc

/// Sockets that were opened before this process was started, by systemd or alike (`sd_listen_fds(3)`).
public enum SocketActivation {
  /// A listener that was handed to this process, and the name that it has in `LISTEN_FDNAMES`.
  public struct Activated {
    /// What `FileDescriptorName=` says; `unknown` when nothing does.
    public let name: String
    /// The socket.
    public let listener: StreamListener
  }

  /// Takes the stream listeners that `LISTEN_FDS` announces, in their order; none when it is not set or is
  /// meant for another process (`LISTEN_PID`). The three variables are removed, so that no child takes
  /// them for its own.
  ///
  /// - Throws: `EINVAL` or `ENOTSOCK` when one of them is no listening stream socket.
  public static func takeListeners() throws(SystemError) -> [Activated] {
    let variables = Variables.take()
    return try listeners(variables, ofProcess: getpid(), firstDescriptor: 3)
  }

  /// The three variables as text.
  struct Variables {
    var process: String?
    var count: String?
    var names: String?

    static func take() -> Variables {
      let read = { (name: String) in
        unsafe getenv(name).map { value in unsafe String(cString: value) }
      }
      let variables = Variables(
        process: read("LISTEN_PID"), count: read("LISTEN_FDS"), names: read("LISTEN_FDNAMES"))
      for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsafe unsetenv(name) }
      return variables
    }
  }

  static func listeners(
    _ variables: Variables, ofProcess process: Int32, firstDescriptor first: Int32
  ) throws(SystemError) -> [Activated] {
    guard variables.process.flatMap({ Int32($0) }) == process,
      let count = variables.count.flatMap({ Int32($0) }), (0...1024).contains(count)
    else { return [] }
    let names = variables.names?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    var result: [Activated] = []
    for index in 0..<count {
      let descriptor = OwnedDescriptor(owning: first + index)
      _ = fcntl(descriptor.rawValue, F_SETFD, FD_CLOEXEC)
      let name = Int(index) < names.count ? String(names[Int(index)]) : "unknown"
      result.append(Activated(name: name, listener: try StreamListener(owning: descriptor)))
    }
    return result
  }
}
