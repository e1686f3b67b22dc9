internal import EventLoop
internal import Glibc
internal import Sockets

/// Lines over a UNIX socket, with descriptors. Whatever goes wrong is an end.
final class ControlStream {
  private let socket: StreamSocket
  private let waiter: DescriptorWaiter
  /// How many descriptors may come at once; more are an end, and are closed.
  private let descriptorLimit: Int
  private var pending: [UInt8] = []
  /// Whether this end lost patience.
  private(set) var isHungUp = false
  /// Descriptors that came, in their order.
  private(set) var descriptors: [PassedDescriptors] = []

  init(_ socket: StreamSocket, descriptorLimit: Int, on loop: EventLoop) {
    self.socket = socket
    self.descriptorLimit = descriptorLimit
    waiter = DescriptorWaiter(socket.descriptor, on: loop)
  }

  func close() {
    waiter.cancel()
    socket.close()
  }

  /// Ends the stream for whoever waits for it here.
  func hangUp() {
    isHungUp = true
    _ = shutdown(socket.descriptor, Int32(SHUT_RDWR))
  }

  /// The next line without its end: `.some(nil)` for one that is too long, nil at the end of the stream.
  func line(atMost limit: Int) async -> [UInt8]?? {
    var searched = 0
    while true {
      if let end = pending[searched...].firstIndex(of: 0x0a) {
        let line = Array(pending[..<end])
        pending.removeSubrange(...end)
        return .some(line.count < limit ? line : nil)
      }
      guard pending.count < limit else { return .some(nil) }
      searched = pending.count
      guard await read() else { return nil }
    }
  }

  /// Reads what is there, or waits for it; false at the end.
  private func read() async -> Bool {
    while true {
      do throws(SystemError) {
        let (bytes, passed) = try socket.receivePassing(descriptorLimit: descriptorLimit)
        if passed.count > 0 { descriptors.append(passed) }
        pending += bytes
        return !bytes.isEmpty
      } catch {
        guard error.errno == EAGAIN else { return false }
      }
      do {
        try await waiter.readable()
      } catch {
        return false
      }
    }
  }

  /// Writes an answer; false when it could not be.
  func write(_ answer: ControlAnswer) async -> Bool {
    await write(answer.bytes, passing: answer.descriptors)
  }

  func write(_ bytes: [UInt8], passing descriptors: [Int32] = []) async -> Bool {
    var (rest, descriptors) = (bytes[...], descriptors)
    while !rest.isEmpty {
      do throws(SystemError) {
        // Pieces that one message can carry whatever the limits of the host.
        rest = rest.dropFirst(try socket.send(Array(rest.prefix(16_384)), passing: descriptors))
        descriptors = []
        continue
      } catch {
        guard error.errno == EAGAIN else { return false }
      }
      do {
        try await waiter.writable()
      } catch {
        return false
      }
    }
    return true
  }
}
