internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Sockets

/// `wakeonlan`, as Ico Doornekamp's and José Pedro Oliveira's script answers: magic packets as UDP
/// datagrams.
enum WakeOnLANScript {
  private static let ethersPath = "/etc/ethers"

  /// Runs the command line and returns the exit status: 0, even where a host is not known; the number
  /// of the error that ended it, as a script of Perl does; 255 for an address that is none.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let console = Console()
    defer { console.flush() }
    do throws(Exit) {
      let order = Order(arguments, console)
      if order.wantsHelp || (!order.wantsVersion && order.isEmpty) {
        console.write(usage)
      } else if order.wantsVersion {
        console.write("wakeonlan version 0.41, as crimp speaks it\n")
      } else {
        let sender = Sender(order, console)
        if let path = order.path { try sender.wake(listedIn: path) }
        for host in order.hosts { try sender.wake(host) }
      }
      return 0
    } catch {
      return error.status
    }
  }

  private static let usage = """
    Usage
        wakeonlan [-h] [-v] [-i ADDRESS] [-p PORT] [-f FILE] [[STATION] ...]

    Sends a magic packet by UDP for each STATION: a hardware address, 00:11:22:33:44:55, or a
    host that /etc/ethers has.
        -h          this text
        -v          who answers
        -i ADDRESS  where to; 255.255.255.255 without it
        -p PORT     the port; 9 without it
        -f FILE     stations, one a line, each perhaps with an address and a port

    """
}

extension WakeOnLANScript {
  /// What is asked for, read as Perl's Getopt::Std does: options end at the first operand.
  fileprivate struct Order {
    var wantsHelp = false
    var wantsVersion = false
    var address: String?
    var port: String?
    var path: String?
    var hosts: [String] = []

    var isEmpty: Bool { path == nil && hosts.isEmpty }

    init(_ arguments: [String], _ console: Console) {
      var rest = arguments[...]
      while let word = rest.first, word.first == "-", word.count > 1 {
        rest.removeFirst()
        if word == "--" { break }
        switch word {
        case "--help": wantsHelp = true
        case "--version": wantsVersion = true
        default: takeLetters(word.dropFirst(), &rest, console)
        }
      }
      hosts = Array(rest)
    }

    private mutating func takeLetters(
      _ letters: Substring, _ rest: inout ArraySlice<String>, _ console: Console
    ) {
      var letters = letters
      while let letter = letters.popFirst() {
        switch letter {
        case "h": wantsHelp = true
        case "v": wantsVersion = true
        case "i", "p", "f":
          let value = letters.isEmpty ? rest.popFirst() : String(letters)
          return set(letter, value)
        default: console.complain("Unknown option: \(letter)\n")
        }
      }
    }

    /// An empty value, and to Perl a zero, is none.
    private mutating func set(_ letter: Character, _ value: String?) {
      let value = value.flatMap { $0.isEmpty || $0 == "0" ? nil : $0 }
      switch letter {
      case "i": address = value
      case "p": port = value
      default: path = value
      }
    }
  }

  /// Sends the packets of one run.
  fileprivate final class Sender {
    private let order: Order
    private let console: Console
    private var socket: DatagramSocket?

    init(_ order: Order, _ console: Console) {
      (self.order, self.console) = (order, console)
    }

    func wake(listedIn path: String) throws(Exit) {
      let bytes: [UInt8]
      do throws(CommandFailure) {
        bytes = try WholeFile.bytes(at: path)
      } catch {
        let reason = error.message.dropFirst(path.count + 2)
        throw console.fail(
          "open : \(reason)\n", status: reason.contains("denied") ? EACCES : ENOENT)
      }
      for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let host = words.first, !host.hasPrefix("#") else { continue }
        try wake(
          host, at: words.count > 1 ? words[1] : nil, port: words.count > 2 ? words[2] : nil)
      }
    }

    func wake(_ host: String, at address: String? = nil, port: String? = nil) throws(Exit) {
      guard let text = stationText(host) else { return }
      guard let station = MACAddress(text) else { return }
      let place = address ?? order.address ?? "255.255.255.255"
      let portText = port ?? order.port ?? "9"
      guard let number = UInt16(portText), number > 0 else {
        throw console.fail("-p \(portText): expected a port from 1 to 65535\n", status: EINVAL)
      }
      guard let destination = try? HostName.resolve(place) else {
        throw console.fail("\(place): not an address and no known host\n", status: 255)
      }
      console.write("Sending magic packet to \(place):\(number) with \(text)\n")
      console.flush()
      try send(
        MagicPacket(target: station), to: InternetAddress(.v4(destination), port: number))
    }

    private func send(_ packet: MagicPacket, to destination: InternetAddress) throws(Exit) {
      do throws(SystemError) {
        try opened().send(packet.bytes, to: destination)
      } catch {
        throw console.fail("send : \(error.reason)\n", status: error.errno)
      }
    }

    private func opened() throws(SystemError) -> DatagramSocket {
      if let socket { return socket }
      var options = DatagramOptions()
      options.allowsBroadcast = true
      options.reportsFailures = false
      let socket = try DatagramSocket(.v4, options)
      self.socket = socket
      return socket
    }

    /// The hardware address of `host`, as it was written there or in /etc/ethers; nil, and a complaint,
    /// when there is none.
    private func stationText(_ host: String) -> String? {
      if Self.isStation(host) { return host }
      guard let address = Self.address(of: host) else {
        console.complain(
          "\(host) is not a hardware address and I could not resolve it as to an IP address.\n")
        return nil
      }
      guard let bytes = try? WholeFile.bytes(at: WakeOnLANScript.ethersPath) else {
        console.complain("\(host) is not a hardware address and I could not open /etc/ethers.\n")
        return nil
      }
      for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      where !line.hasPrefix("#") {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count > 1, words[1] == address.description || words[1] == host,
          Self.isStation(words[0])
        else { continue }
        return words[0]
      }
      console.complain("Could not find \(host) in /etc/ethers\n")
      return nil
    }

    /// Six groups of one or two digits between colons, and nothing else.
    private static func isStation(_ text: String) -> Bool {
      text.contains(":") && MACAddress(text) != nil
    }

    /// A number with fewer dots is no host: the original looks for the name that it stands for.
    private static func address(of host: String) -> IPv4Address? {
      if let address = IPv4Address(host) { return address }
      guard HostName.numeric(host) == nil else { return nil }
      return try? HostName.resolve(host)
    }
  }
}
