import CaptureFile
import EventLoop
import Glibc
import Links

/// A file that gets what a serial line says: appended, and written at once, so that it is whole up to
/// the last character whatever ends the program.
final class SerialTranscript {
  /// Why it could not be written, from then on.
  private(set) var failure: SystemError?
  private let descriptor: OwnedDescriptor
  private let isTimed: Bool
  private var isAtLineStart = true

  /// Opens the file, which others may not read when it is made: a console shows secrets.
  ///
  /// - Parameter isTimed: whether each line begins with the time of its first character.
  init(path: String, isTimed: Bool) throws(CommandFailure) {
    self.isTimed = isTimed
    do throws(SystemError) {
      descriptor = try OwnedDescriptor("open") {
        unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0o600)
      }
    } catch {
      throw CommandFailure(.inputOutput, "--transcript \(path): \(error.reason)")
    }
  }

  /// Appends what the line said.
  func append(_ characters: [UInt8]) {
    guard isTimed else { return write(characters) }
    var bytes: [UInt8] = []
    for byte in characters {
      // The end of a line belongs to it, however it is made up.
      let endsLine = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      if isAtLineStart, !endsLine {
        bytes += Array("\(Self.time) ".utf8)
        isAtLineStart = false
      }
      bytes.append(byte)
      if byte == UInt8(ascii: "\n") { isAtLineStart = true }
    }
    write(bytes)
  }

  /// Appends a line about the console itself, where lines have their times.
  func note(_ text: String) {
    guard isTimed else { return }
    write(Array("\(isAtLineStart ? "" : "\n")\(Self.time) -- \(text)\n".utf8))
    isAtLineStart = true
  }

  private func write(_ bytes: [UInt8]) {
    guard failure == nil else { return }
    var rest = bytes[...]
    do throws(SystemError) {
      while !rest.isEmpty {
        let count = try Syscalls.retrying("write") {
          unsafe rest.withUnsafeBytes {
            unsafe Glibc.write(descriptor.rawValue, $0.baseAddress, $0.count)
          }
        }
        rest = rest.dropFirst(count)
      }
    } catch {
      failure = error
    }
  }

  /// The time in UTC, to a millisecond.
  private static var time: String {
    let now = CaptureTimestamp.now
    var seconds = time_t(now.seconds)
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let count = unsafe strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
    let text = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    let milliseconds = String(now.nanoseconds / 1_000_000)
    return text + "." + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds + "Z"
  }
}
