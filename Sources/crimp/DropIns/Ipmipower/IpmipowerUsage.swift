import IPMI
import Machines

/// What `ipmipower` prints of itself.
enum IpmipowerUsage {
  static let version = """
    ipmipower - 1.6.10
    (crimp answers in its place)

    """

  static let workarounds =
    "none,authcap,nochecksumcheck,idzero,forcepermsg,unexpectedauth,endianseq,noauthcodecheck,"
    + "intel20,supermicro20,sun20,opensesspriv,integritycheckvalue,ipmiping"

  static let usage = """
    Usage: ipmipower [-PKBCEnfcrs?V] [-D IPMIDRIVER] [-h IPMIHOST] [-u USERNAME]
                [-p PASSWORD] [-k K_G] [-a AUTHENTICATION-TYPE]
                [-I CIPHER-SUITE-ID] [-l PRIVILEGE-LEVEL] [-W WORKAROUNDS]
                [-F NUM] [long options: ipmipower --help lists them]

    """

  static let help = """
    Usage: ipmipower [OPTION...]
    Power of machines, by IPMI over LAN. Without a power command: a prompt.

      -D, --driver-type=IPMIDRIVER   LAN (IPMI 1.5) or LAN_2_0; without it 2.0,
                                 and 1.5 where there is no other
      -h, --hostname=IPMIHOST    hosts: names, ranges such as node[1-9], each
                                 perhaps with :PORT
      -u, --username=USERNAME    user; the null user without it
      -p, --password=PASSWORD    password; taken out of the list of processes
      -P, --password-prompt      ask for the password
      -k, --k-g=K_G              key Kg, in hexadecimal after 0x
      -K, --k-g-prompt           ask for the key
          --session-timeout=MILLISECONDS          for each host (20000)
          --retransmission-timeout=MILLISECONDS   until asked again (400)
      -a, --authentication-type=AUTHENTICATION-TYPE
                                 of IPMI 1.5: NONE, STRAIGHT_PASSWORD_KEY, MD2,
                                 MD5 (MD5)
      -I, --cipher-suite-id=CIPHER-SUITE-ID
                                 of IPMI 2.0 (17, then 3)
      -l, --privilege-level=PRIVILEGE-LEVEL       USER, OPERATOR, ADMIN (OPERATOR)
          --config-file=FILE     in place of /etc/freeipmi/freeipmi.conf
      -W, --workaround-flags=WORKAROUNDS          faults to bear with
      -B, --buffer-output        no effect: results are whole lines
      -C, --consolidate-output   hosts of the same result together
      -F, --fanout=NUM           so many hosts at once
      -E, --eliminate            leave out hosts that do not answer a ping
          --always-prefix        no effect: results always name their host
          --debug                no effect
      -n, --on                   switch on
      -f, --off                  switch off
      -c, --cycle                off, and on again
      -r, --reset                hard reset
      -s, --stat                 look at power
          --pulse                diagnostic interrupt
          --soft                 shut down by ACPI
          --on-if-off            cycle and reset switch on what is off
          --wait-until-off       come back when power is off
          --wait-until-on        come back when power is on
          --oem-power-type=OEM-POWER-TYPE         NONE
          --retransmission-wait-timeout=MILLISECONDS
                                 between two looks while waiting (500)
          --retransmission-backoff-count=COUNT, --ping-interval=MILLISECONDS,
          --ping-timeout=MILLISECONDS, --ping-packet-count=COUNT,
          --ping-percent=PERCENT, --ping-consec-count=COUNT
                                 no effect
      -?, --help                 this list
          --usage                a short list
      -V, --version              the version

    """

  /// The help of the prompt.
  static let commands = """
    on, off, cycle, reset, stat, pulse, soft [IPMIHOST(s)]  - power of all configured or these hosts
    identify-on, identify-off, identify-status [IPMIHOST(s)] - the light of the chassis
    hostname [IPMIHOST]                      - hosts; none to unconfigure all
    username [USERNAME]                      - user; none for the null user
    password [PASSWORD]                      - password; none for the null password
    k_g [K_G]                                - key Kg; none for the null key
    driver-type IPMIDRIVER                   - lan or lan_2_0
    session-timeout MILLISECONDS             - how long a host may take
    retransmission-timeout MILLISECONDS      - until a host is asked again
    authentication-type AUTHENTICATION-TYPE  - of IPMI 1.5
    cipher-suite-id CIPHER-SUITE-ID          - of IPMI 2.0
    privilege-level PRIVILEGE-LEVEL          - user, operator or admin
    workaround-flags WORKAROUNDS             - faults to bear with
    on-if-off [on|off]                       - cycle and reset switch on what is off
    wait-until-on [on|off]                   - on waits for power
    wait-until-off [on|off]                  - off waits for power
    retransmission-wait-timeout MILLISECONDS - between two looks while waiting
    consolidate-output [on|off]              - hosts of the same result together
    fanout COUNT                             - hosts at once; 0 for no limit
    debug, buffer-output, always-prefix, retransmission-backoff-count, ping-interval, ping-timeout,
    ping-packet-count, ping-percent, ping-consec-count - taken, without effect
    help                                     - this list
    version                                  - the version
    config                                   - the settings
    quit                                     - end
    """

  /// What the prompt's `config` shows. Secrets are never shown.
  static func configuration(_ settings: IpmipowerSettings) -> String {
    func text(_ isOn: Bool) -> String { isOn ? "enabled" : "disabled" }
    func number(_ name: String) -> Int { settings.ineffective[name] ?? 0 }
    let hosts = HostFolding.fold(settings.hosts.map(\.description)).joined(separator: ",")
    let name = settings.userName.text
    let rows = [
      ("Driver_Type", settings.driverText), ("Hostname", hosts.isEmpty ? "NONE" : hosts),
      ("Username", name.isEmpty ? "NULL" : name), ("Password", "*****"), ("K_g", "*****"),
      ("Session Timeout", "\(settings.sessionTimeout) ms"),
      ("Retransmission Timeout", "\(settings.retransmissionTimeout) ms"),
      ("Authentication_Type", settings.authenticationText),
      ("Cipher Suite Id", settings.suite?.description ?? "17, 3"),
      ("Privilege_Level", settings.privilegeText), ("WorkaroundFlags", settings.workarounds),
      ("Debug", settings.isDebugging ? "on" : "off"), ("On-If-Off", text(settings.isOnIfOff)),
      ("Wait-Until-On", text(settings.waitsUntilOn)),
      ("Wait-Until-Off", text(settings.waitsUntilOff)),
      ("Retransmission Wait Timeout", "\(settings.waitInterval) ms"),
      ("Retransmission Backoff Count", "\(number("retransmission-backoff-count"))"),
      ("Ping Interval", "\(number("ping-interval")) ms"),
      ("Ping Timeout", "\(number("ping-timeout")) ms"),
      ("Ping Packet Count", "\(number("ping-packet-count"))"),
      ("Ping Percent", "\(number("ping-percent")) percent"),
      ("Ping Consec Count", "\(number("ping-consec-count"))"),
      ("Buffer-Output", text(number("buffer-output") != 0)),
      ("Consolidate-Output", text(settings.isConsolidated)), ("Fanout", "\(settings.fanout)"),
      ("Always-Prefix", text(number("always-prefix") != 0)),
    ]
    return rows.map { name, value in
      "\(name):" + String(repeating: " ", count: max(1, 29 - name.count)) + value
    }.joined(separator: "\n")
  }
}

extension IpmipowerSettings {
  /// How a switch stands; nil for a setting that is none.
  func isOn(_ name: String) -> Bool? {
    switch name {
    case "debug": isDebugging
    case "on-if-off": isOnIfOff
    case "wait-until-on": waitsUntilOn
    case "wait-until-off": waitsUntilOff
    case "consolidate-output": isConsolidated
    case "eliminate": eliminates
    case "buffer-output", "always-prefix": ineffective[name] != 0
    default: nil
    }
  }

  fileprivate var driverText: String {
    switch driver {
    case .automatic: "auto"
    case .version15: "lan"
    case .version20: "lan_2_0"
    }
  }

  fileprivate var authenticationText: String {
    switch authenticationType {
    case .none: "none"
    case .md2: "md2"
    case .straightPassword: "straight_password_key"
    default: "md5"
    }
  }

  fileprivate var privilegeText: String {
    switch privilege {
    case .user: "user"
    case .administrator: "admin"
    default: "operator"
    }
  }
}
