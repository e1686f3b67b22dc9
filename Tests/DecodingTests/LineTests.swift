import CaptureFile
import Decoding
import LinkLayer
import Support
import Testing

/// What a capture's frames say, line by line.
@Suite("Lines") struct LineTests {
  @Test(
    "of a mixed network and of a controller's session are as reviewed",
    arguments: [
      ("captures/mixed-link.pcap", "Fixtures/decoded/mixed-link.txt"),
      ("Fixtures/ipmi/sessions/2.0-suite-0.pcap", "Fixtures/decoded/ipmi-2.0-suite-0.txt"),
      ("Fixtures/ipmi/sessions/1.5-md5.pcap", "Fixtures/decoded/ipmi-1.5-md5.txt"),
    ])
  func golden(capture: String, expected: String) throws {
    let expected = String(decoding: try Fixture.file(expected), as: UTF8.self)
    let ours = try Frames(capture).lines()
    for (number, (line, reviewed)) in zip(ours, expected.split(separator: "\n")).enumerated() {
      #expect(line == reviewed, "frame \(number + 1)")
    }
    #expect(ours.count == expected.split(separator: "\n").count)
  }

  @Test(
    "count TCP's numbers from the start of each connection, and again when its ports are used again"
  )
  func relativeNumbers() throws {
    var decoder = FrameDecoder()
    let first = [segment(1000, 0, flags: 0x02), segment(1001, 5001, flags: 0x18, payload: 4)]
    let again = [segment(9000, 0, flags: 0x02), segment(9001, 1, flags: 0x10)]
    let lines = (first + again).map { decoder.line($0) }
    #expect(lines[0].contains("Flags [S], seq 0,"))
    #expect(lines[1].contains("Flags [P.], seq 1:5, ack 1,"))
    #expect(lines[2].contains("Flags [S], seq 0,"))
    #expect(lines[3].contains("Flags [.], ack 1,"))
  }

  @Test("tell a packet whose total length is left to the interface as any other")
  func segmentationOffload() throws {
    var bytes = segment(1000, 0, flags: 0x18, payload: 4)
    var (whole, offloaded) = (FrameDecoder(), FrameDecoder())
    let line = whole.line(bytes)
    bytes[16...17] = [0, 0]
    #expect(offloaded.line(bytes) == line && line.contains("length 4"), "\(line)")
  }

  @Test("hold nothing but printable ASCII, whatever peers call themselves")
  func escapes() throws {
    var generator = SeededGenerator(seed: 20_261_121)
    for path in AgreementTests.captures {
      for frame in try Frames(path).frames {
        var bytes = frame.bytes
        for _ in 0..<8 where !bytes.isEmpty {
          bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
            in: 0...255, using: &generator)
        }
        var decoder = FrameDecoder()
        let line = decoder.line(bytes, linkType: frame.linkType)
        #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "\(line)")
      }
    }
  }

  /// A TCP segment from 192.0.2.1 port 40000 to 192.0.2.2 port 80.
  private func segment(
    _ sequence: UInt32, _ acknowledgment: UInt32, flags: UInt16, payload: Int = 0
  ) -> [UInt8] {
    let header = TCPHeader(
      sourcePort: 40_000, destinationPort: 80, sequenceNumber: sequence,
      acknowledgmentNumber: acknowledgment, flags: TCPFlags(rawValue: flags))
    let body = header.bytes + [UInt8](repeating: 0, count: payload)
    let packet = IPv4Header(
      payloadByteCount: body.count, protocolNumber: .tcp,
      source: IPv4Address(rawValue: 0xc000_0201),
      destination: IPv4Address(rawValue: 0xc000_0202))
    let ethernet = EthernetHeader(
      destination: MACAddress(2, 0, 0, 0, 0, 2), source: MACAddress(2, 0, 0, 0, 0, 1),
      etherType: .ipv4)
    return ethernet.bytes + packet.bytes + body
  }
}

/// What is cut or cannot be is told, and stops nothing.
@Suite("Frames that are wrong") struct WrongFrameTests {
  @Test("are decoded as far as they go, at every length", arguments: AgreementTests.captures)
  func everyPrefix(capture: String) throws {
    for frame in try Frames(capture).frames {
      var decoder = FrameDecoder()
      for count in 0..<min(frame.bytes.count, 400) {
        let cut = Array(frame.bytes.prefix(count))
        #expect(!decoder.line(cut, linkType: frame.linkType).isEmpty)
        for layer in decoder.fields(of: cut.rawBytes, linkType: frame.linkType).layers {
          #expect(layer.range.lowerBound <= count)
          #expect(layer.fields.allSatisfy { $0.range.upperBound <= count })
        }
      }
    }
  }

  @Test(
    "keep their fields inside their bytes, whatever the bytes are",
    arguments: AgreementTests.captures)
  func noise(capture: String) throws {
    var generator = SeededGenerator(seed: 5)
    for frame in try Frames(capture).frames {
      for _ in 0..<20 where !frame.bytes.isEmpty {
        var bytes = frame.bytes
        for _ in 0..<4 {
          bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
            in: 0...255, using: &generator)
        }
        var decoder = FrameDecoder()
        let decoded = decoder.fields(of: bytes.rawBytes, linkType: frame.linkType)
        let ends = decoded.layers.flatMap(\.fields).map(\.range.upperBound)
        #expect(ends.allSatisfy { $0 <= bytes.count })
      }
    }
  }

  @Test("with a wrong checksum are told so")
  func checksum() throws {
    let ping = try #require(
      try Frames("captures/mixed-link.pcap").frames.first {
        var decoder = FrameDecoder()
        return decoder.line($0.bytes).contains("ICMP echo request")
      })
    var bytes = ping.bytes
    bytes[bytes.count - 1] ^= 1
    var decoder = FrameDecoder()
    let decoded = decoder.fields(of: bytes.rawBytes, linkType: .ethernet)
    #expect(decoded.layers.first { $0.name == "icmp" }?.problems == ["the checksum is wrong"])
    #expect(decoded.layers.first { $0.name == "ip" }?.problems == [])
  }

  @Test("quoting each other without end cost no more than two levels")
  func quotations() {
    // ICMP errors in ICMP errors, each with a header of its own, as deep as a frame can hold.
    var packet: [UInt8] = []
    for _ in 0..<50 {
      let message: [UInt8] = [3, 1, 0, 0, 0, 0, 0, 0] + packet
      packet =
        IPv4Header(
          payloadByteCount: message.count, protocolNumber: .icmp,
          source: IPv4Address(rawValue: 1), destination: IPv4Address(rawValue: 2)
        ).bytes + message
    }
    var decoder = FrameDecoder()
    let line = decoder.line(packet, linkType: .raw)
    #expect(line.split(separator: "(").count == 3)
  }
}

/// A password that is set in the clear is told to nobody.
@Suite("Secrets") struct SecretTests {
  @Test("of Set User Password stay in the file")
  func password() {
    let message: [UInt8] = [0x20, 0x18, 0xc8, 0x81, 0x04, 0x47, 2, 2] + Array("sesame".utf8) + [0]
    let packet: [UInt8] =
      [6, 0, 0xff, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(message.count)] + message
    let header = UDPHeader(sourcePort: 50_000, destinationPort: 623, payloadByteCount: packet.count)
    let datagram =
      IPv4Header(
        payloadByteCount: 8 + packet.count, protocolNumber: .udp,
        source: IPv4Address(rawValue: 1), destination: IPv4Address(rawValue: 2)
      ).bytes + header.bytes + packet
    var decoder = FrameDecoder()
    let decoded = decoder.fields(of: datagram.rawBytes, linkType: .raw)
    #expect(decoded.first("ipmi.header.command")?.meaning == "Set User Password")
    #expect(decoded.first("crimp.ipmi.data")?.value == .words("hidden"))
    #expect(decoder.line(datagram, linkType: .raw).contains("Set User Password request"))
  }
}

/// The frames of a capture.
struct Frames {
  /// A frame and what it begins with.
  struct Frame {
    var bytes: [UInt8]
    var originalLength: Int
    var linkType: LinkType
  }

  private(set) var frames: [Frame] = []

  init(_ path: String) throws {
    let bytes = try Fixture.file(path)
    var capture = CaptureFileView(bytes.rawBytes)
    while let frame = try capture.next() {
      frames.append(
        Frame(
          bytes: CapturedFrame(frame).bytes, originalLength: frame.originalLength,
          linkType: frame.linkType))
    }
  }

  /// Their lines, by one decoder.
  func lines() -> [String] {
    var decoder = FrameDecoder()
    return frames.map { decoder.line($0.bytes, linkType: $0.linkType) }
  }
}

extension FrameDecoder {
  /// The line of a whole frame.
  mutating func line(_ bytes: [UInt8], linkType: LinkType = .ethernet) -> String {
    var text = LineText(capacity: 256)
    writeLine(of: bytes.rawBytes, originalLength: bytes.count, linkType: linkType, into: &text)
    return text.string
  }
}
