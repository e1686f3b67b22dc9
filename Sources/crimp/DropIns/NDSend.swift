internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links

/// `ndsend`, as OpenVZ's program answers: one unsolicited neighbour advertisement.
enum NDSend {
  /// Runs the command line and returns the exit status: 0 sent, 1 wrong usage, 2 a system error,
  /// 255 no IPv6 address.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let console = Console()
    guard arguments.count >= 2 else {
      console.complain("Usage: ndsend <IPv6 address> <interface>\n")
      return 1
    }
    guard let address = IPv6Address(arguments[0]) else { return 255 }
    return announce(address, on: arguments[1], console)
  }

  /// Sends the advertisement and returns the exit status.
  static func announce(_ address: IPv6Address, on name: String, _ console: Console) -> Int32 {
    guard let interface = DropInInterface(name) else {
      console.complain("Unknown network interface \(name): No such device\n")
      return 2
    }
    do throws(LinkError) {
      try UnsolicitedAdvertisement(address, from: interface.linkLocalAddress, on: interface).send()
      return 0
    } catch {
      switch error {
      case .permission(let error):
        console.complain("socket function returned error: \(error.reason)\n")
      case .interfaceDown:
        console.complain("sendto function returned error: Network is down\n")
      default: console.complain("sendto function returned error: \(error)\n")
      }
      return 2
    }
  }
}
