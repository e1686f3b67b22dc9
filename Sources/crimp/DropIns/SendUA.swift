internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links
internal import MonotonicTime

/// `send_ua`, as the cluster agents' program answers: unsolicited neighbour advertisements of an
/// IPv6 address.
enum SendUA {
  /// Runs the command line and returns the exit status: 2 for a wrong command line, and 0 for
  /// everything else, failures included, as callers know it.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let console = Console()
    defer { console.flush() }
    do throws(Exit) {
      var (interval, count) = (Duration.seconds(1), 5)
      guard arguments.count >= 3 else { throw usage(console) }
      let operands = try scanOptions(
        program: program, arguments, letters: "i:c:h"
      ) { letter, argument throws(Exit) in
        switch letter {
        case "i": interval = .milliseconds(max(0, Numbers.integer(argument)))
        case "c": count = Numbers.integer(argument)
        default: throw usage(console)
        }
      }
      guard operands.count >= 3 else { throw usage(console) }
      guard let address = IPv6Address(operands[0]) else {
        console.write("ERROR: Invalid IPv6 address [\(operands[0])]")
        throw usage(console)
      }
      try announce(address, on: operands[2], interval, count, console)
      return 0
    } catch {
      return error.status
    }
  }

  private static func announce(
    _ address: IPv6Address, on name: String, _ interval: Duration, _ count: Int, _ console: Console
  ) throws(Exit) {
    guard count > 0 else { return }
    guard let interface = DropInInterface(name) else {
      throw giveUp("ioctl(SIOCGIFHWADDR) failed: No such device", console)
    }
    let state = interface.interface
    do throws(SystemError) {
      try SourceAddress.check(address, index: state.index)
    } catch {
      throw giveUp("\(error.operation) failed: \(error.reason)", console)
    }
    guard state.isUp, state.hasCarrier, !state.isLoopback else {
      throw giveUp("sendto(\(name)) failed: Network is unreachable", console)
    }
    do throws(LinkError) {
      let advertisement = try UnsolicitedAdvertisement(address, on: interface)
      try advertisement.send()
      if count > 1 { try repeated(advertisement, count - 1, interval, console) }
    } catch {
      switch error {
      case .permission:
        throw giveUp("socket(IPPROTO_ICMPV6) failed: Operation not permitted", console)
      case .system(let error): throw giveUp("\(error.operation) failed: \(error.reason)", console)
      default: throw giveUp("sendto(\(name)) failed: \(error)", console)
      }
    }
  }

  /// The advertisements after the first, until SIGTERM.
  private static func repeated(
    _ advertisement: UnsolicitedAdvertisement, _ count: Int, _ interval: Duration,
    _ console: Console
  ) throws(LinkError) {
    do throws(SystemError) {
      try Privileges.dropAll()
      let loop = try EventLoop()
      try loop.onFirst(of: [SIGTERM]) { [unowned loop] in loop.stop() }
      loop.run {
        for _ in 0..<count {
          guard (try? await loop.sleep(for: interval)) != nil else { return }
          try? advertisement.send()
        }
      }
    } catch {
      throw .system(error)
    }
  }

  /// The original tells what went wrong, without an end of line, and that all went well.
  private static func giveUp(_ reason: String, _ console: Console) -> Exit {
    console.write("ERROR: \(reason)")
    return Exit(status: 0)
  }

  private static func usage(_ console: Console) -> Exit {
    console.write("usage: send_ua [-i milliseconds] [-c count] [-h] address prefix interface\n")
    return Exit(status: 2)
  }
}
