import EventLoop
import Sockets

/// Asks a UDP peer by single letters whether it is there, as `nc` does.
struct DatagramTrial {
  /// What came of it.
  enum Verdict {
    /// A datagram came back; it is still to be read.
    case answered
    /// The peer's host said that nobody serves the port.
    case refused
    /// Nothing came back.
    case silent
  }

  private let stream: DatagramStream
  private let seconds: Int
  private let loop: EventLoop

  /// - Parameter seconds: for how long it is asked, once a second.
  init(of stream: DatagramStream, seconds: Int, on loop: EventLoop) {
    self.stream = stream
    self.seconds = seconds
    self.loop = loop
  }

  /// The first letter may be answered by ICMP, which the second one is told.
  var verdict: Verdict {
    get async {
      guard ask(), ask() else { return .refused }
      for _ in 0..<seconds {
        let isReady = await waitsForSecond()
        guard ask() else { return .refused }
        if isReady { return .answered }
      }
      return .silent
    }
  }

  /// Sends a letter; returns whether the peer may be there.
  private func ask() -> Bool {
    let letter: [UInt8] = [UInt8(ascii: "X")]
    let transfer = unsafe letter.withUnsafeBytes { unsafe stream.write($0) }
    if case .failed = transfer { return false }
    return true
  }

  /// Waits for a second, or until something is to be read.
  private func waitsForSecond() async -> Bool {
    let completion = Completion<Bool>(on: loop)
    let registration = try? loop.watch(stream.readDescriptor, .readable) { _ in
      completion.fulfil(true)
    }
    let timer = loop.schedule(after: .seconds(1)) { completion.fulfil(false) }
    defer {
      registration?.cancel()
      _ = timer.cancel()
    }
    return await completion.valueThroughCancellation
  }
}
