public import CaptureFile
public import EventLoop
internal import LinkLayer
public import Links
public import Sockets

/// Writes down what passes between clients and controllers, as pcapng: each datagram in an IP packet
/// made for it, with the time of day. Wireshark reads it as what it was on the wire.
///
/// No password and no key is in it but what the session itself shows: a straight password of IPMI 1.5, a new
/// password that is set in a session without encryption. What an observer of the network could do with the
/// datagrams, who has the file can do: try passwords against a login, read what was not encrypted.
public final class BMCRecorder {
  private let sink: any CaptureSink
  private let application: String
  private let seed: String
  private let comments: [String]
  private var notes: [String] = []
  private var writer = PcapngWriter()
  private var hasBegun = false
  private var failure: RecordingFailure?
  private var sources: [InternetAddress: InternetAddress] = [:]

  /// Why a recording could not be written.
  public enum RecordingFailure: Error, Hashable, Sendable {
    /// A datagram, or the notes, do not fit into a capture.
    case unrecordable(CaptureWriteError)
    /// The file could not be written.
    case system(SystemError)
  }

  /// Records to `sink`.
  ///
  /// - Parameters:
  ///   - seed: what the run's random numbers follow from, as 64 hexadecimal digits.
  ///   - application: the program's name and version, for the file's header.
  ///   - comments: what else the file is to tell whoever reads it.
  public init(
    to sink: any CaptureSink, seed: String, application: String, comments: [String] = []
  ) {
    self.sink = sink
    self.comments = comments
    self.seed = seed
    self.application = application
  }

  /// Notes what a replay must know beside the datagrams; only before the first of them.
  public func note(_ text: String) { notes.append(text) }

  /// Takes what an observer is told; `source` says which address of this host a controller sees.
  public func record(
    _ datagram: ObservedDatagram, at time: CaptureTimestamp = .now,
    source: (InternetAddress) -> InternetAddress
  ) {
    let own = sources[datagram.peer] ?? source(datagram.peer)
    sources[datagram.peer] = own
    let (from, to) = datagram.isSent ? (own, datagram.peer) : (datagram.peer, own)
    guard let hosts = hosts(from.address, to.address) else { return }
    let packet = UDPPacket(
      hosts: hosts, sourcePort: from.port, destinationPort: to.port, payload: datagram.bytes)
    let comments = datagram.failure.map { [BMCRecording.failureHeading + $0.recordedName] }
    begin()
    write { (writer, output) throws(CaptureWriteError) in
      try writer.append(
        packet.bytes.rawBytes, at: time,
        flags: FrameFlags(datagram.isSent ? .outbound : .inbound), comments: comments ?? [],
        to: &output)
    }
  }

  /// Makes the recording last.
  ///
  /// - Throws: why it could not be written; there is no file then.
  public func finish() throws(RecordingFailure) {
    begin()
    if failure == nil {
      do throws(SystemError) {
        try sink.finish()
      } catch {
        giveUp(.system(error))
      }
    }
    if let failure { throw failure }
  }

  private func hosts(_ source: IPAddress, _ destination: IPAddress) -> UDPPacket.Hosts? {
    switch (source, destination) {
    case (.v4(let source), .v4(let destination)): .v4(source: source, destination: destination)
    case (.v6(let source), .v6(let destination)): .v6(source: source, destination: destination)
    default: nil
    }
  }

  private func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    var interface = CaptureInterface(linkType: .raw, name: "bmc")
    interface.comments =
      [BMCRecording.seedHeading + seed] + notes.map { BMCRecording.noteHeading + $0 } + comments
    write { (writer, output) throws(CaptureWriteError) in
      try writer.appendSection(SectionInformation(application: application), to: &output)
      try writer.appendInterface(interface, to: &output)
    }
  }

  private func write(
    _ body: (inout PcapngWriter, inout [UInt8]) throws(CaptureWriteError) -> Void
  ) {
    guard failure == nil else { return }
    var output: [UInt8] = []
    do throws(CaptureWriteError) {
      try body(&writer, &output)
    } catch {
      return giveUp(.unrecordable(error))
    }
    do throws(SystemError) {
      try sink.write(output)
    } catch {
      giveUp(.system(error))
    }
  }

  private func giveUp(_ error: RecordingFailure) {
    failure = error
    sink.discard()
  }
}
