import EventLoop

/// An address with `fork`: each end that it gives has a session, and all of them run on one loop.
final class SocatService {
  /// Makes both ends of a session of the one that came.
  typealias Completing = (SocatEndpoint) async throws(SocatFailure) -> (
    SocatEndpoint, SocatEndpoint
  )

  private let run: SocatRun
  private let source: any SocatSource
  private let complete: Completing
  private let sessions: SocatSessions
  /// With what to exit, once it was stopped.
  private var endStatus: Int32?

  private var log: SocatLog { run.log }

  /// - Parameter limit: how many sessions there may be at once.
  init(_ run: SocatRun, _ source: any SocatSource, limit: Int64, _ complete: @escaping Completing) {
    self.run = run
    self.source = source
    self.complete = complete
    sessions = SocatSessions(limit: limit, on: run.loop)
  }

  /// Serves until no more ends come and all sessions are over. Returns with what to exit.
  func status() async -> Int32 {
    let status = await begin()
    source.close()
    await sessions.awaitAll()
    return endStatus ?? status
  }

  /// Takes no more ends. Returns whether sessions go on and are waited for, which a second time they are not.
  ///
  /// - Parameter status: with what to exit once they are over.
  func stop(exiting status: Int32) -> Bool {
    guard endStatus == nil, sessions.count > 0 else { return false }
    endStatus = status
    source.close()
    return true
  }

  /// Waits for the end of the last session.
  func sessionsAreOver() async {
    await sessions.awaitAll()
  }

  /// Begins a session for each end, until no more come.
  private func begin() async -> Int32 {
    var isHungry = false
    while true {
      if sessions.areFull { log.notice("maxchildren are active, waiting") }
      await sessions.awaitPlace()
      guard endStatus == nil else { return 0 }
      do throws(SocatFailure) {
        guard let opening = try await source.next() else { return 0 }
        isHungry = false
        sessions.begin()
        run.loop.spawn { [self] in
          await session(opening)
          sessions.end()
        }
        await sessions.awaitTurn()
      } catch {
        if !isHungry, !error.message.isEmpty { log.error(error.message) }
        guard error.isExhaustion else { return error.status }
        isHungry = true
        await sessions.awaitDescriptors()
      }
    }
  }

  /// One session of many. One that fails ends alone: its client learns it by the close.
  private func session(_ opening: SocatOpening) async {
    var opened: SocatEndpoint?
    do throws(SocatFailure) {
      let end = try await opening()
      opened = end
      let (near, far) = try await sessions.feeding(log) { () async throws(SocatFailure) in
        try await complete(end)
      }
      _ = await SocatSession(run, near, far).status()
    } catch {
      if !error.message.isEmpty { log.error(error.message) }
      opened?.abandon()
    }
  }
}
