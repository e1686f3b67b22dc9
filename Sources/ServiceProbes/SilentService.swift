/// Services that give strangers no answer, whatever they are asked: there silence tells nothing.
public enum SilentService {
  /// Which such service usually has this UDP port, and why it is silent; nil for any other port.
  public static func reason(at port: UInt16) -> String? {
    switch port {
    case 51820: "WireGuard answers no stranger"
    case 514: "syslog never answers"
    case 162: "SNMP traps are never answered"
    case 1645, 1646, 1812, 1813: "RADIUS answers only clients that it knows"
    case 1194: "OpenVPN with tls-auth answers no stranger"
    case 500, 4500: "IKE may answer only peers that it knows"
    case 2055, 4739, 6343: "flow collectors never answer"
    case 4789: "VXLAN never answers"
    case 8125: "StatsD never answers"
    default: nil
    }
  }
}
