/// A request for a server's options, and the first line of its answer. RFC 3261, sections 7 and 11.
enum SIPProbe {
  static func request(nonce: UInt64) -> [UInt8] {
    let tag = nonce.hexadecimal
    let lines = [
      "OPTIONS sip:check@invalid SIP/2.0",
      // `rport` asks for the answer to the port that the request came from. RFC 3581.
      "Via: SIP/2.0/UDP check.invalid;branch=z9hG4bK\(tag);rport",
      "Max-Forwards: 70",
      "From: <sip:check@invalid>;tag=\(tag)",
      "To: <sip:check@invalid>",
      "Call-ID: \(tag)@check.invalid",
      "CSeq: 1 OPTIONS",
      "Contact: <sip:check@check.invalid>",
      "Accept: application/sdp",
      "Content-Length: 0",
      "", "",
    ]
    return Array(lines.joined(separator: "\r\n").utf8)
  }

  static func description(of answer: [UInt8]) -> String? {
    guard answer.starts(with: "SIP/2.0 ".utf8) else { return nil }
    return PlainText.line(answer)
  }
}
