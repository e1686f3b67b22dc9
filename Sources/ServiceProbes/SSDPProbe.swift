/// UPnP's search for root devices, sent to one host. UPnP Device Architecture 1.1, section 1.3.2.
enum SSDPProbe {
  static let request = Array(
    """
    M-SEARCH * HTTP/1.1\r
    HOST: 239.255.255.250:1900\r
    MAN: "ssdp:discover"\r
    MX: 1\r
    ST: upnp:rootdevice\r
    \r

    """.utf8)

  static func description(of answer: [UInt8]) -> String? {
    guard answer.starts(with: "HTTP/1.1 ".utf8) else { return nil }
    for line in answer.split(separator: UInt8(ascii: "\n")) {
      let name = line.prefix(7).map { $0 | 0x20 }
      if name.elementsEqual("server:".utf8) { return "SSDP, \(PlainText.line(line.dropFirst(7)))" }
    }
    return "SSDP"
  }
}
