import Machines

/// What `ipmitool` prints of itself.
enum IpmitoolUsage {
  /// The version whose output this is.
  static let version = "1.8.19"

  /// The help of `-h`, with the interfaces and commands that there are here.
  static func text(_ program: String) -> String {
    """
    \(program) version \(version)

    usage: \(program) [options...] <command>

           -h             This help
           -V             Show version information
           -v             Verbose (can use multiple times)
           -c             Display output in comma separated format
           -d N           Specify a /dev/ipmiN device to use (default=0)
           -I intf        Interface to use
           -H hostname    Remote host name for LAN interface
           -p port        Remote RMCP port [default=623]
           -U username    Remote session username
           -f file        Read remote session password from file
           -z size        Change Size of Communication Channel (OEM)
           -S sdr         Use local file for remote SDR cache
           -D tty:b[:s]   Specify the serial device, baud rate to use
                          and, optionally, specify that interface is the system one
           -4             Use only IPv4
           -6             Use only IPv6
           -a             Prompt for remote password
           -Y             Prompt for the Kg key for IPMIv2 authentication
           -e char        Set SOL escape character
           -C ciphersuite Cipher suite to be used by lanplus interface
           -k key         Use Kg key for IPMIv2 authentication
           -y hex_key     Use hexadecimal-encoded Kg key for IPMIv2 authentication
           -L level       Remote session privilege level [default=ADMINISTRATOR]
                          Append a '+' to use name/privilege lookup in RAKP1
           -A authtype    Force use of auth type NONE, PASSWORD, MD2, MD5 or OEM
           -P password    Remote session password
           -E             Read password from IPMI_PASSWORD environment variable
           -K             Read kgkey from IPMI_KGKEY environment variable
           -m address     Set local IPMB address
           -b channel     Set destination channel for bridged request
           -t address     Bridge request to remote target address
           -B channel     Set transit channel for bridged request (dual bridge)
           -T address     Set transit address for bridge request (dual bridge)
           -l lun         Set destination lun for raw commands
           -o oemtype     Setup for OEM (use 'list' to see available OEM types)
           -O seloem      Use file for OEM SEL event descriptions
           -N seconds     Specify timeout for lan [default=2] / lanplus [default=1] interface
           -R retry       Set the number of retries for lan/lanplus interface [default=4]
           -Z             Display all dates in UTC


    Interfaces:
    \topen          Linux OpenIPMI Interface [default]
    \tlan           IPMI v1.5 LAN Interface\u{20}
    \tlanplus       IPMI v2.0 RMCP+ LAN Interface\u{20}


    """ + list + "\n"
  }

  /// The groups of words, and the words for many lines of them.
  static let list =
    IPMIWords.list + "\tshell         Launch interactive IPMI shell\n"
    + "\texec          Run list of commands from file\n"
    + "\tset           Set runtime variable for shell and exec\n"

  /// The kinds of controllers that `-o` names, and what the original says of them.
  static let oemTypes: [(name: String, meaning: String)] = [
    ("supermicro", "Supermicro IPMIv1.5 BMC with OEM LAN authentication support"),
    ("intelwv2", "Intel SE7501WV2 IPMIv1.5 BMC with extra LAN communication support"),
    ("intelplus", "Intel IPMI 2.0 BMC with RMCP+ communication support"),
    ("icts", "IPMI 2.0 ICTS compliance support"),
    ("ibm", "IBM OEM support"),
    ("i82571spt", "Intel 82571 MAC with integrated RMCP+ support in super pass-through mode"),
    ("kontron", "Kontron OEM big buffer support"),
    ("quanta", "Quanta IPMIv1.5 BMC with OEM LAN authentication support"),
  ]

  /// What `-o list` prints.
  static var oemList: String {
    "\nOEM Support:\n"
      + oemTypes.map { "\t\($0.name.filled(to: 12)) \($0.meaning)\n" }.joined() + "\n"
  }

  /// What the session must know of a kind of controllers. The others differ in nothing that a session
  /// here does not bear with.
  static func quirks(_ oem: String?) -> Set<SessionQuirk> {
    switch oem {
    case "intelplus": [.checkValueByIntegrityAlgorithm]
    case "i82571spt": [.paddedUserName, .nameOnlyBitIgnored, .noPrivilegeCommand]
    case "supermicro": [.hiddenChallenge]
    default: []
    }
  }

  /// Whether these controllers' sessions of 1.5 are authenticated in their manufacturer's way.
  static func hasOwnAuthentication(_ oem: String?) -> Bool {
    oem == "supermicro" || oem == "quanta"
  }
}
