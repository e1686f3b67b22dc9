import CaptureFile
import EventLoop
import Glibc
import LinkLayer

/// A capture that is read piece by piece, from a file or from standard input: however large it is, and
/// while it still grows at the other end of a pipe.
struct CaptureInput: ~Copyable {
  /// The file's name as it was given.
  let path: String
  private let descriptor: OwnedDescriptor?
  /// What is read from: the descriptor, or standard input.
  private let number: Int32
  private var reader = CaptureReader()
  private var chunk = [UInt8](repeating: 0, count: 1 << 20)
  private var hasEnded = false

  /// Opens the capture; `-` is standard input.
  init(_ path: String) throws(CommandFailure) {
    self.path = path
    guard path != "-" else {
      descriptor = nil
      number = 0
      return
    }
    do throws(SystemError) {
      let opened = try OwnedDescriptor("open") { unsafe open(path, O_RDONLY | O_CLOEXEC) }
      number = opened.rawValue
      descriptor = consume opened
    } catch {
      throw CommandFailure(.noInput, "\(path): \(error.reason)")
    }
  }

  /// The name of an interface, if the capture has it.
  func interfaceName(_ index: Int) -> String? {
    reader.interfaces.indices.contains(index) ? reader.interfaces[index].name : nil
  }

  /// How many bytes of frame check sequence end every frame of an interface, as far as the capture says.
  func checkSequenceLength(ofInterface index: Int) -> Int {
    guard reader.interfaces.indices.contains(index) else { return 0 }
    return Int(reader.interfaces[index].frameCheckSequenceLength ?? 0)
  }

  /// The next frame, lent until the next call; nil when more bytes are needed: see ``fill()``.
  ///
  /// - Throws: after all frames before the fault.
  @_lifetime(&self)
  mutating func next() throws(CommandFailure) -> CapturedFrameView? {
    do throws(CaptureFileError) {
      return try reader.next()
    } catch {
      throw CommandFailure(.noInput, "\(path): \(error)")
    }
  }

  /// Whether ``fill()`` would not wait: files never do, and a pipe does as long as it is empty.
  var isReady: Bool {
    var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&waiting, 1, 0) != 0
  }

  /// Reads more bytes, and waits for them if need be; false at the end.
  mutating func fill() throws(CommandFailure) -> Bool {
    guard !hasEnded else { return false }
    // Taken out for the time, so that it is not copied: the reader keeps a copy of its own.
    var bytes: [UInt8] = []
    swap(&bytes, &chunk)
    defer { swap(&bytes, &chunk) }
    let number = number
    do throws(SystemError) {
      let count = try Syscalls.retrying("read") {
        unsafe Glibc.read(number, &bytes, bytes.count)
      }
      if count > 0 {
        reader.append(bytes.rawBytes.extracting(first: count))
      } else {
        reader.finish()
        hasEnded = true
      }
      return true
    } catch {
      throw CommandFailure(.noInput, "\(path): \(error.reason)")
    }
  }
}
