// Eight bytes there and back over a socket pair, both ends on one EventLoop: by handlers, and by two
// tasks that await their turn. The counterpart of epoll-pingpong.c, with its arguments and output.
//
// usage: eventloop-pingpong [ROUND-TRIPS [REPETITIONS]]
// prints: NAME MEDIAN-NANOSECONDS MIN-NANOSECONDS, a line each

import EventLoop
import Glibc

/// A socket pair and the ball: eight bytes that are never looked at.
final class Table {
  let near: OwnedDescriptor
  let far: OwnedDescriptor
  private var ball: UInt64 = 0

  init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    _ = try Syscalls.retrying("socketpair") { socketpair(AF_UNIX, type, 0, &ends) }
    near = OwnedDescriptor(owning: ends[0])
    far = OwnedDescriptor(owning: ends[1])
  }

  func serve(_ end: Int32) {
    precondition(write(end, &ball, 8) == 8)
  }

  func take(_ end: Int32) {
    precondition(read(end, &ball, 8) == 8)
  }
}

/// The nanoseconds of a round trip when handlers pass the ball.
func playWithHandlers(_ loop: EventLoop, _ table: Table, _ roundTrips: Int) throws -> Double {
  let (near, far) = (table.near.rawValue, table.far.rawValue)
  var left = roundTrips
  let answering = try loop.watch(far, .readable) { _ in
    table.take(far)
    table.serve(far)
  }
  let counting = try loop.watch(near, .readable) { _ in
    table.take(near)
    left -= 1
    guard left > 0 else { return loop.stop() }
    table.serve(near)
  }
  defer {
    answering.cancel()
    counting.cancel()
  }
  return time(roundTrips) {
    table.serve(near)
    loop.runUntilStopped()
  }
}

/// The nanoseconds of a round trip when two tasks pass the ball.
func playWithTasks(_ loop: EventLoop, _ table: Table, _ roundTrips: Int) throws -> Double {
  let near = DescriptorWaiter(table.near.rawValue, on: loop)
  let far = DescriptorWaiter(table.far.rawValue, on: loop)
  defer {
    near.cancel()
    far.cancel()
  }
  return try time(roundTrips) {
    try loop.run {
      let answering = loop.spawn {
        while (try? await far.readable()) != nil {
          table.take(table.far.rawValue)
          table.serve(table.far.rawValue)
        }
      }
      for _ in 0..<roundTrips {
        table.serve(table.near.rawValue)
        try await near.readable()
        table.take(table.near.rawValue)
      }
      answering.cancel()
      await answering.value
    }
  }
}

func time(_ roundTrips: Int, _ body: () throws -> Void) rethrows -> Double {
  let duration = try ContinuousClock().measure(body)
  return duration / .nanoseconds(1) / Double(roundTrips)
}

func report(_ name: String, _ repetitions: Int, _ play: () throws -> Double) rethrows {
  let times = try (0..<repetitions).map { _ in try play() }.sorted()
  print(name, Int(times[repetitions / 2].rounded()), Int(times[0].rounded()))
}

func argument(_ index: Int, default value: Int) -> Int {
  CommandLine.arguments.count > index ? Int(CommandLine.arguments[index]) ?? 0 : value
}

/// Not in the top-level code, whose closures belong to the main actor and not to the loop.
func main(roundTrips: Int, repetitions: Int) throws {
  let loop = try EventLoop()
  let table = try Table()
  for play in [playWithHandlers, playWithTasks] { _ = try play(loop, table, roundTrips / 10 + 1) }
  try report("swift-closures", repetitions) { try playWithHandlers(loop, table, roundTrips) }
  try report("swift-async", repetitions) { try playWithTasks(loop, table, roundTrips) }
}

let roundTrips = argument(1, default: 100_000)
let repetitions = argument(2, default: 7)
guard roundTrips > 0, repetitions > 0 else { exit(64) }
try main(roundTrips: roundTrips, repetitions: repetitions)
