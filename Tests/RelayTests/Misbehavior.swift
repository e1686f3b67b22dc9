import EventLoop
import SocketSupport
import Support

/// How a peer leaves a conversation.
enum Leaving: CaseIterable {
  /// By a reset.
  case reset
  /// By a close.
  case close
  /// It says no more, and hears what comes.
  case halfClose
  /// It is half open until the other side loses patience.
  case silence

  /// Leaves, and returns when the connection is over.
  func leave(_ peer: StreamPeer) async throws {
    switch self {
    case .reset: return peer.reset()
    case .close: return peer.close()
    case .halfClose: peer.endWriting()
    case .silence: break
    }
    _ = try await peer.receive()
    peer.close()
  }
}

/// Does a few random things to a connection, and leaves it in a random way.
func misbehave(_ peer: StreamPeer, seed: UInt64, on loop: EventLoop) async {
  var generator = SeededGenerator(seed: seed)
  for _ in 0..<Int.random(in: 0...4, using: &generator) {
    do {
      switch Int.random(in: 0...6, using: &generator) {
      case 0:
        let flood = [UInt8](repeating: 1, count: Int.random(in: 1...400_000, using: &generator))
        let writing = loop.begin { try await peer.send(flood) }
        try await loop.sleep(for: .milliseconds(Int.random(in: 0...5, using: &generator)))
        if Bool.random(using: &generator) { _ = try await writing.value }
      case 1: try await loop.sleep(for: .milliseconds(Int.random(in: 0...20, using: &generator)))
      case 2: peer.endWriting()
      case 3:
        let reading = loop.begin { try await peer.receive(100_000) }
        try await loop.sleep(for: .milliseconds(5))
        if Bool.random(using: &generator) { _ = try await reading.value }
        return peer.reset()
      case 4:
        // A slow writer.
        for byte in 0..<UInt8(20) {
          try await peer.send([byte])
          try await loop.sleep(for: .milliseconds(1))
        }
      case 5:
        // A slow reader.
        for _ in 0..<20 {
          _ = try await peer.receive(1)
          try await loop.sleep(for: .milliseconds(1))
        }
      default: try await peer.send([2])
      }
    } catch {
      break
    }
  }
  if Bool.random(using: &generator) { peer.reset() } else { peer.close() }
}
