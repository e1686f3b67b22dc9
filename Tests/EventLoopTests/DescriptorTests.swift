import EventLoop
import Glibc
import Testing

@Suite struct `Watching descriptors` {
  @Test func `a handler that cancels itself is not called again`() throws {
    let loop = try EventLoop(clock: .virtual)
    let pair = try SocketPair()
    var calls = 0
    var registration: Registration?
    registration = try loop.watch(pair.near.rawValue, .readable) { _ in
      calls += 1
      registration?.cancel()
    }
    poke(pair.far.rawValue)
    try loop.run { try await loop.sleep(for: .seconds(1)) }
    #expect(calls == 1)
    #expect(registration?.isActive == false)
  }

  @Test func `of two that are ready and cancel each other only one is called`() throws {
    let loop = try EventLoop(clock: .virtual)
    let one = try SocketPair()
    let two = try SocketPair()
    var calls: [Int] = []
    var registrations: [Registration] = []
    for (index, descriptor) in [one.near.rawValue, two.near.rawValue].enumerated() {
      registrations.append(
        try loop.watch(descriptor, .readable) { _ in
          calls.append(index)
          registrations[1 - index].cancel()
          registrations[index].cancel()
        })
    }
    poke(one.far.rawValue)
    poke(two.far.rawValue)
    try loop.run { try await loop.sleep(for: .seconds(1)) }
    #expect(calls.count == 1)
  }

  @Test func `a number that is reused within a batch does not get the old event`() throws {
    let loop = try EventLoop(clock: .virtual)
    let one = try SocketPair()
    let two = try SocketPair()
    let quiet = try SocketPair()
    var stale = 0
    var registrations: [Registration] = []
    let numbers = [one.near.rawValue, two.near.rawValue]
    for index in 0...1 {
      registrations.append(
        try loop.watch(numbers[index], .readable) { _ in
          // Both are ready. Whoever comes first puts a quiet socket under the other's number.
          for registration in registrations { registration.cancel() }
          dup2(quiet.near.rawValue, numbers[1 - index])
          do {
            try loop.watch(numbers[1 - index], .readable) { _ in stale += 1 }
          } catch { Issue.record(error) }
        })
    }
    poke(one.far.rawValue)
    poke(two.far.rawValue)
    try loop.run { try await loop.sleep(for: .seconds(1)) }
    #expect(stale == 0)
  }

  @Test func `a late cancel of a closed descriptor spares the next owner of its number`() throws {
    let loop = try EventLoop(clock: .virtual)
    let pair = try SocketPair()
    let number = try socketOfItsOwn()
    let forgotten = try loop.watch(number, .readable) { _ in Issue.record("closed long ago") }
    let copy = dup2(pair.near.rawValue, number)
    var calls = 0
    let registration = try loop.watch(copy, .readable) { _ in
      calls += 1
      drain(copy)
    }
    forgotten.cancel()
    #expect(registration.isActive)
    poke(pair.far.rawValue)
    try loop.run { try await loop.sleep(for: .seconds(1)) }
    #expect(calls == 1)
    registration.cancel()
    close(copy)
  }

  @Test func `bytes that a handler leaves are told again`() throws {
    let loop = try EventLoop(clock: .virtual)
    let pair = try SocketPair()
    var calls = 0
    try loop.watch(pair.near.rawValue, .readable) { _ in
      calls += 1
      if calls == 3 { drain(pair.near.rawValue) }
    }
    poke(pair.far.rawValue)
    try loop.run { try await loop.sleep(for: .seconds(1)) }
    #expect(calls == 3)
  }

  @Test func `a watch outlives its registration value`() throws {
    let loop = try EventLoop(clock: .virtual)
    let pair = try SocketPair()
    var calls = 0
    do {
      _ = try loop.watch(pair.near.rawValue, .readable) { _ in
        calls += 1
        drain(pair.near.rawValue)
      }
    }
    poke(pair.far.rawValue)
    try loop.run { try await loop.sleep(for: .seconds(1)) }
    #expect(calls == 1)
  }

  @Test func `an empty interest pauses and a later one goes on`() throws {
    let loop = try EventLoop(clock: .virtual)
    let pair = try SocketPair()
    var calls = 0
    let registration = try loop.watch(pair.near.rawValue, []) { _ in
      calls += 1
      drain(pair.near.rawValue)
    }
    poke(pair.far.rawValue)
    try loop.run {
      try await loop.sleep(for: .seconds(1))
      #expect(calls == 0)
      try registration.change(.readable)
      try await loop.sleep(for: .seconds(1))
    }
    #expect(calls == 1)
  }

  @Test func `changing a cancelled registration does not bring it back`() throws {
    let loop = try EventLoop(clock: .virtual)
    let pair = try SocketPair()
    let registration = try loop.watch(pair.near.rawValue, .readable) { _ in
      Issue.record("was cancelled")
    }
    registration.cancel()
    registration.cancel()
    try registration.change(.readable)
    poke(pair.far.rawValue)
    try loop.run { try await loop.sleep(for: .seconds(1)) }
  }

  @Test func `the end of the peer is told, with what it sent before`() throws {
    let loop = try EventLoop(clock: .virtual)
    let near: OwnedDescriptor
    do {
      let pipe = try Syscalls.pipe()
      poke(pipe.writer.rawValue)
      near = pipe.takeReader()
    }
    var told: Readiness = []
    var registration: Registration?
    registration = try loop.watch(near.rawValue, .readable) { readiness in
      told = readiness
      registration?.cancel()
    }
    try loop.run { try await loop.sleep(for: .seconds(1)) }
    #expect(told == [.readable, .hangUp])
    #expect(drain(near.rawValue) == 1)
  }

  @Test func `a write that would wait is told when there is room`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    let near = DescriptorWaiter(pair.near.rawValue, on: loop)
    var sent = 0
    let chunk = [UInt8](repeating: 7, count: 65536)
    func fill() {
      while true {
        let count = write(pair.near.rawValue, chunk, chunk.count)
        guard count > 0 else { return }
        sent += count
      }
    }
    fill()
    let before = sent
    try loop.run {
      let far = DescriptorWaiter(pair.far.rawValue, on: loop)
      loop.spawn { [unowned loop] in
        var received = 0
        var bytes = [UInt8](repeating: 0, count: 65536)
        while received < before {
          try? await far.readable()
          let count = read(pair.far.rawValue, &bytes, bytes.count)
          if count > 0 { received += count }
        }
        _ = loop
      }
      try await near.writable()
      fill()
    }
    #expect(sent > before)
  }

  @Test func `one number cannot be watched twice`() throws {
    let loop = try EventLoop()
    let pair = try SocketPair()
    let first = try loop.watch(pair.near.rawValue, .readable) { _ in }
    #expect(throws: SystemError(errno: EEXIST, operation: "epoll_ctl")) {
      try loop.watch(pair.near.rawValue, .writable) { _ in }
    }
    #expect(first.isActive)
  }

  @Test func `what cannot be watched is refused`() throws {
    let loop = try EventLoop()
    let file = open("/dev/null/..", O_RDONLY)
    #expect(file < 0)
    let program = open("/proc/self/exe", O_RDONLY)
    defer { close(program) }
    #expect(throws: SystemError(errno: EPERM, operation: "epoll_ctl")) {
      try loop.watch(program, .readable) { _ in }
    }
    #expect(throws: SystemError(errno: EBADF, operation: "epoll_ctl")) {
      try loop.watch(-1, .readable) { _ in }
    }
    #expect(throws: SystemError(errno: EBADF, operation: "epoll_ctl")) {
      try loop.watch(1_000_000, .readable) { _ in }
    }
  }

  @Test func `an owned descriptor is closed once, and not at all when released`() throws {
    let number: Int32
    let released: Int32
    do {
      let pipe = try Syscalls.pipe()
      number = pipe.writer.rawValue
      #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
      released = OwnedDescriptor(owning: dup(pipe.reader.rawValue)).release()
    }
    #expect(fcntl(released, F_GETFD) >= 0)
    close(released)
  }

  @Test func `a system error speaks`() {
    let error = SystemError(errno: EPERM, operation: "socket")
    #expect(error.description == "socket: Operation not permitted")
    #expect(SystemError(errno: 9999, operation: "socket").reason.contains("9999"))
    #expect(error != SystemError(errno: EPERM, operation: "bind"))
    #expect(error != SystemError(errno: EACCES, operation: "socket"))
  }
}

/// A socket that nothing else refers to: it is gone when its number is closed.
private func socketOfItsOwn() throws -> Int32 {
  try Syscalls.retrying("socket") { socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0) }
}

extension Pipe {
  consuming func takeReader() -> OwnedDescriptor { reader }
}
