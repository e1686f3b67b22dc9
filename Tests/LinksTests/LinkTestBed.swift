import CLinux
import CaptureFile
import EventLoop
import Glibc
import LinkLayer
import Links
import MonotonicTime
import Support

/// Two interfaces joined by a cable (veth), in a network namespace of their own. Needs root and
/// iproute2. IPv6 is off, so that the kernel says nothing on them.
final class VethPair {
  let namespace: String
  private(set) var left = LinkProperties(name: "left", hardwareAddress: VethPair.leftAddress)
  private(set) var right = LinkProperties(name: "right", hardwareAddress: VethPair.rightAddress)

  static let leftAddress = HardwareAddress(MACAddress(rawValue: 0x02_00_00_00_0a_01))
  static let rightAddress = HardwareAddress(MACAddress(rawValue: 0x02_00_00_00_0a_02))

  init() throws {
    namespace = "crimp-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try ip("netns", "add", namespace)
    try ip(
      "netns", "exec", namespace, "sh", "-c",
      "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6")
    try inside(
      "link", "add", "left", "address", "\(Self.leftAddress)", "type", "veth",
      "peer", "name", "right", "address", "\(Self.rightAddress)")
    for name in ["left", "right"] { try inside("link", "set", name, "up") }
    try inside {
      left.interfaceIndex = Int32(if_nametoindex("left"))
      right.interfaceIndex = Int32(if_nametoindex("right"))
      try waitForCarrier()
    }
  }

  /// The kernel switches a cable that was just plugged in on from a worker of its own.
  private func waitForCarrier() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    let running = Int32(IFF_UP) | Int32(IFF_RUNNING)
    for _ in 0..<5000 {
      let flags = [left, right].map { crimp_interface_flags(descriptor, $0.interfaceIndex) }
      if flags.allSatisfy({ $0 & running == running }) { return }
      usleep(1000)
    }
    throw Failure(text: "the cable has no carrier after 5 s")
  }

  deinit {
    _ = try? runTool("ip", ["netns", "del", namespace])
  }

  /// Runs `ip` in the namespace.
  func inside(_ arguments: String...) throws {
    try ip(["-n", namespace] + arguments)
  }

  /// Runs `body` with this thread in the namespace. What it opens there stays there.
  func inside<Result>(_ body: () throws -> Result) throws -> Result {
    let home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    let there = open("/run/netns/\(namespace)", O_RDONLY | O_CLOEXEC)
    defer {
      crimp_enter_network_namespace(home)
      close(home)
      close(there)
    }
    guard home >= 0, there >= 0, crimp_enter_network_namespace(there) == 0 else {
      throw SystemError(errno: errno, operation: "setns")
    }
    return try body()
  }

  private func ip(_ arguments: String...) throws { try ip(arguments) }

  private func ip(_ arguments: [String]) throws {
    let run = try runTool("ip", arguments)
    guard run.status == 0 else { throw Failure(text: run.errorText) }
  }

  struct Failure: Error {
    let text: String
  }
}

/// Whether tests that open packet sockets can run; `make test` runs them as root.
let isRoot = geteuid() == 0

/// A received frame, kept.
struct Received: Equatable {
  var bytes: [UInt8]
  var information: FrameInformation

  init(_ bytes: RawSpan, _ information: FrameInformation) {
    self.bytes = bytes.withUnsafeBytes { Array($0) }
    self.information = information
  }
}

extension Link {
  /// Receives what waits.
  func receiveAll() throws -> [Received] {
    var frames: [Received] = []
    while try receive(limit: 64, { frames.append(Received($0, $1)) }) > 0 {}
    return frames
  }

  /// Receives until there are `count` frames, or for two seconds.
  func receive(count: Int) throws -> [Received] {
    var frames: [Received] = []
    for _ in 0..<2000 where frames.count < count {
      frames += try receiveAll()
      if frames.count < count { usleep(1000) }
    }
    return frames
  }

  /// Drains, and keeps the frames.
  func drained() throws -> [Received] {
    var frames: [Received] = []
    _ = try drain { frames.append(Received($0, $1)) }
    return frames
  }
}

extension EventLoop {
  /// Turns the loop for so much of its time.
  func run(for duration: Duration) {
    schedule(after: duration) { self.stop() }
    runUntilStopped()
  }
}

/// An Ethernet frame by hand, so that tests do not trust the code that builds frames.
func frame(
  to destination: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  from source: [UInt8] = [2, 0, 0, 0, 0x0a, 2],
  tags: [[UInt8]] = [], type: UInt16 = 0x88b5, payload: [UInt8] = []
) -> [UInt8] {
  destination + source + tags.flatMap { $0 } + [UInt8(type >> 8), UInt8(type & 0xff)] + payload
}

/// An 802.1Q tag by hand.
func tag(_ identifier: UInt16, priority: UInt8 = 0, tpid: UInt16 = 0x8100) -> [UInt8] {
  [
    UInt8(tpid >> 8), UInt8(tpid & 0xff), priority << 5 | UInt8(identifier >> 8),
    UInt8(identifier & 0xff),
  ]
}

/// An Ethernet ARP packet by hand (RFC 826).
func arpPayload(
  operation: UInt8 = 1, sender: [UInt8] = [192, 0, 2, 1], target: [UInt8] = [192, 0, 2, 2]
) -> [UInt8] {
  [0, 1, 8, 0, 6, 4, 0, operation, 2, 0, 0, 0, 0x0a, 2] + sender + [0, 0, 0, 0, 0, 0] + target
}

extension SocketFilter {
  /// Judges an array, which `#expect` can take apart where it cannot a span.
  func accepts(_ frame: [UInt8], untagging: Bool = true) -> Bool {
    accepts(frame.rawBytes, untagging: untagging)
  }
}
