/// The names under which Crimp answers as another program does.
///
/// Which program is meant is told by the name alone, never guessed from the arguments: the two
/// `arping`s disagree on `-A`, `-D`, `-U`, `-b`, `-i` and `-w`.
enum DropIn {
  /// The program that answers to `name`, the last component of `argv[0]`: given the arguments after
  /// `argv[0]`, it returns the exit status. Nil for a name that no drop-in has.
  static func named(_ name: String) -> (([String]) -> Int32)? {
    switch name {
    case "arping": return { HabetsArping.run(program: program(name), $0) }
    case "arping.iputils", "ipoibarping": return { IputilsArping.run(program: program(name), $0) }
    case "send_arp": return { SendARP.run(program: program(name), $0) }
    case "send_ua": return { SendUA.run(program: program(name), $0) }
    case "arpsend": return { ArpSend.run(program: program(name), $0) }
    case "ndsend": return { NDSend.run(program: program(name), $0) }
    case "wakeonlan": return { WakeOnLANScript.run(program: program(name), $0) }
    case "etherwake", "ether-wake": return { EtherWake.run(program: program(name), $0) }
    case "arp-scan": return { ArpScan.run(program: program(name), $0) }
    case "ipmitool": return { Ipmitool.run(program: program(name), $0) }
    case "ipmipower": return { Ipmipower.run($0) }
    case "socat": return { Socat.run(program: program(name), $0) }
    case "nc": return { Netcat.run(program: program(name), $0) }
    case "tcppipe": return { TCPPipe.run(program: program(name), $0) }
    case "tcppipe-least": return { TCPPipeLeast.run(program: program(name), $0) }
    case "tcp-pf": return { TCPForward.run(program: program(name), $0) }
    case "listentwo": return { ListenTwo.run(program: program(name), $0) }
    case "connecttwo": return { ConnectTwo.run(program: program(name), $0) }
    case FenceAgent.program: return { FenceAgent.run($0) }
    default: return nil
    }
  }

  /// Every name, in the order in which they are installed.
  static let names = [
    "arping", "arping.iputils", "ipoibarping", "send_arp", "send_ua", "arpsend", "ndsend",
    "wakeonlan", "etherwake", "ether-wake", "arp-scan", "ipmitool", "ipmipower", "nc", "socat",
    "tcppipe", "tcppipe-least", "tcp-pf", "listentwo", "connecttwo",
  ]

  /// What the program calls itself in its complaints: `argv[0]` if it was called by that name.
  private static func program(_ name: String) -> String {
    guard let first = CommandLine.arguments.first, first == name || first.hasSuffix("/" + name)
    else { return name }
    return first
  }
}

/// Ends a drop-in before its time, with what it had to say already said.
struct Exit: Error {
  /// The exit status.
  var status: Int32
}
