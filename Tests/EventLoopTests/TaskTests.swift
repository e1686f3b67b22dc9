import Glibc
import MonotonicTime
import Testing

@testable import EventLoop

@Suite struct `Tasks on the loop` {
  @Test func `run returns what its body returns and throws what it throws`() throws {
    let loop = try EventLoop()
    #expect(loop.run { 42 } == 42)
    struct Refusal: Error {}
    #expect(throws: Refusal.self) { try loop.run { throw Refusal() } }
  }

  @Test func `no step of async code leaves the loop`() throws {
    let loop = try EventLoop(clock: .virtual)
    let pair = try SocketPair()
    try loop.run {
      #expect(loop.isInside)
      let waiter = DescriptorWaiter(pair.near.rawValue, on: loop)
      for _ in 0..<100 {
        poke(pair.far.rawValue)
        try await waiter.readable()
        drain(pair.near.rawValue)
        #expect(loop.isInside)
      }
      try await loop.sleep(for: .seconds(1))
      #expect(loop.isInside)
      async let child = isInside(loop)
      #expect(await child)
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<10 { group.addTask { await isInside(loop) } }
        for await inside in group { #expect(inside) }
      }
      await Task.yield()
      #expect(loop.isInside)
      let mailbox = Mailbox<Int>(on: loop)
      loop.execute { mailbox.put(1) }
      #expect(try await mailbox.take() == [1])
    }
    #expect(loop.inbox.total == 0, "a task was enqueued from another thread")
  }

  @Test func `a wait costs one step, not a bounce for each function that it returns through`()
    throws
  {
    let loop = try EventLoop(clock: .virtual)
    try loop.run {
      let before = loop.steps
      for _ in 0..<100 { try await loop.sleep(for: .seconds(1)) }
      #expect(loop.steps - before <= 101)
    }
  }

  @Test func `an actor can live on the loop`() throws {
    let loop = try EventLoop()
    let counter = Counter(loop: loop)
    loop.run {
      for _ in 0..<100 { await counter.increment() }
      #expect(await counter.count == 100)
    }
    #expect(loop.inbox.total == 0)
  }

  @Test func `a task that another thread resumes comes back to the loop`() throws {
    let loop = try EventLoop()
    loop.run {
      let inside = await withCheckedContinuation { continuation in
        // Only once this task is suspended: before, there would be nothing to resume.
        loop.execute { onAnotherThread { continuation.resume(returning: loop.isInside) } }
      }
      #expect(!inside)
      #expect(loop.isInside)
    }
    #expect(loop.inbox.total > 0)
  }

  @Test func `a cancelled sleep ends at once`() throws {
    let loop = try EventLoop(clock: .virtual)
    loop.run {
      let sleeper = loop.spawn {
        await #expect(throws: CancellationError.self) { try await loop.sleep(for: .seconds(60)) }
      }
      loop.schedule(after: .seconds(1)) { sleeper.cancel() }
      await sleeper.value
      #expect(loop.now == .origin + .seconds(1))
    }
  }

  @Test func `a sleep in a cancelled task does not begin`() throws {
    let loop = try EventLoop(clock: .virtual)
    loop.run {
      let sleeper = Task(executorPreference: loop) {
        withUnsafeCurrentTask { $0?.cancel() }
        await #expect(throws: CancellationError.self) { try await loop.sleep(for: .seconds(60)) }
      }
      await sleeper.value
      #expect(loop.now == .origin)
    }
  }

  @Test func `a sleep that another thread cancels ends`() throws {
    let loop = try EventLoop()
    loop.run {
      let sleeper = Task(executorPreference: loop) {
        await #expect(throws: CancellationError.self) { try await loop.sleep(for: .seconds(3600)) }
        #expect(loop.isInside)
      }
      onAnotherThread { sleeper.cancel() }
      await sleeper.value
    }
  }

  @Test func `tasks that only yield leave timers and descriptors their turn`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    var heard = false
    try loop.watch(pair.near.rawValue, .readable) { _ in
      drain(pair.near.rawValue)
      heard = true
    }
    loop.schedule(after: .microseconds(50)) { poke(pair.far.rawValue) }
    loop.run { while !heard { await Task.yield() } }
    #expect(heard)
  }

  @Test func `stop cancels the task of run`() throws {
    let loop = try EventLoop(clock: .virtual)
    loop.schedule(after: .seconds(1)) { loop.stop() }
    #expect(throws: CancellationError.self) {
      try loop.run { try await loop.sleep(for: .seconds(60)) }
    }
    #expect(loop.now == .origin + .seconds(1))
  }

  @Test func `stop ends a loop of handlers after the turn`() throws {
    let loop = try EventLoop(clock: .virtual)
    var fired: [Int] = []
    for number in 0..<3 {
      loop.schedule(at: .origin + .seconds(1)) {
        fired.append(number)
        loop.stop()
      }
    }
    loop.schedule(at: .origin + .seconds(2)) { fired.append(9) }
    loop.runUntilStopped()
    #expect(fired == [0, 1, 2])
  }

  @Test func `what is left over goes on in the next run`() throws {
    let loop = try EventLoop(clock: .virtual)
    var steps = 0
    loop.run {
      loop.spawn {
        steps += 1
        try? await loop.sleep(for: .seconds(5))
        steps += 1
      }
      await Task.yield()
    }
    #expect(steps == 1)
    try loop.run { try await loop.sleep(for: .seconds(10)) }
    #expect(steps == 2)
  }

  @Test func `a spawned task can be cancelled`() throws {
    let loop = try EventLoop(clock: .virtual)
    var ended = false
    loop.run {
      let task = loop.spawn {
        do { try await loop.sleep(for: .seconds(60)) } catch { ended = true }
      }
      await Task.yield()
      task.cancel()
      await task.value
    }
    #expect(ended)
  }

  @Test func `a job that defers itself leaves others their turn`() throws {
    let loop = try EventLoop(clock: .virtual)
    var rounds = 0
    func again() {
      rounds += 1
      loop.execute(again)
    }
    again()
    loop.run { for _ in 0..<1000 where rounds < 10 { await Task.yield() } }
    #expect(rounds >= 1)
  }

  @Test func `a completion wakes all who wait, and keeps its first value`() throws {
    let loop = try EventLoop(clock: .virtual)
    let completion = Completion<Int>(on: loop)
    var values: [Int] = []
    try loop.run {
      let tasks = (0..<3).map { _ in
        loop.spawn { if let value = try? await completion.value { values.append(value) } }
      }
      loop.schedule(after: .seconds(1)) {
        completion.fulfil(1)
        completion.fulfil(2)
      }
      for task in tasks { await task.value }
      let value = try await completion.value
      #expect(value == 1)
    }
    #expect(values == [1, 1, 1])
  }

  @Test func `one cancelled waiter leaves the others waiting`() throws {
    let loop = try EventLoop(clock: .virtual)
    let completion = Completion<Int>(on: loop)
    var outcome: [String] = []
    loop.run {
      let one = loop.spawn { outcome.append((try? await completion.value) == nil ? "none" : "1") }
      let two = loop.spawn { outcome.append((try? await completion.value) == nil ? "none" : "2") }
      await Task.yield()
      one.cancel()
      await one.value
      completion.fulfil(7)
      await two.value
    }
    #expect(outcome == ["none", "2"])
  }

  @Test func `a mailbox gives batches, then its end`() throws {
    let loop = try EventLoop(clock: .virtual)
    let mailbox = Mailbox<Int>(on: loop)
    mailbox.put(1)
    mailbox.put(2)
    try loop.run {
      let first = try await mailbox.take()
      #expect(first == [1, 2])
      loop.schedule(after: .seconds(1)) {
        mailbox.put(3)
        mailbox.finish()
        mailbox.put(4)
      }
      let second = try await mailbox.take()
      #expect(second == [3])
      let third = try await mailbox.take()
      #expect(third == [])
    }
  }

  @Test func `a cancelled wait for mail loses none`() throws {
    let loop = try EventLoop(clock: .virtual)
    let mailbox = Mailbox<Int>(on: loop)
    try loop.run {
      let reader = loop.spawn {
        await #expect(throws: CancellationError.self) { try await mailbox.take() }
      }
      await Task.yield()
      reader.cancel()
      await reader.value
      mailbox.put(5)
      let mail = try await mailbox.take()
      #expect(mail == [5])
    }
  }

  @Test func `a cancelled wait for a descriptor leaves it watchable`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    let waiter = DescriptorWaiter(pair.near.rawValue, on: loop)
    try loop.run {
      let reader = loop.spawn {
        await #expect(throws: CancellationError.self) { try await waiter.readable() }
      }
      await Task.yield()
      reader.cancel()
      await reader.value
      poke(pair.far.rawValue)
      try await waiter.readable()
      #expect(drain(pair.near.rawValue) == 1)
      waiter.cancel()
    }
  }

  @Test func `a hang-up that nobody waits for does not spin the loop`() throws {
    let loop = try EventLoop(clock: .virtual)
    let near: OwnedDescriptor
    do {
      let pipe = try Syscalls.pipe()
      poke(pipe.writer.rawValue)
      near = pipe.takeReader()
    }
    let waiter = DescriptorWaiter(near.rawValue, on: loop)
    try loop.run {
      try await waiter.readable()
      let before = loop.turns
      try await loop.sleep(for: .seconds(1))
      #expect(loop.turns - before < 5)
      // And yet the next wait hears of it.
      try await waiter.readable()
    }
  }

  @Test func `a body bound to the main actor is refused, not left hanging`() async {
    await #expect(processExitsWith: .failure) {
      await MainActor.run {
        guard let loop = try? EventLoop() else { return }
        loop.run { @MainActor in }
      }
    }
  }

  @Test func `a loop that runs cannot be run again from inside`() async {
    await #expect(processExitsWith: .failure) {
      let loop = try EventLoop()
      loop.schedule(after: .zero) { loop.runUntilStopped() }
      loop.runUntilStopped()
    }
  }

  @Test func `another thread is refused`() async {
    await #expect(processExitsWith: .failure) {
      let loop = try EventLoop()
      onAnotherThread {
        loop.schedule(after: .zero) {}
        exit(EXIT_SUCCESS)
      }
      loop.runUntilStopped()
    }
  }
}

private func isInside(_ loop: EventLoop) async -> Bool { loop.isInside }

private actor Counter {
  let loop: EventLoop
  var count = 0

  init(loop: EventLoop) { self.loop = loop }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.serialExecutor.asUnownedSerialExecutor()
  }

  func increment() {
    loop.assertInside()
    count += 1
  }
}
