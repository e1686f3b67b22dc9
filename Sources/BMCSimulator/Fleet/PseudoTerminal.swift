internal import CLinux
internal import EventLoop
internal import Glibc

/// A pseudo-terminal that is a machine's serial line: what a console types comes out at its other
/// end, and what is written there goes to the console.
final class PseudoTerminal {
  /// The name of the other end, such as `/dev/pts/3`.
  let name: String

  private let master: OwnedDescriptor
  /// Held open so that the line does not hang up between two programs that use it.
  private let slave: OwnedDescriptor
  private var registration: Registration?

  private static let readAtOnce = 4096

  init(on loop: EventLoop, _ receive: @escaping ([UInt8]) -> Void) throws(SystemError) {
    var path = [CChar](repeating: 0, count: 64)
    let master = try OwnedDescriptor("open /dev/ptmx") {
      unsafe crimp_open_terminal(&path, path.count)
    }
    let number = master.rawValue
    slave = try OwnedDescriptor("open") {
      unsafe open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    }
    name = String(
      decoding: path.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    self.master = master
    Self.makeRaw(slave.rawValue)
    registration = try loop.watch(number, .readable) { _ in
      let bytes = Self.read(from: number)
      if !bytes.isEmpty { receive(bytes) }
    }
  }

  /// Writes what a console typed. What the other end does not read in time is lost, as on a line
  /// without flow control.
  func write(_ bytes: [UInt8]) {
    let written = unsafe Glibc.write(master.rawValue, bytes, bytes.count)
    _ = written
  }

  func close() {
    registration?.cancel()
    registration = nil
  }

  /// No echo and no line editing: the line carries bytes.
  private static func makeRaw(_ descriptor: Int32) {
    var settings = termios()
    guard unsafe tcgetattr(descriptor, &settings) == 0 else { return }
    unsafe cfmakeraw(&settings)
    unsafe tcsetattr(descriptor, TCSANOW, &settings)
  }

  private static func read(from descriptor: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: readAtOnce)
    let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
    return count > 0 ? Array(bytes.prefix(count)) : []
  }
}
