import EventLoop

/// `nc -q`: how long a process stays when its conversation is over.
struct NetcatLinger {
  private let session: NetcatSession

  init(_ session: NetcatSession) {
    self.session = session
  }

  /// Stays, and returns whether that was all: no other conversation follows.
  func lasts(after ending: NetcatConversation.Ending) async -> Bool {
    let options = session.options
    guard options.quitDelay > 0, ending != .idle else { return false }
    // What is idle for so long gives up before.
    let seconds = min(options.quitDelay, options.timeout ?? .max)
    _ = try? await session.loop.sleep(for: .seconds(seconds))
    return true
  }
}
