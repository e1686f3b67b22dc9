internal import CLinux
internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links

/// `etherwake`, as Donald Becker's program answers: one magic packet as a frame of EtherType 0842h.
enum EtherWake {
  /// Runs the command line and returns the exit status: 0 sent (or not, as the original), 1 no such
  /// interface, 2 no permission, 3 wrong usage.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let console = Console()
    defer { console.flush() }
    do throws(Exit) {
      let order = try Order(program: program, arguments, console)
      try send(order, console)
      return 0
    } catch {
      return error.status
    }
  }

  private static func send(_ order: Order, _ console: Console) throws(Exit) {
    guard Privileges.hasNetRaw else {
      throw console.fail("etherwake: This program must be run as root.\n", status: 2)
    }
    let station = try station(order.host, order.isDebugging, console)
    guard let interface = DropInInterface(order.interface) else {
      throw console.fail("SIOCGIFHWADDR on \(order.interface) failed: No such device\n", status: 1)
    }
    let own = interface.interface.hardwareAddress
    if order.isVerbose {
      console.write(
        "The hardware address (SIOCGIFHWADDR) of \(order.interface) is type "
          + "\(interface.interface.hardwareType.rawValue)  \(own).\n")
    }
    let packet = MagicPacket(target: station, password: order.password)
    let frame = LinkFrame(
      destination: HardwareAddress(order.isBroadcast ? .broadcast : station), source: own,
      payload: .magicPacket(packet)
    ).bytes(framing: .ethernet)
    if order.isDebugging { console.complain(dump(frame, station)) }
    do throws(LinkError) {
      try interface.openSender().send(frame)
      if order.isDebugging { console.write("Sendto worked ! \(frame.count).\n") }
    } catch {
      // The original tells so, and that all went well.
      console.complain("sendto: \(reason(error))\n")
    }
  }

  private static func reason(_ error: LinkError) -> String {
    switch error {
    case .interfaceDown: "Network is down"
    case .permission(let error), .system(let error): error.reason
    default: "\(error)"
    }
  }

  /// The bytes of a frame as the original shows them: before it fills in its own address, which the
  /// station's stands for, and the password.
  private static func dump(_ frame: [UInt8], _ station: MACAddress) -> String {
    let shown = frame.prefix(6) + station.bytes + frame[12..<(14 + MagicPacket.patternByteCount)]
    return "Packet is " + shown.map { " " + hex($0, digits: 2) }.joined() + ".\n"
  }

  private static func station(
    _ host: String, _ isDebugging: Bool, _ console: Console
  ) throws(Exit) -> MACAddress {
    if host.contains(":"), let address = MACAddress(host) {
      if isDebugging { console.complain("The target station address is \(short(address)).\n") }
      return address
    }
    var bytes = [UInt8](repeating: 0, count: 6)
    guard unsafe crimp_ethers_address(host, &bytes) == 0, let address = MACAddress(bytes: bytes)
    else {
      throw console.fail(
        """
        etherwake: The Magic Packet host address must be specified as
          - a station address, 00:11:22:33:44:55, or
          - a hostname with a known 'ethers' entry.

        """, status: 3)
    }
    if isDebugging {
      console.complain("Station address for hostname \(host) is \(short(address)).\n")
    }
    return address
  }

  /// ether_ntoa(3): without leading zeros.
  private static func short(_ address: MACAddress) -> String {
    address.bytes.map { hex($0, digits: 1) }.joined(separator: ":")
  }

  private static func hex(_ byte: UInt8, digits: Int) -> String {
    let text = String(byte, radix: 16)
    return text.count < digits ? "0" + text : text
  }
}

extension EtherWake {
  /// What is asked for.
  fileprivate struct Order {
    var host = ""
    var interface = "eth0"
    var password: SecureOnPassword?
    var isBroadcast = false
    var isDebugging = false
    var isVerbose = false

    init(program: String, _ arguments: [String], _ console: Console) throws(Exit) {
      var (isWrong, wantsUsage, wantsVersion) = (false, false, false)
      let operands = try scanOptions(
        program: program, arguments, letters: "bDi:p:uvV"
      ) { letter, argument throws(Exit) in
        switch letter {
        case "b": isBroadcast = true
        case "D": isDebugging = true
        case "i": interface = argument
        case "p": readPassword(argument, console)
        case "u": wantsUsage = true
        case "v": isVerbose = true
        case "V": wantsVersion = true
        default: isWrong = true
        }
      }
      if isVerbose || wantsVersion {
        console.write("etherwake: crimp, in the dialect of etherwake 1.09\n")
      }
      if isWrong { throw console.fail(brief, status: 3) }
      if wantsUsage {
        console.write(usage)
        throw Exit(status: 0)
      }
      guard let host = operands.first else {
        throw console.fail("Specify the Ethernet address as 00:11:22:33:44:55.\n", status: 3)
      }
      self.host = host
    }

    /// A password that no card has is none, as in the original.
    private mutating func readPassword(_ text: String, _ console: Console) {
      CommandLineArguments.blank(text)
      password = SecureOnPassword(text: text) ?? Self.fourGroups(text)
      guard let password else {
        return console.complain("Unable to read the Wake-On-LAN password.\n")
      }
      console.write(" The Magic packet password is -- -- -- -- (\(password.byteCount)).\n")
    }

    /// Four bytes in the form that six have.
    private static func fourGroups(_ text: String) -> SecureOnPassword? {
      let groups = text.split(separator: ":", omittingEmptySubsequences: false)
      guard groups.count == 4 else { return nil }
      var bytes: [UInt8] = []
      for group in groups {
        guard (1...2).contains(group.count), group.allSatisfy(\.isHexDigit),
          let byte = UInt8(group, radix: 16)
        else { return nil }
        bytes.append(byte)
      }
      return SecureOnPassword(bytes: bytes)
    }

    private var brief: String {
      """
      usage: etherwake [-i INTERFACE] [-p PASSWORD] STATION
         -u tells of every option.

      """
    }

    private var usage: String {
      """
      usage: etherwake [-bDuvV] [-i INTERFACE] [-p PASSWORD] STATION
      Sends a magic packet, in a frame of EtherType 0842h, to a station that sleeps.
      STATION is a hardware address, 00:11:22:33:44:55, or a name in the ethers database.
        -b            send to all, and not to the station alone
        -D            show the packet
        -i INTERFACE  send there; eth0 without it
        -p PASSWORD   append 4 or 6 bytes: 192.168.1.1 or 00:22:44:66:88:aa
        -u            this text
        -v, -V        who answers; -v goes on to send

      """
    }
  }
}
