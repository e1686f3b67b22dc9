import LinkLayer

/// Reads the bytes as every format of LinkLayer, and writes again what was read.
///
/// Nothing may trap, and what is written must read as the same value.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLinkLayer(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  check(EthernetHeader.self, bytes)
  check(IPoIBHeader.self, bytes)
  check(ARPPacket.self, bytes)
  check(IPv4Header.self, bytes)
  check(IPv6Header.self, bytes)
  check(UDPHeader.self, bytes)
  check(TCPHeader.self, bytes)
  check(ICMPMessage.self, bytes)
  check(ICMPPacket.self, bytes)
  check(ICMPv6Packet.self, bytes)
  check(NDPOption.self, bytes)
  check(NDPPacket.self, bytes)
  check(MulticastAddressRecord.self, bytes)
  check(MagicPacket.self, bytes)
  check(UDPPacket.self, bytes)
  checkFrame(bytes, .ethernet)
  checkFrame(bytes, .ipoib)
  checkViews(bytes)
  checkICMPv6(bytes)
  checkMagicPacket(bytes)
  checkText(bytes)
  checkRewrite(bytes)
  return 0
}

/// Whatever stands in a frame: new addresses and checksums do not change its length.
private func checkRewrite(_ bytes: [UInt8]) {
  var rewrite = FrameRewrite()
  let stations = (MACAddress(rawValue: 0x0200_0000_000a), MACAddress(rawValue: 0x0200_0000_000b))
  rewrite.stations = [stations.0: stations.1, stations.1: stations.0]
  rewrite.networks = [
    ("192.0.2.0/24", "10.0.0.0/24"), ("10.0.0.0/24", "192.0.2.0/24"),
    ("fe80::/64", "2001:db8::/64"),
    ("2001:db8::/64", "fe80::/64"),
  ].compactMap { old, new in
    IPPrefix(old).flatMap { old in IPPrefix(new).flatMap { AddressTranslation(from: old, to: $0) } }
  }
  var frame = bytes
  rewrite.apply(to: &frame)
  precondition(frame.count == bytes.count, "not the same length")
  rewrite.apply(to: &frame)
  rewrite.makesChecksums = true
  rewrite.source = stations.0
  rewrite.apply(to: &frame)
  precondition(frame.count == bytes.count, "not the same length")
}

/// What follows a header is kept, for headers that say how long that is.
private func check<Value: WireValue>(_ type: Value.Type, _ bytes: [UInt8]) {
  guard let value = try? Value(parsing: bytes.rawBytes) else { return }
  let written = value.bytes
  precondition(written.count == value.byteCount, "byteCount is a promise")
  let again = written + bytes.dropFirst(written.count)
  precondition((try? Value(parsing: again.rawBytes)) == value, "not the same value")
}

private func checkFrame(_ bytes: [UInt8], _ framing: LinkFraming) {
  guard let (frame, tag) = try? LinkFrame.parse(bytes.rawBytes, framing: framing) else { return }
  let written = frame.bytes(framing: framing, tag: tag)
  precondition(
    (try? LinkFrame(parsing: written.rawBytes, framing: framing)) == frame, "not the same frame")
}

private func checkViews(_ bytes: [UInt8]) {
  if let view = try? ARPView(bytes.rawBytes) {
    let sender = view.senderHardwareAddress.byteCount + view.senderProtocolAddress.byteCount
    let target = view.targetHardwareAddress.byteCount + view.targetProtocolAddress.byteCount
    precondition(8 + sender + target == view.byteCount, "the fields do not fill the packet")
  }
  if let view = try? IPv6View(bytes.rawBytes), let upper = try? view.upperLayer() {
    precondition(upper.offset <= bytes.count, "walked beyond the packet")
  }
  for number in UInt8.min ... .max {
    let kind = IPProtocol(rawValue: number)
    guard kind.isExtensionHeader,
      let header = try? IPv6ExtensionHeader(parsing: bytes.rawBytes, kind: kind)
    else { continue }
    precondition(
      (try? IPv6ExtensionHeader(parsing: header.bytes.rawBytes, kind: kind)) == header,
      "not the same extension header")
  }
  if let options = try? HeaderOption.list(bytes.rawBytes, layer: .tcpOption) {
    precondition(bytes.starts(with: HeaderOption.bytes(options)), "not the same options")
  }
}

/// ICMPv6 apart from its checksum, which random bytes never get right.
private func checkICMPv6(_ bytes: [UInt8]) {
  let (source, destination) = (IPv6Address.loopback, IPv6Address.allNodes)
  if let view = try? MulticastListenerReportView(bytes.rawBytes) {
    let report = MulticastListenerReport(view)
    precondition(report.records.count == view.recordCount, "not all records")
    let payload = LinkPayload.multicastListenerReport(source: source, report)
    checkFrame(
      LinkFrame(
        destination: HardwareAddress(.zero), source: HardwareAddress(.zero), payload: payload
      )
      .bytes(framing: .ethernet), .ethernet)
  }
  guard let view = try? ICMPv6View(bytes.rawBytes), let message = try? NDPMessage(view) else {
    return
  }
  let packet = NDPPacket(source: source, destination: destination, message: message)
  _ = packet.isValid
  // A message that fills IPv6's length is beyond what a packet can tell.
  guard packet.byteCount <= 0xffff else { return }
  precondition((try? NDPPacket(parsing: packet.bytes.rawBytes)) == packet, "not the same message")
}

/// What is found is the whole pattern, at the first place where it stands.
private func checkMagicPacket(_ bytes: [UInt8]) {
  _ = MagicPacketSighting(in: bytes.rawBytes, framing: .ethernet)
  _ = MagicPacketSighting(in: bytes.rawBytes, framing: .ipoib)
  guard let view = MagicPacketView(in: bytes.rawBytes) else { return }
  let pattern = MagicPacket(target: view.target).bytes
  precondition(
    Array(bytes.dropFirst(view.offset).prefix(pattern.count)) == pattern, "not the pattern")
  let earlier = Array(bytes.prefix(view.offset + pattern.count - 1))
  precondition(MagicPacketView(in: earlier.rawBytes) == nil, "not the first")
}

private func checkText(_ bytes: [UInt8]) {
  if let password = SecureOnPassword(text: String(decoding: bytes, as: UTF8.self)) {
    precondition(
      SecureOnPassword.byteCounts.contains(password.byteCount), "not a password's length")
  }
  let text = String(decoding: bytes, as: UTF8.self)
  checkText(MACAddress.self, text)
  checkText(HardwareAddress.self, text)
  checkText(IPAddress.self, text)
  checkText(IPPrefix.self, text)
}

private func checkText<Value: LosslessStringConvertible & Equatable>(
  _ type: Value.Type, _ text: String
) {
  guard let value = Value(text) else { return }
  precondition(Value(value.description) == value, "not the same address")
}
