/// A service that answers datagrams, and the question that it answers without credentials.
///
/// Each question is the least that the protocol offers: it changes nothing and asks for little.
public enum DatagramService: String, Hashable, Sendable, CaseIterable {
  /// The domain name system: who serves the root, not recursively. RFC 1035.
  case dns
  /// The same of multicast DNS, by unicast: which services there are. RFC 6762, section 5.5.
  case mdns
  /// The time. RFC 5905.
  case ntp
  /// SNMP: the engine of version 3, then the description to the community `public`. RFC 3414, RFC 1157.
  case snmp
  /// SIP: the options. RFC 3261, section 11.
  case sip
  /// STUN: which address and port the server sees. RFC 8489.
  case stun
  /// TFTP: a file that is not there. RFC 1350.
  case tftp
  /// memcached: its version.
  case memcached
  /// UPnP's discovery, by unicast. UPnP Device Architecture 1.1, section 1.3.2.
  case ssdp
  /// QUIC: the versions, by one that nobody has. RFC 8999, section 6.
  case quic
  /// DTLS: a client's hello, which is answered by a cookie. RFC 6347, section 4.2.1.
  case dtls
  /// CoAP: an empty message, which is answered by a reset. RFC 7252, section 4.3.
  case coap
  /// The port mapper of ONC RPC: its procedure that does nothing. RFC 5531, RFC 1833.
  case portmapper
  /// The NFS of ONC RPC, version 3: the same.
  case nfs
  /// OpenVPN without a pre-shared key for its control channel: the first packet of a session.
  case openvpn
  /// NetBIOS: the names of the host. RFC 1002, section 4.2.17.
  case netbios

  /// The services that usually have this port, the likeliest first.
  public static func services(at port: UInt16) -> [DatagramService] {
    switch port {
    case 53: [.dns]
    case 69: [.tftp]
    case 111: [.portmapper]
    case 123: [.ntp]
    case 137: [.netbios]
    case 161, 10161: [.snmp]
    case 443: [.quic, .dtls]
    case 784, 853, 8853: [.quic, .dtls]
    case 1194: [.openvpn]
    case 1900: [.ssdp]
    case 2049: [.nfs]
    case 3478, 3479, 19302: [.stun]
    case 4433, 5349, 5684: [.dtls]
    case 5060: [.sip]
    case 5353: [.mdns]
    case 5683: [.coap]
    case 8443: [.quic]
    case 11211: [.memcached]
    default: []
    }
  }

  /// What is sent.
  ///
  /// - Parameters:
  ///   - attempt: how often the service was asked before; some protocols have several questions.
  ///   - nonce: what the answer repeats, in the protocols that have room for it.
  public func request(attempt: Int, nonce: UInt64) -> [UInt8] {
    switch self {
    case .dns: DNSProbe.rootRequest(nonce: nonce)
    case .mdns: DNSProbe.servicesRequest(nonce: nonce)
    case .ntp: NTPProbe.request(nonce: nonce)
    case .snmp:
      attempt % 2 == 0
        ? SNMPProbe.discoveryRequest(nonce: nonce) : SNMPProbe.descriptionRequest(nonce: nonce)
    case .sip: SIPProbe.request(nonce: nonce)
    case .stun: STUNProbe.request(nonce: nonce)
    case .tftp: TFTPProbe.request(nonce: nonce)
    case .memcached: MemcachedProbe.request(nonce: nonce)
    case .ssdp: SSDPProbe.request
    case .quic: QUICProbe.request(nonce: nonce)
    case .dtls: DTLSProbe.request(nonce: nonce)
    case .coap: CoAPProbe.request(nonce: nonce)
    case .portmapper: ONCRPCProbe.request(program: 100_000, version: 2, nonce: nonce)
    case .nfs: ONCRPCProbe.request(program: 100_003, version: 3, nonce: nonce)
    case .openvpn: OpenVPNProbe.request(nonce: nonce)
    case .netbios: NetBIOSProbe.request(nonce: nonce)
    }
  }

  /// What `answer` says, in a few words without control characters; nil when it is no answer of this
  /// protocol to the question of this nonce.
  public func description(of answer: [UInt8], nonce: UInt64) -> String? {
    switch self {
    case .dns: DNSProbe.description(of: answer, nonce: nonce)
    case .mdns: DNSProbe.description(of: answer, nonce: nonce).map { "multicast \($0)" }
    case .ntp: NTPProbe.description(of: answer, nonce: nonce)
    case .snmp: SNMPProbe.description(of: answer, nonce: nonce)
    case .sip: SIPProbe.description(of: answer)
    case .stun: STUNProbe.description(of: answer, nonce: nonce)
    case .tftp: TFTPProbe.description(of: answer)
    case .memcached: MemcachedProbe.description(of: answer, nonce: nonce)
    case .ssdp: SSDPProbe.description(of: answer)
    case .quic: QUICProbe.description(of: answer, nonce: nonce)
    case .dtls: DTLSProbe.description(of: answer)
    case .coap: CoAPProbe.description(of: answer, nonce: nonce)
    case .portmapper: ONCRPCProbe.description(of: answer, nonce: nonce).map { "port mapper\($0)" }
    case .nfs: ONCRPCProbe.description(of: answer, nonce: nonce).map { "NFS\($0)" }
    case .openvpn: OpenVPNProbe.description(of: answer, nonce: nonce)
    case .netbios: NetBIOSProbe.description(of: answer, nonce: nonce)
    }
  }
}
