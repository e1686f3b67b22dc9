import CaptureFile
import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

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
        let asked = try network.ownerB.run {
          try TerminalTool(crimpPath, arguments + ["--ask-secureon"])
        }
        #expect(asked.shows("SecureOn password: "))
        asked.type("5.6.7.8\n")
        #expect(try asked.end() == 0)
        #expect(try wire.awaits(4))
        #expect(!asked.shown.contains("5.6.7.8"))
        let texts = ["192.168.1.1", "00:22:44:66:88:aa", "1.2.3.4", "5.6.7.8"]
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
