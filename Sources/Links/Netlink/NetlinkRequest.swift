package import LinkLayer

/// A netlink message under construction.
///
/// Lengths are filled in behind the content, so a nested attribute costs no second pass. What is
/// longer than a length field can say (64 KiB for an attribute) is a mistake of the caller; the
/// typed requests below never come near it.
package struct NetlinkRequest {
  package private(set) var bytes: [UInt8]
  /// What is requested.
  let type: NetlinkMessageType
  /// Whether the answer is many messages and ends with `NLMSG_DONE`. No change asks for both
  /// replace and exclusive, which have the same bits.
  let isDump: Bool

  /// Begins a message; its sequence number is given when it is sent.
  package init(_ type: NetlinkMessageType, _ flags: NetlinkFlags) {
    self.type = type
    isDump = flags.isSuperset(of: .dump)
    bytes = []
    bytes.reserveCapacity(128)
    append(UInt32(0))
    append(type.rawValue)
    append(flags.union(.request).rawValue)
    append(UInt32(0))
    append(UInt32(0))
    close(from: 0, as: UInt32.self)
  }

  /// Sets the sequence number.
  mutating func number(_ sequence: UInt32) {
    store(sequence, at: 8)
  }

  /// Appends the fixed structure of the message, written by `body`.
  package mutating func structure(_ body: (inout NetlinkRequest) -> Void) {
    body(&self)
    pad()
    close(from: 0, as: UInt32.self)
  }

  /// Appends an integer in the machine's byte order.
  package mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Appends an attribute whose payload `body` writes; the payload may be attributes again.
  package mutating func attribute(_ type: UInt16, _ body: (inout NetlinkRequest) -> Void) {
    let start = bytes.count
    append(UInt16(0))
    append(type)
    body(&self)
    close(from: start, as: UInt16.self)
    pad()
    close(from: 0, as: UInt32.self)
  }

  /// Appends an attribute that holds an integer.
  package mutating func attribute<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: UInt16, _ value: Value
  ) {
    attribute(type) { $0.append(value) }
  }

  /// Appends an attribute that holds text and the zero byte behind it.
  package mutating func attribute(_ type: UInt16, _ text: String) {
    attribute(type) { request in
      request.bytes.append(contentsOf: text.utf8)
      request.bytes.append(0)
    }
  }

  /// Appends the bytes of an IP address.
  package mutating func append(_ address: IPAddress) {
    switch address {
    case .v4(let address):
      append(address.rawValue.bigEndian)
    case .v6(let address):
      append(address.high.bigEndian)
      append(address.low.bigEndian)
    }
  }

  /// Appends an attribute that holds an IP address.
  package mutating func attribute(_ type: UInt16, _ address: IPAddress) {
    attribute(type) { $0.append(address) }
  }

  /// Appends an attribute that holds a link-layer address.
  package mutating func attribute(_ type: UInt16, _ address: HardwareAddress) {
    attribute(type) { $0.bytes.append(contentsOf: address.bytes) }
  }

  private mutating func pad() {
    while bytes.count % 4 != 0 { bytes.append(0) }
  }

  /// Writes the count of bytes since `start` into the length field that stands there.
  private mutating func close<Length: FixedWidthInteger & BitwiseCopyable>(
    from start: Int, as: Length.Type
  ) {
    store(Length(clamping: bytes.count - start), at: start)
  }

  private mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(
    _ value: Value, at offset: Int
  ) {
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    raw.storeBytes(of: value, toByteOffset: offset, as: Value.self)
  }
}
