import EventLoop
import Glibc
import SocketSupport
import Sockets
import Support
import Testing

@testable import Relay

@Suite struct `A relay's control socket` {
  private func socketPath(_ name: String) -> String { "@crimp-test-\(getpid())-\(name)" }

  @Test func `one process at a time takes over`() throws {
    let loop = try EventLoop()
    try loop.test {
      let path = socketPath("heirs")
      var isTaken = false
      let control = try ControlSocket(at: path, on: loop) { request in
        isTaken = isTaken || request == .taken
        return ControlAnswer()
      }
      let first = try await ControlClient.connect(to: path, on: loop)
      let second = try await ControlClient.connect(to: path, on: loop)
      #expect(try await first.ask(.handOver) == [])
      await #expect(throws: ControlFailure.refused("another process takes over already")) {
        try await second.ask(.handOver)
      }
      await #expect(throws: ControlFailure.refused("nothing was handed over")) {
        try await second.ask(.taken)
      }
      // One that has failed leaves it to the next.
      first.close()
      while (try? await second.ask(.handOver)) == nil {
        try await loop.sleep(for: .milliseconds(1))
      }
      #expect(!isTaken)
      #expect(try await second.ask(.taken) == [])
      #expect(isTaken)
      second.close()
      control.close()
    }
  }

  /// It has the client's connection in its queue, and never takes it.
  @Test func `a relay that is stuck is not waited for for ever`() throws {
    let loop = try EventLoop()
    try loop.test {
      let path = socketPath("stuck")
      let listener = try StreamListener(at: .unix(path: path))
      let client = try await ControlClient.connect(
        to: path, patience: .milliseconds(20), on: loop)
      await #expect(throws: ControlFailure.silent) { try await client.ask(.show(.all)) }
      client.close()
      do throws(HandOverError) {
        _ = try await HandOver(from: path, patience: .milliseconds(20), on: loop)
        Issue.record("nobody handed over")
      } catch {
        guard case .failed(.silent) = error else {
          Issue.record(error)
          return
        }
      }
      listener.close()
    }
  }

  @Test func `a reload may take longer than other requests`() {
    #expect(ControlRequest.show(.all).patience == .seconds(10))
    #expect(ControlRequest.handOver.patience == .seconds(10))
    #expect(ControlRequest.reload.patience == .seconds(60))
  }
}
