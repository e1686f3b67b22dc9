import EventLoop
import MonotonicTime
import Synchronization
import Testing

@Suite struct `Wake-ups` {
  @Test func `what several threads post all arrives, each thread's in order`() throws {
    let loop = try EventLoop()
    let seen = Seen()
    for thread in 0..<4 {
      onAnotherThread {
        for number in 0..<1000 {
          loop.post { seen.numbers.withLock { $0[thread].append(number) } }
        }
      }
    }
    loop.run {
      while seen.numbers.withLock({ $0.contains { $0.count < 1000 } }) { await Task.yield() }
    }
    #expect(seen.numbers.withLock { $0.allSatisfy { $0 == Array(0..<1000) } })
  }

  @Test func `what is posted before the loop runs is not lost`() throws {
    let loop = try EventLoop()
    loop.post { loop.stop() }
    loop.runUntilStopped()
  }

  @Test func `a post from inside a posted job is heard`() throws {
    let loop = try EventLoop()
    loop.post { loop.post { loop.stop() } }
    loop.runUntilStopped()
  }

  @Test func `a deferred job runs after the handlers of its turn`() throws {
    let loop = try EventLoop(clock: .virtual)
    var order: [String] = []
    loop.schedule(at: .origin) {
      loop.execute { order.append("deferred") }
      order.append("first")
    }
    loop.schedule(at: .origin) {
      order.append("second")
      loop.stop()
    }
    loop.runUntilStopped()
    #expect(order == ["first", "second", "deferred"])
  }
}

private final class Seen: Sendable {
  let numbers = Mutex([[Int]](repeating: [], count: 4))
}
