import ServiceProbes
import Support
import Testing

/// What answers say: the specifications' examples and layouts, and what hostile servers send.
@Suite struct `Answers of services` {
  private let nonce: UInt64 = 0x1122_3344_5566_7788

  private func described(_ service: DatagramService, _ hex: String) -> String? {
    service.description(of: bytes(hex), nonce: nonce)
  }

  private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.filter { !$0.isWhitespace })
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
  }

  @Test func `DNS tells its response code`() {
    // RFC 1035, section 4.1.1: the identifier, QR, and code 5.
    #expect(described(.dns, "7788 8005 0001 0000 0000 0000") == "DNS, REFUSED")
    #expect(described(.dns, "7788 8180 0001 0001 0000 0000") == "DNS, NOERROR")
    #expect(described(.dns, "7788 0005 0001 0000 0000 0000") == nil, "a query is no answer")
    #expect(described(.dns, "7789 8005 0001 0000 0000 0000") == nil, "of another query")
  }

  @Test func `NTP tells its stratum`() {
    let rest = String(repeating: "00", count: 10) + "7f7f0101" + String(repeating: "00", count: 8)
    let tail = "1122334455667788" + String(repeating: "00", count: 16)
    #expect(described(.ntp, "2402" + rest + tail) == "NTP version 4, stratum 2")
    #expect(described(.ntp, "e410" + rest + tail) == "NTP version 4, not synchronized")
    #expect(described(.ntp, "2302" + rest + tail) == nil, "a client's packet")
    // RFC 5905, section 7.4.
    let kiss = String(repeating: "00", count: 10) + "52415445" + String(repeating: "00", count: 8)
    #expect(described(.ntp, "2400" + kiss + tail) == "NTP version 4, refuses: RATE")
  }

  @Test func `STUN tells the address that it sees`() {
    // The attribute of RFC 5769, section 2.2: 192.0.2.1, port 32853.
    let answer = "0101 000c 2112a442 1122334455667788 33445566 0020 0008 0001 a147 e112a643"
    #expect(described(.stun, answer) == "STUN, sees 192.0.2.1:32853")
    #expect(described(.stun, answer.replacing("33445566", with: "33445567")) == nil)
  }

  @Test func `SNMP tells its engine or its description`() {
    let report = """
      30460201 03301002 04556677 88020205 dc040100 02010304 19301704 0980001f
      8880aabb ccdd0201 00020100 04000400 04003014 04000400 a80e0204 55667788
      02010002 01003000
      """
    #expect(described(.snmp, report) == "SNMP version 3, enterprise 8072")
    #expect(described(.snmp, String(report.dropLast(2))) == nil, "cut off")
    let response = """
      302e0201 00040670 75626c69 63a22102 04556677 88020100 02010030 13301106
      082b0601 02010101 0004054c 696e7578
      """
    #expect(described(.snmp, response) == "SNMP version 1, Linux")
  }

  @Test func `QUIC tells its versions, and not those that are there to be ignored`() {
    let ids = "08 eeddccbbaa998877 08 1122334455667788"
    #expect(
      described(.quic, "ca 00000000 \(ids) 00000001 6b3343cf 1a2a3a4a ff00001d")
        == "QUIC version 1, 2, draft 29")
    #expect(described(.quic, "ca 00000001 \(ids)") == nil, "no version negotiation")
  }

  @Test func `others tell that they are there`() {
    #expect(described(.coap, "7000 7788") == "CoAP")
    #expect(described(.openvpn, "40 0102030405060708 01 00000000 1122334455667788") == "OpenVPN")
    #expect(described(.tftp, "0005 0001 46696c65206e6f7420666f756e64 00") == "TFTP, File not found")
    #expect(described(.portmapper, "55667788 00000001 00000000") == "port mapper")
    #expect(described(.nfs, "55667788 00000001 00000001") == "NFS, refuses")
    #expect(described(.dtls, "16 feff 0000000000000000 0002 0300 00") == "DTLS")
    #expect(described(.dtls, "15 fefd 0000000000000000 0002 0228") == "DTLS, refuses")
    let sip = Array("SIP/2.0 404 Not Found\r\nVia: x\r\n".utf8)
    #expect(DatagramService.sip.description(of: sip, nonce: nonce) == "SIP/2.0 404 Not Found")
    let ssdp = Array("HTTP/1.1 200 OK\r\nST: x\r\nSERVER: Linux UPnP/1.0\r\n\r\n".utf8)
    #expect(DatagramService.ssdp.description(of: ssdp, nonce: nonce) == "SSDP, Linux UPnP/1.0")
    let memcached = bytes("7788 0000 0001 0000") + Array("VERSION 1.6.18\r\n".utf8)
    #expect(
      DatagramService.memcached.description(of: memcached, nonce: nonce) == "memcached 1.6.18")
  }

  @Test func `a stranger's text loses what a terminal would obey`() {
    let sip = Array("SIP/2.0 200 \u{1b}[2Jgone\u{202e}\r\n".utf8) + [0xff]
    #expect(DatagramService.sip.description(of: sip, nonce: nonce) == "SIP/2.0 200 [2Jgone")
    #expect(PlainText.line(Array(repeating: 0x41, count: 5000)).count == 120)
  }

  @Test(arguments: DatagramService.allCases)
  func `hostile bytes are survived`(_ service: DatagramService) {
    var random = SeededGenerator(seed: 0x5e7_01ce)
    for _ in 0..<3000 {
      let length = Int.random(in: 0...80, using: &random)
      var answer = service.request(attempt: 0, nonce: nonce)
      answer = Array(answer.prefix(length))
      for _ in 0..<Int.random(in: 0...8, using: &random) where !answer.isEmpty {
        answer[Int.random(in: answer.indices, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      let words = service.description(of: answer, nonce: nonce) ?? ""
      #expect(words.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f })
    }
  }
}
