public import Sockets

/// What the PROXY protocol tells of a connection: where it came from and where it went, before relays
/// (haproxy's `doc/proxy-protocol.txt`, versions 1 and 2).
public struct ProxyHeader: Hashable, Sendable {
  /// Which form the header has.
  public enum Version: UInt8, Hashable, Sendable, CaseIterable {
    /// A line of text, section 2.1.
    case v1 = 1
    /// A binary header, section 2.2.
    case v2 = 2
  }

  /// What carries the connection.
  public enum Transport: UInt8, Hashable, Sendable {
    /// A byte stream: TCP, or a UNIX stream socket.
    case stream = 1
    /// Datagrams: UDP, or a UNIX datagram socket; of version 2 alone.
    case datagram = 2
  }

  /// A connection's two ends.
  public struct Ends: Hashable, Sendable {
    /// What carries the connection.
    public var transport: Transport
    /// Who connected.
    public var source: SocketAddress
    /// Where to.
    public var destination: SocketAddress

    /// The ends of a connection. Both are of one domain, or the header cannot be written.
    public init(
      transport: Transport = .stream, from source: SocketAddress, to destination: SocketAddress
    ) {
      self.transport = transport
      self.source = source
      self.destination = destination
    }
  }

  /// A field that follows the addresses of version 2 (section 2.2, type-length-value).
  public struct Field: Hashable, Sendable {
    /// `PP2_TYPE_`.
    public var type: UInt8
    /// At most 65,535 bytes, together with all other fields.
    public var value: [UInt8]

    /// A field.
    public init(type: UInt8, value: [UInt8]) {
      self.type = type
      self.value = value
    }

    /// The application protocol that was negotiated.
    public static let applicationProtocol: UInt8 = 0x01
    /// The host name that the client asked for.
    public static let authority: UInt8 = 0x02
    /// CRC-32c of the whole header.
    public static let checksum: UInt8 = 0x03
    /// Nothing: padding.
    public static let noOperation: UInt8 = 0x04
    /// An identifier of the connection.
    public static let uniqueIdentifier: UInt8 = 0x05
    /// What is known of TLS.
    public static let tls: UInt8 = 0x20
    /// The name of the network namespace.
    public static let networkNamespace: UInt8 = 0x30
  }

  /// The connection's ends; nil when the relay spoke for itself (`LOCAL`, as a health check does), or does
  /// not tell (`UNKNOWN`, `UNSPEC`). Then the connection's own ends count.
  public var ends: Ends?
  /// Whether the relay spoke for itself.
  public var isLocal: Bool
  /// What version 2 has behind the addresses, in order; empty in version 1.
  public var fields: [Field]

  /// A header that tells of a connection, or of none when `ends` is nil.
  public init(_ ends: Ends?, isLocal: Bool = false, fields: [Field] = []) {
    self.ends = isLocal ? nil : ends
    self.isLocal = isLocal
    self.fields = fields
  }

  /// The longest header of version 1, its CR and LF included.
  public static let longestLine = 107
  /// The bytes of version 2 that are always there.
  static let fixedByteCount = 16
  /// How version 2 begins.
  static let signature: [UInt8] = [
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
  ]
}

/// Why bytes are no PROXY header.
public enum ProxyHeaderError: Error, Hashable, Sendable {
  /// They begin like neither version.
  case noSignature
  /// A line of version 1 has no end within its 107 bytes.
  case lineTooLong
  /// A line of version 1 is not made as it should.
  case malformedLine
  /// Version 2 with a version, command or family that is not known; the byte and where it is.
  case unknownValue(UInt8, offset: Int)
  /// The length in version 2 is too small for the addresses or fields that it must hold.
  case tooShort(needed: Int, available: Int, offset: Int)
  /// The checksum is not that of the header.
  case wrongChecksum
  /// The header is longer than whoever reads it allows.
  case tooLong(Int)
}

extension ProxyHeaderError: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .noSignature: "no PROXY protocol header"
    case .lineTooLong: "the PROXY line has no end within \(ProxyHeader.longestLine) bytes"
    case .malformedLine: "the PROXY line is malformed"
    case .unknownValue(let byte, let offset):
      "the PROXY header has 0x\(String(byte, radix: 16)) at byte \(offset)"
    case .tooShort(let needed, let available, let offset):
      "the PROXY header needs \(needed) bytes at byte \(offset) and has \(available)"
    case .wrongChecksum: "the PROXY header's checksum is wrong"
    case .tooLong(let count): "the PROXY header has \(count) bytes, which is too long"
    }
  }
}
