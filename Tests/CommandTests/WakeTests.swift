import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What arrives of magic packets at a host of the laboratory.
private final class WakeWire {
  private let link: PacketSocketLink
  private(set) var seen: [MagicPacketSighting] = []

  init(at host: LaboratoryHost, on interface: String = Place.interface) throws {
    let properties = LinkProperties(try host.interface(interface))
    link = try host.run { try PacketSocketLink(properties, .sendAndReceive(.everything)) }
  }

  /// What has come so far.
  @discardableResult
  func collect() throws -> [MagicPacketSighting] {
    _ = try link.receive(limit: .max) { bytes, information in
      guard information.direction == .inbound,
        let sighting = MagicPacketSighting(in: bytes, framing: .ethernet)
      else { return }
      seen.append(sighting)
    }
    return seen
  }

  func awaits(_ count: Int) throws -> Bool {
    try eventually { try collect().count >= count }
  }
}

extension MagicPacketSighting {
  fileprivate var datagram: UDPPacket? {
    if case .udp(let datagram) = carrier { datagram } else { nil }
  }
}

/// A laboratory in which frames reach the client: the ports of a switch that was just built may not
/// pass them yet, and nobody sends a lost magic packet again.
private func withSettledNetwork(
  usesIPv6: Bool = false, _ body: (LaboratoryNetwork) throws -> Void
) throws {
  try withNetwork(usesIPv6: usesIPv6) { network in
    for host in [network.ownerA, network.ownerB] {
      let passes = try eventually {
        try host.crimp("ping", "-q", "-c", "1", "--timeout", "0.2", "\(Place.client)").status == 0
      }
      #expect(passes)
    }
    try body(network)
  }
}

/// `crimp wake`, heard by kernels of the laboratory. Needs root.
@Suite("crimp wake", .serialized)
struct WakeTests {
  private let sleeper = "02:00:00:00:00:fe"
  private let target = MACAddress(2, 0, 0, 0, 0, 0xfe)

  @Test("sends three datagrams to all; to other places and ports when told")
  func datagrams() throws {
    try withSettledNetwork(usesIPv6: true) { network in
      let wire = try WakeWire(at: network.client)
      let plain = try network.ownerB.crimp("wake", "-i", "eth0", "--interval", "0.01", sleeper)
      #expect(plain.status == 0, "\(plain.errorText)")
      #expect(
        plain.outputText == "magic packet for \(sleeper) to 255.255.255.255 port 9\n")
      #expect(try wire.awaits(3))
      let expected = wire.seen.map { $0.datagram?.destination }
      #expect(expected == Array(repeating: .v4(.broadcast), count: 3))
      #expect(wire.seen.allSatisfy { $0.packet == MagicPacket(target: target) })
      #expect(wire.seen.allSatisfy { $0.datagram?.destinationPort == 9 })

      let more = try network.ownerB.crimp(
        "wake", "-i", "eth0", "--repeat", "1", "--port", "7", "--port", "4000", "--to",
        "192.0.2.255", "--to", "ff02::1", sleeper)
      #expect(more.status == 0, "\(more.errorText)")
      #expect(try wire.awaits(7))
      let places = Set(
        wire.seen.dropFirst(3).map {
          "\($0.datagram?.destination.description ?? "") \($0.datagram?.destinationPort ?? 0)"
        })
      #expect(
        places == ["192.0.2.255 7", "192.0.2.255 4000", "ff02::1 7", "ff02::1 4000"])
    }
  }

  @Test("sends to a host alone, by the route, without a privilege")
  func unicastWithoutPrivilege() throws {
    try withSettledNetwork { network in
      let wire = try WakeWire(at: network.client)
      let result = try network.ownerB.run {
        try runTool(
          "setpriv",
          [
            "--bounding-set=-all", "--inh-caps=-all", crimpPath, "wake", "--repeat", "1", "--to",
            "\(Place.client)", sleeper,
          ])
      }
      #expect(result.status == 0, "\(result.errorText)")
      #expect(try wire.awaits(1))
      #expect(wire.seen.first?.datagram?.destination == Place.client)
    }
  }

  @Test("sends frames of EtherType 0842h, to all or to the station, with a tag when told")
  func rawFrames() throws {
    try withSettledNetwork { network in
      let wire = try WakeWire(at: network.client)
      let own = try network.client.interface().hardwareAddress
      for arguments in [
        [sleeper], ["--unicast", "\(own)"], ["--vlan", "5,3", sleeper],
      ] {
        let result = try network.ownerB.run {
          try runCrimp(["wake", "--raw", "-i", "eth0", "--repeat", "1"] + arguments)
        }
        #expect(result.status == 0, "\(result.errorText)")
      }
      #expect(try wire.awaits(3))
      #expect(wire.seen.allSatisfy { $0.carrier == .frame(.wakeOnLAN) })
      #expect(
        wire.seen.map(\.destination) == [
          HardwareAddress(.broadcast), own, HardwareAddress(.broadcast),
        ])
      #expect(wire.seen[2].tag == VLANTag(priority: 3, identifier: 5))
    }
  }

  @Test("takes a SecureOn password from the environment and from a file, and tells it nowhere")
  func passwords() throws {
    try withSettledNetwork { network in
      try withTemporaryDirectory { directory in
        let wire = try WakeWire(at: network.client)
        let secret = "\(directory)/secret"
        try writeFile(secret, Array("00:22:44:66:88:aa\n".utf8))
        chmod(secret, 0o644)
        let shared = try runCrimp(["wake", sleeper, "--secureon-file", secret])
        #expect(shared.errorText.contains("holds a secret that others can read"))
        #expect(shared.status == 77)
        chmod(secret, 0o600)
        let arguments = ["wake", "-i", "eth0", "--repeat", "1", "--json", sleeper]
        let runs = try [
          network.ownerB.run {
            try runTool(crimpPath, arguments, environment: ["CRIMP_SECUREON": "192.168.1.1"])
          },
          network.ownerB.run {
            try runCrimp(arguments + ["--secureon-file", "\(directory)/secret"])
          },
          network.ownerB.run {
            try runTool(
              crimpPath, arguments + ["--secureon-file", "-"], input: Array("1.2.3.4".utf8))
          },
        ]
        #expect(try wire.awaits(3))
        let texts = ["192.168.1.1", "00:22:44:66:88:aa", "1.2.3.4"]
        #expect(wire.seen.map(\.packet.password) == texts.map { SecureOnPassword(text: $0) })
        for run in runs {
          #expect(run.status == 0)
          for text in texts { #expect(!(run.outputText + run.errorText).contains(text)) }
        }
      }
    }
  }

  @Test("finds names in the file of stations, and hosts in another")
  func names() throws {
    try withSettledNetwork { network in
      try withTemporaryDirectory { directory in
        let wire = try WakeWire(at: network.client)
        let ethers = "\(directory)/ethers"
        try writeFile(
          ethers,
          Array(
            """
            # stations
            02:00:00:00:00:01 node1
            2:0:0:0:0:2 node2 # short
            nonsense
            02:00:00:00:00:03 192.0.2.3
            """.utf8))
        try writeFile(
          "\(directory)/hosts", Array("# lab\n\nnode1\n02:00:00:00:00:09 192.0.2.9\n".utf8))
        let options = ["wake", "-i", "eth0", "--repeat", "1", "--ethers", ethers]
        for arguments in [
          ["node[1-2]", "192.0.2.3"], ["--hosts-file", "\(directory)/hosts", "NODE2", "node2"],
        ] {
          let result = try network.ownerB.run { try runCrimp(options + arguments) }
          #expect(result.status == 0, "\(result.errorText)")
        }
        #expect(try wire.awaits(6))
        #expect(wire.seen.map { $0.packet.target.rawValue & 0xff } == [1, 2, 3, 2, 1, 9])
        let unknown = try network.ownerB.run { try runCrimp(options + ["node3"]) }
        #expect(unknown.status == 66)
        #expect(unknown.errorText.contains("node3: not in \(ethers)"))
      }
    }
  }

  // MARK: The proof

  @Test("--wait: a host that answers to ARP or Neighbor Discovery is awake, status 0")
  func provesByLink() throws {
    try withSettledNetwork(usesIPv6: true) { network in
      let station = try network.client.interface().hardwareAddress
      for address in [Place.client, Place.client6] {
        let result = try network.ownerB.crimp("wake", "--wait=\(address)", "\(station)")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.contains("\(station) is awake after 0.0 s"))
      }
    }
  }

  @Test("--wait: the neighbour table knows where a station answers; without it, it is heard of")
  func findsAddresses() throws {
    try withSettledNetwork { network in
      let station = try network.client.interface().hardwareAddress
      let options = ["wake", "--wait", "-i", "eth0", "--deadline", "0.5", "\(station)"]
      let unknown = try network.ownerB.run { try runCrimp(options) }
      #expect(unknown.status == 1)
      #expect(unknown.errorText.contains("nobody was asked: --wait=ADDRESS"))
      try network.ownerB.tool(
        "ip", "neighbor", "replace", "\(Place.client)", "lladdr", "\(station)", "dev", "eth0")
      let known = try network.ownerB.run { try runCrimp(options) }
      #expect(known.status == 0, "\(known.errorText)")
    }
  }

  @Test("--wait: who stays silent is woken again and named, status 1")
  func namesTheSilent() throws {
    try withSettledNetwork { network in
      let wire = try WakeWire(at: network.client)
      let station = try network.client.interface().hardwareAddress
      let result = try network.ownerB.crimp(
        "wake", "--wait", "--deadline", "1.2", "--retry", "0.3", "--repeat", "1", "--to",
        "192.0.2.255", "\(station)=\(Place.client)", "\(sleeper)=192.0.2.9")
      #expect(result.status == 1)
      #expect(result.outputText.contains("\(station) is awake"))
      #expect(
        result.errorText
          == "crimp: \(sleeper) is still asleep: no sign of life after 3 attempts\n")
      #expect(try wire.awaits(4), "\(wire.seen.map(\.packet.target))")
      #expect(wire.seen.filter { $0.packet.target == target }.count == 3)
    }
  }

  @Test("--wait: a host that wakes up meanwhile is awake")
  func wakesUp() throws {
    try withSettledNetwork { network in
      let wire = try WakeWire(at: network.client)
      let station = try network.client.interface().hardwareAddress
      try network.client.tool("ip", "link", "set", "eth0", "arp", "off")
      let running = try network.ownerB.startCrimp(
        "wake", "--wait=\(Place.client)", "--to", "192.0.2.255", "\(station)")
      #expect(try wire.awaits(1))
      try network.client.tool("ip", "link", "set", "eth0", "arp", "on")
      let result = try running.end()
      #expect(result.status == 0, "\(result.errorText)")
      #expect(result.outputText.contains("\(station) is awake"))
    }
  }

  @Test("--or-power-on: who is asleep at the deadline is switched on by IPMI, and waited for again")
  func fallsBackToIPMI() throws {
    try withSettledNetwork { network in
      let station = try network.client.interface().hardwareAddress
      let bmc = try network.ownerB.startCrimp("bmc", "--port", "6230", "--off")
      defer { bmc.send(signal: SIGTERM) }
      #expect(try eventually { try bmc.outputSoFar().contains("ready: 1 BMC") })
      try network.client.tool("ip", "link", "set", "eth0", "arp", "off")
      try withTemporaryDirectory { directory in
        let (ethers, config) = (directory + "/ethers", directory + "/bmc.conf")
        try writeFile(ethers, Array("\(station) n1\n\(sleeper) n2\n".utf8))
        let settings = """
          [n1]
          address = 127.0.0.1
          port = 6230
          user = operator
          password = \(RunningBMC.password)
          [n2]
          user = operator
          """
        try writeFile(config, Array(settings.utf8))
        chmod(config, 0o600)
        let running = try network.ownerB.startCrimp(
          "wake", "--wait", "--deadline", "3", "--retry", "1", "--or-power-on", "--bmc-config",
          config, "--ethers", ethers, "--to", "192.0.2.255", "n1=\(Place.client)", "n2=192.0.2.9")
        #expect(try eventually { try bmc.outputSoFar().contains("power: on") })
        try network.client.tool("ip", "link", "set", "eth0", "arp", "on")
        let result = try running.end()
        #expect(result.outputText.contains("n1 (\(station)) is still asleep: ordered on by IPMI"))
        #expect(result.outputText.contains("n1 (\(station)) is awake"))
        #expect(result.errorText.hasPrefix("crimp: n2 (\(sleeper)) is still asleep"))
        #expect(result.status == 1 && !result.errorText.contains("n1"))
      }
    }
  }

  @Test(
    "--or-power-on: refused where nobody is waited for, or no host has a controller",
    arguments: [
      (["wake", "--or-power-on", "02:00:00:00:00:fe"], "--or-power-on: expected with --wait"),
      (["wake", "--bmc-config", "/dev/null", "02:00:00:00:00:fe"], "--bmc-config: expected with"),
      (
        [
          "wake", "--or-power-on", "--tcp", "9", "--bmc-config", "/dev/null",
          "02:00:00:00:00:fe=192.0.2.9",
        ], "--or-power-on: no host has the address of a controller in --bmc-config"
      ),
    ])
  func refusesAFallbackToNothing(_ arguments: [String], _ words: String) throws {
    let run = try runTool(crimpPath, arguments)
    #expect(run.errorText.hasPrefix("crimp: \(words)") && run.status == 64)
  }

  @Test("--wait: another station that answers proves nothing, and is named")
  func namesImpostors() throws {
    try withSettledNetwork { network in
      let other = try network.client.interface().hardwareAddress
      let result = try network.ownerB.crimp(
        "wake", "--wait=\(Place.client)", "--deadline", "0.5", sleeper)
      #expect(result.status == 1)
      #expect(
        result.outputText.contains("another station, \(other), answers for \(Place.client)"))
    }
  }

  @Test("--tcp: a refusal is an answer, silence is none")
  func provesByTCP() throws {
    try withSettledNetwork { network in
      let result = try network.ownerB.crimp(
        "wake", "--tcp", "9", "--to", "192.0.2.255", "\(sleeper)=\(Place.client)")
      #expect(result.status == 0, "\(result.errorText)")
      let silent = try network.ownerB.crimp(
        "wake", "--tcp", "9", "--deadline", "0.4", "--to", "192.0.2.255", "\(sleeper)=192.0.2.9")
      #expect(silent.status == 1)
      #expect(silent.errorText.contains("\(sleeper) is still asleep"))
    }
  }

  @Test("an address off the link is asked by TCP alone")
  func refusesARPBeyondTheLink() throws {
    try withSettledNetwork { network in
      let result = try network.ownerB.crimp("wake", "-i", "eth0", "--wait=198.51.100.1", sleeper)
      #expect(result.status == 69)
      #expect(result.errorText.contains("--tcp"))
    }
  }

  @Test("ends at SIGINT, and names who was asleep until then")
  func interrupted() throws {
    try withSettledNetwork { network in
      let running = try network.ownerB.startCrimp("wake", "--wait=192.0.2.9", sleeper)
      #expect(try eventually { try running.outputSoFar().contains("magic packet") })
      running.send(signal: SIGINT)
      let result = try running.end()
      #expect(result.status == 1)
      #expect(result.errorText.contains("still asleep"))
    }
  }

  @Test("no route: status 69, and the words what helps")
  func noRoute() throws {
    try withSettledNetwork { network in
      try network.ownerB.tool("ip", "route", "flush", "table", "main")
      let result = try network.ownerB.crimp("wake", "--to", "198.51.100.255", sleeper)
      #expect(result.status == 69)
      #expect(result.errorText.contains("198.51.100.255: Network is unreachable"))
      #expect(result.errorText.contains("--interface"))
    }
  }
}

/// `crimp wake --listen` and `--relay`. Needs root.
@Suite("crimp wake hears", .serialized)
struct WakeHearingTests {
  private let sleeper = "02:00:00:00:00:fe"

  @Test("and tells who woke whom, and of a password only that there is one")
  func listens() throws {
    try withSettledNetwork(usesIPv6: true) { network in
      let running = try network.client.startCrimp("wake", "--listen", "--json", "--count", "4")
      let station = try network.ownerB.interface().hardwareAddress
      let raw = ["etherwake", "-i", "eth0", "-b", "-p", "222.173.190.239", sleeper]
      let script = ["wakeonlan", "-i", "192.0.2.255", "-p", "7", sleeper]
      let group = ["wake", "-i", "eth0", "--repeat", "1", "--to", "ff02::1", sleeper]
      let tagged = ["wake", "-i", "eth0", "--raw", "--vlan", "5", "--repeat", "1", sleeper]
      // Until it listens: there is no sign of that.
      #expect(
        try eventually {
          _ = try network.ownerB.run { try runCrimp(raw) }
          return try running.outputSoFar().contains("magic-packet")
        })
      for arguments in [script, group, tagged] {
        _ = try network.ownerB.run { try runCrimp(arguments) }
      }
      let result = try running.end()
      #expect(result.status == 0, "\(result.errorText)")
      let lines = result.outputLines
      #expect(lines.count == 4)
      #expect(lines.allSatisfy { $0.contains("\"mac\":\"\(sleeper)\"") })
      #expect(lines.allSatisfy { $0.contains("\"sender_mac\":\"\(station)\"") })
      #expect(lines.contains { $0.contains("\"secureon_bytes\":4") && $0.contains("2114") })
      for secret in ["222", "173", "dead", "de:ad"] {
        #expect(!lines[0].contains(secret))
      }
    }
  }

  @Test("in a capture as well, in words")
  func decodesACapture() throws {
    try withSettledNetwork { network in
      try withTemporaryDirectory { directory in
        let path = "\(directory)/seen.pcapng"
        let running = try network.client.startCrimp(
          "wake", "--listen", "-i", "eth0", "--count", "2", "--record", path)
        #expect(
          try eventually {
            _ = try network.ownerB.crimp("wakeonlan", "-i", "192.0.2.255", sleeper)
            return try running.outputSoFar().contains("woken by")
          })
        _ = try network.ownerB.crimp("etherwake", "-b", sleeper)
        let live = try running.end()
        let played = try runCrimp(["wake", "--listen", "--replay", path])
        #expect(played.status == 0, "\(played.errorText)")
        #expect(played.outputText == live.outputText)
        #expect(
          played.outputLines.first?.contains(", UDP to 192.0.2.255 port 9") == true,
          "\(played.outputText)")
      }
    }
  }

  /// `b` has a second interface, behind which the client has its second.
  private func withRelay(_ body: (LaboratoryNetwork, WakeWire) throws -> Void) throws {
    try withSettledNetwork(usesIPv6: true) { network in
      try network.ownerB.tool(
        "ip", "link", "add", "far0", "type", "veth", "peer", "name", "far1", "netns",
        network.client.namespaceName)
      try network.ownerB.tool("ip", "addr", "add", "198.51.100.1/24", "dev", "far0")
      try network.ownerB.tool("ip", "link", "set", "far0", "up")
      try network.client.tool("ip", "link", "set", "far1", "up")
      let far = try WakeWire(at: network.client, on: "far1")
      #expect(try eventually { try network.ownerB.interface("far0").hasCarrier })
      try body(network, far)
    }
  }

  @Test("and passes packets on to another network, as datagrams and as frames")
  func relays() throws {
    try withRelay { network, far in
      let running = try network.ownerB.startCrimp("wake", "--relay", "eth0", "far0")
      #expect(try eventually { try running.outputSoFar().contains("relaying") })
      for arguments in [
        ["wakeonlan", "-i", "192.0.2.255", "02:00:00:00:00:01"],
        ["etherwake", "-b", "-p", "1.2.3.4", "02:00:00:00:00:02"],
      ] {
        _ = try network.ownerA.run { try runCrimp(arguments) }
      }
      #expect(try far.awaits(2))
      running.send(signal: SIGTERM)
      let result = try running.end()
      #expect(result.status == 0, "\(result.errorText)")
      #expect(result.outputText.hasSuffix("2 relayed, 0 not\n"))
      let datagram = try #require(far.seen[0].datagram)
      #expect(datagram.destination == .v4(.broadcast) && datagram.hopLimit == 63)
      #expect(datagram.source == IPAddress("198.51.100.1"))
      #expect(far.seen[1].carrier == .frame(.wakeOnLAN))
      #expect(far.seen[1].packet.password == SecureOnPassword(text: "1.2.3.4"))
      let own = try network.ownerB.interface("far0").hardwareAddress
      #expect(far.seen.allSatisfy { $0.source == own })
    }
  }

  @Test("and nothing goes in circles, nor faster than is allowed")
  func boundsTheRelay() throws {
    try withRelay { network, far in
      let there = try network.ownerB.startCrimp("wake", "--relay", "eth0", "far0")
      let back = try network.ownerB.startCrimp("wake", "--relay", "far0", "eth0")
      // A third, of another host, closes a circle: what comes out at far1 goes back to eth0.
      let across = try network.client.startCrimp("wake", "--relay", "far1", "eth0")
      for relay in [there, back, across] {
        #expect(try eventually { try relay.outputSoFar().contains("relaying") })
      }
      let result = try network.ownerA.crimp(
        "wake", "--raw", "-i", "eth0", "--repeat", "200", "--interval", "0.001", "--rate", "100000",
        sleeper)
      #expect(result.status == 0)
      usleep(300_000)
      try far.collect()
      #expect(!far.seen.isEmpty)
      #expect(far.seen.count <= 5, "\(far.seen.count) of one station")
      for relay in [there, back, across] {
        relay.send(signal: SIGTERM)
        #expect(try relay.end().status == 0)
      }
    }
  }
}
