import CaptureFile
import Drivers
import DynamicLibrary
import EventLoop
import IPMI
import LinkLayer
import Links
import OpenSSL
import MonotonicTime
import Sockets

/// Where a command speaks with controllers: by UDP sockets on a loop of its own, or against a recording
/// in the network's place.
final class BMCPlace {
  let loop: EventLoop
  let sockets: BMCSockets
  /// What is played; nil on the network.
  let replay: BMCReplay?
  private let recorder: BMCRecorder?
  private let recordPath: String

  init(_ choice: BMCRecordingOptions = BMCRecordingOptions()) throws(CommandFailure) {
    let cryptography = try worded { () throws(LibraryError) in try OpenSSLCryptography() }
    recordPath = choice.record ?? ""
    if let path = choice.replay {
      let recording = try Self.recording(at: path)
      let loop = try worded { () throws(SystemError) in try EventLoop(clock: .virtual) }
      let replay = BMCReplay(recording, on: loop)
      guard let seed = RunSeed(digits: recording.seed) else {
        throw CommandFailure(.noInput, "\(path): its seed is damaged")
      }
      self.loop = loop
      self.replay = replay
      let sockets = BMCSockets(
        on: loop, cryptography: cryptography, seed: seed.secret, replay: replay)
      self.sockets = sockets
      recorder = try choice.record.map { path throws(CommandFailure) in
        try Self.recorder(to: path, seed: recording.seed)
      }
      observe()
      return
    }
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    self.loop = loop
    replay = nil
    guard let path = choice.record else {
      recorder = nil
      sockets = BMCSockets(on: loop, cryptography: cryptography)
      return
    }
    let seed = RunSeed()
    recorder = try Self.recorder(to: path, seed: seed.digits)
    sockets = BMCSockets(on: loop, cryptography: cryptography, seed: seed.secret)
    observe()
  }

  private static func recorder(
    to path: String, seed: String
  ) throws(CommandFailure) -> BMCRecorder {
    do throws(SystemError) {
      return BMCRecorder(
        to: try FileSink(path: path, isPrivate: true), seed: seed,
        application: "crimp \(CrimpVersion.text)", comments: RecordedCommand.comments())
    } catch {
      throw CommandFailure(.inputOutput, "--record \(path): \(error.reason)")
    }
  }

  /// Has the recorder told what passes.
  private func observe() {
    guard let recorder else { return }
    // A replay has a time of its own: that of the recording.
    let beginning = loop.now
    let then = replay?.recording.entries.first?.timestamp
    sockets.observer = { [unowned sockets] datagram in
      let time = then.map { $0.advanced(by: datagram.at - beginning) } ?? .now
      recorder.record(datagram, at: time, source: sockets.localAddress(towards:))
    }
  }

  private static func recording(at path: String) throws(CommandFailure) -> BMCRecording {
    let bytes = try WholeFile.bytes(at: path)
    do throws(BMCRecording.Fault) {
      return try BMCRecording(reading: bytes.rawBytes)
    } catch {
      throw CommandFailure(.noInput, "\(path): \(error.words)")
    }
  }

  /// What controllers accepted last time: of no matter to a run that is to be repeated elsewhere.
  func suiteMemory() -> SuiteMemory {
    recorder == nil && replay == nil ? SuiteMemory() : SuiteMemory(path: nil)
  }

  /// How many controllers are spoken to at once when nobody says so: the kernel's buffers decide, and a
  /// replay has the recording's.
  func window(_ wanted: Int?) -> Int? {
    if let replay { return wanted ?? replay.recording.note("window").flatMap { Int($0) } }
    guard let recorder else { return wanted }
    let window = wanted ?? BMCFleet(on: sockets).window
    recorder.note("window \(window)")
    return window
  }

  /// The addresses of hosts, or why they have none; in a replay those of then.
  func addresses(
    of hosts: [(name: String, port: UInt16)]
  ) async -> [Result<InternetAddress, NameError>] {
    if let replay {
      return hosts.map { host in
        let text = replay.recording.note("host \(host.name) \(host.port)")
        return text.flatMap { InternetAddress($0) }.map { .success($0) }
          ?? .failure(.unknown(name: host.name))
      }
    }
    let addresses = await HostAddresses(loop).resolve(hosts)
    if let recorder {
      for (host, address) in zip(hosts, addresses) {
        guard case .success(let address) = address else { continue }
        recorder.note("host \(host.name) \(host.port) \(address)")
      }
    }
    return addresses
  }

  /// Closes the sockets; a recording gets its name only now, and a replay tells how it went.
  func close() throws(CommandFailure) {
    sockets.close()
    do throws(BMCRecorder.RecordingFailure) {
      try recorder?.finish()
    } catch {
      throw CommandFailure(.inputOutput, "--record \(recordPath): \(error.words)")
    }
    guard let differences = replay?.differences, let first = differences.first else { return }
    throw CommandFailure(
      .negative,
      "--replay: \(differences.count) of the datagrams differ from the recording: \(first.words)")
  }
}

/// Whether a command's conversations are recorded, or played.
struct BMCRecordingOptions {
  /// The file to record to.
  var record: String?
  /// The recording to play.
  var replay: String?

  /// Whether either is so.
  var isActive: Bool { record != nil || replay != nil }
}

/// What a run's random numbers follow from.
private struct RunSeed {
  private let bytes: [UInt8]

  /// Another one each time.
  init() {
    bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
  }

  /// The one that a recording tells; nil when these are not 64 hexadecimal digits.
  init?(digits: String) {
    var rest = digits.utf8[...]
    var bytes: [UInt8] = []
    while let first = rest.popFirst(), let second = rest.popFirst() {
      let pair = String(decoding: [first, second], as: UTF8.self)
      guard let byte = UInt8(pair, radix: 16) else { return nil }
      bytes.append(byte)
    }
    guard bytes.count == 32, digits.utf8.count == 64 else { return nil }
    self.bytes = bytes
  }

  var digits: String { bytes.hexadecimal }
  var secret: Secret { Secret(copying: bytes.messageBytes) }
}

extension BMCRecording {
  /// What was noted behind `heading`; nil when nothing was.
  fileprivate func note(_ heading: String) -> String? {
    notes.first { $0.hasPrefix(heading + " ") }.map { String($0.dropFirst(heading.count + 1)) }
  }
}

extension BMCRecording.Fault {
  fileprivate var words: String {
    switch self {
    case .unreadable(let error): "it is no capture, or is damaged or cut: \(error)"
    case .changedFrame(let number):
      "frame \(number) is not as it was recorded: its checksum is wrong"
    case .foreign: "it was not made by --record of a command that speaks with controllers"
    }
  }
}

extension BMCRecorder.RecordingFailure {
  fileprivate var words: String {
    switch self {
    case .unrecordable: "what was noted does not fit into a pcapng block: no recording is left"
    case .system(let error): "no recording is left: \(error.reason)"
    }
  }
}

extension BMCReplay.Difference {
  fileprivate var words: String {
    switch self {
    case .byte(let frame, let offset): "frame \(frame) from byte \(offset) of its datagram on"
    case .additional(let peer): "another one was sent to \(peer)"
    case .missing(let frame): "frame \(frame) was not sent"
    }
  }
}
