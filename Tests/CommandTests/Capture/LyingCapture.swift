import CaptureFile
import Testing

/// A capture of three good frames, in one of the formats and byte orders, and what a lie makes of it.
struct LyingCapture {
  /// A format of capture files, in one of its byte orders.
  struct Format: Sendable, CustomTestStringConvertible {
    var isPcapng: Bool
    var order: ByteOrder

    var testDescription: String {
      "\(isPcapng ? "pcapng" : "pcap"), \(order == .little ? "little" : "big") endian"
    }

    static let all = [false, true].flatMap { isPcapng in
      [ByteOrder.little, .big].map { Format(isPcapng: isPcapng, order: $0) }
    }
  }

  /// Something that no writer should say, and what is made of it.
  struct Lie: Sendable, CustomTestStringConvertible {
    var name: String
    var isOfPcapng: Bool
    /// How many frames are good.
    var good = 2
    /// What is wrong, as the one line on standard error says; nil when nothing needs to be said.
    var words: String?
    var tell: @Sendable (inout LyingCapture) -> Void

    var testDescription: String { name }
  }

  let format: Format
  /// What stands before the frames.
  private(set) var head: [UInt8] = []
  /// The three frames, each with its header, and what a lie lays behind them.
  var units: [[UInt8]] = []

  /// All bytes of the file.
  var bytes: [UInt8] { head + units.joined() }

  /// Where the last frame's record or block begins.
  static func place(isPcapng: Bool) -> Int { isPcapng ? 28 + 20 + 2 * 76 : 24 + 2 * 58 }

  /// Three requests of ARP: of 192.0.2.1, 2 and 3, a second from one to the next.
  init(_ format: Format, linkType: UInt16 = 1) {
    self.format = format
    if format.isPcapng {
      // A section of unknown length, and an interface that says nothing of its clock: microseconds.
      head = numbers(0x0a0d_0d0a, 28, 0x1a2b_3c4d) + half(1) + half(0)
      head += numbers(.max, .max, 28) + numbers(1, 20) + half(linkType) + half(0) + numbers(0, 20)
    } else {
      head = numbers(0xa1b2_c3d4) + half(2) + half(4) + numbers(0, 0, 65535, UInt32(linkType))
    }
    for number in 1...3 as ClosedRange<UInt8> {
      let frame = Self.frame(number)
      let length = UInt32(frame.count)
      let seconds = 1_700_000_000 + UInt32(number)
      guard format.isPcapng else {
        units.append(numbers(seconds, 0, length, length) + frame)
        continue
      }
      let time = UInt64(seconds) * 1_000_000
      units.append(
        numbers(6, 76, 0, UInt32(time >> 32), UInt32(truncatingIfNeeded: time), length, length)
          + frame + [0, 0] + numbers(76))
    }
  }

  private static func frame(_ number: UInt8) -> [UInt8] {
    let station: [UInt8] = [2, 0, 0, 0, 0, number]
    var bytes = [UInt8](repeating: 0xff, count: 6) + station + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1]
    bytes += station + [192, 0, 2, number, 0, 0, 0, 0, 0, 0, 192, 0, 2, 9]
    return bytes
  }

  /// Puts a number of 32 bits at `offset` of a frame's header.
  mutating func store(_ value: UInt32, at offset: Int, of unit: Int = 2) {
    units[unit].replaceSubrange(offset..<offset + 4, with: numbers(value))
  }

  /// Lays numbers of 32 bits at the end of the head: a block of pcapng's.
  mutating func appendToHead(_ values: UInt32...) {
    for value in values { head += numbers(value) }
  }

  /// Gives the first interface these options.
  mutating func setOptions(_ options: [UInt8]) {
    let length = UInt32(20 + options.count)
    head.replaceSubrange(28..<48, with: numbers(1, length) + half(1) + half(0) + numbers(0))
    head += options + numbers(length)
  }

  /// Numbers of 32 bits in the file's order.
  func numbers(_ values: UInt32...) -> [UInt8] {
    values.flatMap { value in
      let value = format.order == .big ? value : value.byteSwapped
      return (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
  }

  /// A number of 16 bits in the file's order.
  func half(_ value: UInt16) -> [UInt8] {
    let bytes = [UInt8(value >> 8), UInt8(value & 0xff)]
    return format.order == .big ? bytes : bytes.reversed()
  }
}

extension LyingCapture.Lie {
  /// Those that are told to every command which reads captures: one of each kind.
  static var forAll: [Self] {
    let names: Set<String> = [
      "a frame that is cut", "a frame of 4 GB", "a frame that had fewer bytes than were kept",
      "time that runs backwards from the last second", "a block of 4 GB", "a block that is cut",
      "the last time that there is", "the first second that there is for an offset",
    ]
    return (ofPcap + ofPcapng).filter { names.contains($0.name) }
  }

  /// What may be said of the last frame of a pcap file.
  static let ofPcap: [Self] = {
    let place = LyingCapture.place(isPcapng: false)
    func lie(
      _ name: String, good: Int = 2, _ words: String?,
      _ tell: @escaping @Sendable (inout LyingCapture) -> Void
    ) -> Self {
      Self(name: name, isOfPcapng: false, good: good, words: words, tell: tell)
    }
    return [
      lie(
        "a frame that is cut",
        "cut off in the record at byte \(place): 58 bytes needed by its captured length, 57 there"
      ) { $0.units[2].removeLast() },
      lie(
        "a header that is cut",
        "cut off in the record at byte \(place): 16 bytes needed by its fixed size, 7 there"
      ) { $0.units[2].removeLast(51) },
      lie(
        "a frame of 4 GB",
        "the captured length of the record at byte \(place) is 4294967295, which it may not be"
      ) { $0.store(.max, at: 8) },
      lie(
        "a frame longer than any",
        "the captured length of the record at byte \(place) is 262145, which it may not be"
      ) { $0.store(262_145, at: 8) },
      lie(
        "a frame that goes on behind the file's end",
        "cut off in the record at byte \(place): 60016 bytes needed by its captured length, 58 there"
      ) { $0.store(60000, at: 8) },
      lie("a frame that had 4 GB", good: 3, nil) { $0.store(.max, at: 12) },
      lie("a frame that had fewer bytes than were kept", good: 3, nil) { $0.store(3, at: 12) },
      lie("more microseconds than a second has", good: 3, nil) { $0.store(.max, at: 4) },
      lie("time that runs backwards", good: 3, nil) { $0.store(5, at: 0) },
      lie("time that runs backwards from the last second", good: 3, nil) {
        $0.store(.max, at: 0, of: 0)
      },
    ]
  }()

  /// What may be said of the last frame of a pcapng file, of its block and of its interface.
  static let ofPcapng: [Self] = {
    let place = LyingCapture.place(isPcapng: true)
    func lie(
      _ name: String, good: Int = 2, _ words: String?,
      _ tell: @escaping @Sendable (inout LyingCapture) -> Void
    ) -> Self {
      Self(name: name, isOfPcapng: true, good: good, words: words, tell: tell)
    }
    let block = "the enhanced packet block at byte \(place)"
    return [
      lie(
        "a block that is cut", "cut off in \(block): 76 bytes needed by its total length, 75 there"
      ) { $0.units[2].removeLast() },
      lie(
        "a block whose header is cut",
        "cut off in \(block): 12 bytes needed by its fixed size, 7 there"
      ) { $0.units[2].removeLast(69) },
      lie("a block of 4 GB", "the total length of \(block) is 4294967292, which it may not be") {
        $0.store(0xffff_fffc, at: 4)
      },
      lie("a block longer than any", "the total length of \(block) is 16777220") {
        $0.store(16_777_220, at: 4)
      },
      lie("a block shorter than its own header", "the total length of \(block) is 8") {
        $0.store(8, at: 4)
      },
      lie("a length that is no multiple of 4", "the total length of \(block) is 77") {
        $0.store(77, at: 4)
      },
      lie("a block that goes on behind the file's end", "80 bytes needed by its total length") {
        $0.store(80, at: 4)
      },
      lie("two lengths of one block", "the trailing total length of \(block) is 72") {
        $0.store(72, at: 72)
      },
      lie(
        "a frame of 4 GB in a short block",
        "cut off in \(block): 4294967327 bytes needed by its captured length, 76 there"
      ) { $0.store(.max, at: 20) },
      lie("an interface that was not described", "the interface of \(block) is 7") {
        $0.store(7, at: 8)
      },
      lie("an option longer than its block", "cut off in option 2 of the enhanced packet block") {
        capture in
        capture.units[2].replaceSubrange(
          72..<76, with: capture.half(2) + capture.half(200) + capture.numbers(80))
        capture.store(80, at: 4)
      },
      lie("a block of no known type", good: 3, nil) {
        $0.units.append($0.numbers(0x0bad_0bad, 16, 0, 16))
      },
      lie("a frame that had 4 GB", good: 3, nil) { $0.store(.max, at: 24) },
      lie("time that runs backwards", good: 3, nil) { $0.store(0, at: 12) },
      lie("the last time that there is", good: 3, nil) { capture in
        for offset in [12, 16] { capture.store(.max, at: offset) }
      },
      lie("seconds for a clock, and the last of them", good: 3, nil) { capture in
        // if_tsresol: 10^0.
        capture.setOptions(capture.half(9) + capture.half(1) + [0, 0, 0, 0])
        for offset in [12, 16] { capture.store(.max, at: offset) }
      },
      lie("the first second that there is for an offset", good: 3, nil) { capture in
        // if_tsoffset, and times of its beginning.
        let offset = capture.numbers(0x8000_0000, 0)
        capture.setOptions(
          capture.half(14) + capture.half(8)
            + (capture.format.order == .big ? offset : Array(offset[4...] + offset[..<4])))
        for unit in 0..<3 {
          for place in [12, 16] { capture.store(0, at: place, of: unit) }
        }
      },
    ]
  }()
}
