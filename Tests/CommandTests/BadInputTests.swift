import Glibc
import Laboratory
import LinkLayer
import Links
import Support
import Testing

/// What cannot be done is said in one line on standard error, by the status that the help names, and
/// leaves nothing behind.
@Suite("Bad input", .serialized)
struct BadInputTests {
  @Test(
    "a wrong value is named, and what was expected",
    arguments: [
      (
        ["announce", "--mac", "zz", "192.0.2.1"],
        "'zz' is invalid for '--mac <address>': expected the hardware address of one station, as "
          + "00:11:22:33:44:55"
      ),
      (
        ["announce", "192.0.2.300"],
        "'192.0.2.300' is invalid for '<addresses>': expected an IPv4 or IPv6 address, or several "
          + "with commas"
      ),
      (
        ["ping", "--vlan", "5000", "192.0.2.1"],
        "'5000' is invalid for '--vlan <id[,priority]>': expected a VLAN from 0 to 4094, and perhaps "
          + "a priority from 0 to 7, as 100,5"
      ),
      (
        ["ping", "-c", "two", "192.0.2.1"],
        "'two' is invalid for '-c <count>': expected a whole number"
      ),
      (
        ["announce", "--confirm=nosuch", "192.0.2.1"],
        "'nosuch' is invalid for '--confirm[=<host>]': expected gateway, or an IPv4 or IPv6 address"
      ),
    ])
  func expectation(arguments: [String], words: String) throws {
    let result = try runCrimp(arguments)
    #expect(result.status == 64)
    #expect(result.errorText == "crimp: The value \(words)\n")
  }

  /// Refused before anything is touched: neither root nor a network is needed.
  static let usages: [[String]] = [
    ["nosuch"], ["announce"], ["announce", "--nosuch", "192.0.2.1"],
    ["announce", "192.0.2"], ["announce", "192.0.2.256"], ["announce", "2001:db8::g"],
    ["announce", "--all"],
    ["announce", "--interval", "0", "192.0.2.1"], ["announce", "--interval=-1", "192.0.2.1"],
    ["announce", "--interval", "nan", "192.0.2.1"], ["announce", "--interval", "inf", "192.0.2.1"],
    ["announce", "--interval", "1e300", "192.0.2.1"], ["announce", "--again", "nan", "192.0.2.1"],
    ["announce", "--refresh", "0", "192.0.2.1"], ["announce", "--deadline", "1e18", "192.0.2.1"],
    ["announce", "--wait", "0", "192.0.2.1"], ["announce", "--wait", "nan", "192.0.2.1"],
    ["announce", "--rate", "0", "192.0.2.1"], ["announce", "--rate=-5", "192.0.2.1"],
    ["announce", "--rate", "99999999999999999999", "192.0.2.1"],
    ["announce", "-c", "0", "192.0.2.1"], ["announce", "-c", "two", "192.0.2.1"],
    ["announce", "--vlan", "4095", "192.0.2.1"], ["announce", "--vlan", "5,8", "192.0.2.1"],
    ["announce", "--vlan", "5,", "192.0.2.1"], ["announce", "--vlan", "-1", "192.0.2.1"],
    ["announce", "--mac", "02:00:00:00:00", "192.0.2.1"],
    ["announce", "--mac", "02:00:00:00:00:0g", "192.0.2.1"],
    ["announce", "--confirm=nosuch", "192.0.2.1"],
    ["announce", "--confirm=", "192.0.2.1", "192.0.2.2"],
    ["announce", "--notify=", "192.0.2.1", "192.0.2.2"],
    ["announce", "-i", "eth0", "--pidfile=", "--background", "192.0.2.1"],
    ["probe", "--mac=", "192.0.2.1"], ["ping", "--interface=", "192.0.2.1"],
    ["lab", "--peers=", "address"], ["decode", "--time=", "utc", "/dev/null"],
    ["announce", "--confirm=192.0.2.2", "--confirm=192.0.2.3", "192.0.2.1"],
    ["announce", "--confirm=192.0.2.1", "192.0.2.1"],
    ["announce", "--confirm=192.0.2.2", "192.0.2.1", "2001:db8::1"],
    ["announce", "--confirm=224.0.0.1", "192.0.2.1"],
    ["announce", "--confirm", "--vlan", "5", "192.0.2.1"],
    ["announce", "--force", "224.0.0.1"], ["announce", "--force", "255.255.255.255"],
    ["announce", "--force", "0.0.0.0"], ["announce", "--force", "ff02::1"],
    ["announce", "--interval", "0.2", "192.0.2.1"], ["announce", "--deadline", "3", "192.0.2.1"],
    ["ping", "-c", "-1", "192.0.2.1"], ["announce", "-c", "-1", "192.0.2.1"],
    ["announce", "--foreground", "--background", "192.0.2.1"],
    ["announce", "--background", "--confirm", "192.0.2.1"],
    ["announce", "--background", "--record", "/nosuch/file", "192.0.2.1"],
    ["announce", "--pidfile", "/nosuch/file", "-c", "1", "192.0.2.1"],
    ["announce", "--no-request", "--no-reply", "--no-directed", "192.0.2.1"],
    ["probe"], ["probe", "--within", "0", "192.0.2.1"], ["probe", "--within", "nan", "192.0.2.1"],
    ["probe", "--defend", "always", "192.0.2.1"],
    ["probe", "--claim", "--defend", "perhaps", "192.0.2.1"],
    ["ping"], ["ping", "-c", "0", "192.0.2.1"], ["ping", "--interval", "nan", "192.0.2.1"],
    ["ping", "--timeout", "0", "192.0.2.1"], ["ping", "-w", "1e300", "192.0.2.1"],
    ["ping", "02:00:00:00:00"], ["ping", "02:00:00:00:00:01"],
    ["ping", "fe80::1%"], ["ping", "fe80::1%eth0%eth0"], ["ping", "192.0.2.1%eth0"],
    ["ping", "02:00:00:00:00:01%eth0"], ["ping", "-i", "eth1", "fe80::1%eth0"],
    ["probe", "fe80::1%eth0", "fe80::2%eth1"], ["announce", "-i", "eth1", "fe80::1%eth0"],
    ["wake"], ["wake", "02:00:00:00:00"], ["wake", "02:00:00:00:00:0g"],
    ["wake", "02-00-00-00-00-0b-0c"],
    ["wake", "ff:ff:ff:ff:ff:ff"], ["wake", "00:00:00:00:00:00"], ["wake", "01:00:5e:00:00:01"],
    ["wake", "02:00:00:00:00:01=192.0.2"], ["wake", "02:00:00:00:00:01=255.255.255.255"],
    ["wake", "--repeat", "0", "02:00:00:00:00:01"],
    ["wake", "--interval", "0", "02:00:00:00:00:01"],
    ["wake", "--deadline", "nan", "02:00:00:00:00:01"],
    ["wake", "--rate", "0", "02:00:00:00:00:01"],
    ["wake", "--port", "0", "02:00:00:00:00:01"], ["wake", "--port", "65536", "02:00:00:00:00:01"],
    ["wake", "--to", "0.0.0.0", "02:00:00:00:00:01"],
    ["wake", "--to", "ff02::1", "02:00:00:00:00:01"],
    ["wake", "--raw", "02:00:00:00:00:01"],
    ["wake", "--raw", "--to", "192.0.2.1", "02:00:00:00:00:01"],
    ["wake", "--unicast", "02:00:00:00:00:01"], ["wake", "--wait=nosuch", "02:00:00:00:00:01"],
    ["wake", "--wait=192.0.2.1", "02:00:00:00:00:01", "02:00:00:00:00:02"],
    ["wake", "--tcp", "0", "02:00:00:00:00:01"], ["wake", "--tcp", "22", "02:00:00:00:00:01"],
    ["wake", "--wait", "02:00:00:00:00:01"], ["wake", "--count", "1", "02:00:00:00:00:01"],
    ["wake", "--secureon-file", "a", "--ask-secureon", "02:00:00:00:00:01"],
    ["wake", "--secureon-file", "/dev/null", "02:00:00:00:00:01"],
    ["wake", "--listen", "02:00:00:00:00:01"], ["wake", "--listen", "--record", "a"],
    ["wake", "--relay", "eth0"], ["wake", "--relay", "eth0", "eth0"],
    ["wake", "--relay", "eth0", "eth1", "--listen"],
    ["wake", "--relay", "eth0", "eth1", "--vlan", "5"],
    ["bmc", "--address", "127.0.0.0/8"], ["bmc", "--address", "0.0.0.0"],
    ["bmc", "--address", "127.0.0.1/33"], ["bmc", "--port", "65536"],
    ["bmc", "--port", "65535", "--ports", "2"], ["bmc", "--port", "0", "--ports", "2"],
    ["bmc", "--suites", "4"], ["bmc", "--suites", "3,"], ["bmc", "--authentication", "md4"],
    ["bmc", "--latency", "5-"], ["bmc", "--latency", "20-5"], ["bmc", "--loss", "101"],
    ["bmc", "--loss", "nan"], ["bmc", "--slots", "64"], ["bmc", "--session-timeout", "0"],
    ["bmc", "--power-delay", "1,2"], ["bmc", "--power-delay", "inf"],
    ["bmc", "--misbehave", "nosuch"], ["bmc", "--address", "192.0.2.1"],
    ["bmc", "--serial", "pty", "--address", "127.1.0.0/20"],
    ["lab", "nosuch"], ["lab", "--wait", "nan"], ["lab", "--runs", "0"],
  ]

  private func expectRefusal(
    _ result: ToolRun, _ status: Int32, _ comment: Comment? = nil,
    at location: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == status, comment, sourceLocation: location)
    let lines = result.errorText.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.count == 2 && lines[0].hasPrefix("crimp: ") && lines[1].isEmpty,
      "\(result.errorText)", sourceLocation: location)
    #expect(result.output.isEmpty, "\(result.outputText)", sourceLocation: location)
  }

  @Test("in the arguments: status 64", arguments: usages)
  func usage(arguments: [String]) throws {
    expectRefusal(try runCrimp(arguments), 64)
  }

  @Test("an interface, a namespace or neighbours that are not there: status 69")
  func unavailable() throws {
    for arguments in [
      ["announce", "-i", "nosuch0", "192.0.2.1"], ["probe", "-i", "nosuch0", "192.0.2.1"],
      ["ping", "-i", "nosuch0", "192.0.2.1"], ["links", "nosuch0"],
      ["neighbors", "-i", "nosuch0"], ["announce", "-i", "lo", "192.0.2.1"],
      ["announce", "-i", "averyveryverylongname", "192.0.2.1"],
      ["wake", "-i", "nosuch0", "02:00:00:00:00:01"], ["wake", "--listen", "-i", "nosuch0"],
      ["wake", "--raw", "-i", "nosuch0", "02:00:00:00:00:01"],
      ["wake", "--relay", "nosuch0", "lo"], ["wake", "--netns", "nosuch", "02:00:00:00:00:01"],
      ["announce", "--netns", "nosuch", "192.0.2.1"], ["links", "--netns", "nosuch"],
    ] {
      expectRefusal(try runCrimp(arguments), 69, "\(arguments)")
    }
  }

  @Test("an interface that is down, or has no carrier: status 69")
  func noCarrier() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      for command in ["announce", "probe", "ping"] {
        try network.ownerB.setUp(Place.interface, false)
        let down = try network.ownerB.crimp(command, "-i", "eth0", "\(Place.service)")
        expectRefusal(down, 69)
        #expect(down.errorText.contains("is down"))
        try network.ownerB.setUp(Place.interface)
        try network.switchHost.setUp("port-b", false)
        #expect(try eventually { try !network.ownerB.interface().hasCarrier })
        let dead = try network.ownerB.crimp(command, "-i", "eth0", "\(Place.service)")
        expectRefusal(dead, 69)
        #expect(dead.errorText.contains("no carrier"))
        try network.switchHost.setUp("port-b")
        #expect(try eventually { try network.ownerB.interface().hasCarrier })
      }
    }
  }

  @Test("a carrier that never comes: status 69, in words of its own")
  func noCarrierEver() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      try network.switchHost.setUp("port-b", false)
      #expect(try eventually { try !network.ownerB.interface().hasCarrier })
      let result = try network.ownerB.crimp(
        "announce", "-i", "eth0", "--wait", "0.2", "\(Place.service)")
      expectRefusal(result, 69)
      #expect(result.errorText.contains("still no carrier at the end of --wait"))
    }
  }

  @Test("an interface that is down is named also when the kernel's routes should tell it")
  func downWithoutName() throws {
    try withNetwork { network in
      let host = Place.service.description
      try network.ownerB.setUp(Place.interface, false)
      for command in ["probe", "ping"] {
        let result = try network.ownerB.crimp(command, host)
        expectRefusal(result, 69)
        #expect(result.errorText.contains("interface eth0 is down"), "\(result.errorText)")
      }
    }
  }

  @Test("no gateway to confirm with: announced all the same, and status 69")
  func noGateway() throws {
    try withNetwork { network in
      let address = Place.service
      try network.client.add(address, length: 24)
      let wire = try Wire(at: network.ownerB)
      let result = try network.client.crimp("announce", "--confirm", "-c", "1", "\(address)")
      #expect(result.status == 69)
      #expect(result.outputText == "announced \(address) on eth0, round 1\n")
      #expect(result.errorText.contains("--confirm=HOST"))
      #expect(try wire.awaits { !$0.requests(for: address).isEmpty })
    }
  }

  @Test("without the privilege: status 77, in the background too")
  func noPrivilege() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        try network.ownerB.add(Place.service, length: 24)
        let copy = "\(directory)/crimp"
        try network.ownerB.tool("cp", crimpPath, copy)
        try network.ownerB.tool("chmod", "755", directory, copy)
        for arguments in [
          ["announce"], ["announce", "--background"], ["probe"], ["ping", "-c", "1"],
        ] {
          let result = try network.ownerB.run {
            try runTool(
              "setpriv",
              ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", copy]
                + arguments + ["\(arguments == ["probe"] ? Place.free : Place.service)"])
          }
          expectRefusal(result, 77, "\(arguments)")
          #expect(result.errorText.contains("CAP_NET_RAW"))
        }
      }
    }
  }

  @Test("a recording that is not there, empty, no capture, or cut off: status 66")
  func unreadableReplay() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        try network.ownerB.add(Place.service, length: 24)
        let path = "\(directory)/good.pcapng"
        let recorded = try network.ownerB.crimp(
          "announce", "-c", "1", "--record", path, "\(Place.service)")
        #expect(recorded.status == 0)
        let good = try readFile(path)
        #expect(access(path + ".partial", F_OK) != 0)
        let bad = "\(directory)/bad.pcapng"
        for bytes in [[], Array("no capture".utf8), Array(good.dropLast(7))] {
          try writeFile(bad, bytes)
          expectRefusal(try runCrimp(["announce", "--replay", bad, "\(Place.service)"]), 66)
        }
        expectRefusal(
          try runCrimp(["ping", "--replay", "\(directory)/nosuch", "\(Place.client)"]), 66)
        // A watch sends nothing: it would wait without end for what was sent then.
        expectRefusal(try runCrimp(["watch", "--replay", path]), 66)
      }
    }
  }

  @Test("a disk that is full while recording: status 74, and no file is left")
  func fullDisk() throws {
    try withNetwork { network in
      try withTemporaryDirectory { directory in
        try network.ownerB.add(Place.service, length: 24)
        // The mount is of its own namespace and goes with the shell.
        let script = """
          mount -t tmpfs -o size=4k none \(directory) || exit 99
          \(crimpPath) announce --foreground -q --force -i eth0 -c 1 --rate 100000 \
          --record \(directory)/full.pcapng $(seq -f 192.0.2.%g 100 250)
          status=$?
          ls -A \(directory)
          exit $status
          """
        let result = try network.ownerB.run {
          try runTool("unshare", ["--mount", "sh", "-c", script])
        }
        expectRefusal(result, 74)
      }
    }
  }

  @Test("a pidfile or a recording in a directory that is not there: status 74, nothing sent")
  func noDirectory() throws {
    try withNetwork { network in
      try network.ownerB.add(Place.service, length: 24)
      let wire = try Wire(at: network.client)
      expectRefusal(
        try network.ownerB.crimp("announce", "--record", "/nosuch/file", "\(Place.service)"), 74)
      expectRefusal(
        try network.ownerB.crimp(
          "announce", "--foreground", "--pidfile", "/nosuch/file", "\(Place.service)"), 74)
      expectRefusal(
        try network.ownerB.crimp(
          "announce", "--background", "--pidfile", "/nosuch/file", "\(Place.service)"), 74)
      #expect(try wire.collect().isEmpty)
    }
  }

  /// A stream holds results of one kind: who reads it has no other object to expect, and the status tells
  /// the kind of error.
  @Test(
    "with --json too is a line on standard error, and nothing in the stream",
    arguments: [
      (["announce", "-i", "nosuch0", "192.0.2.1"], 69),
      (["probe", "-i", "nosuch0", "192.0.2.1"], 69),
      (["ping", "-i", "nosuch0", "192.0.2.1"], 69),
      (["wake", "--raw", "-i", "nosuch0", "nosuch"], 66),
      (["scan", "-i", "nosuch0"], 69), (["watch", "-i", "nosuch0"], 69),
      (["links", "nosuch0"], 69),
      (["neighbors", "-i", "nosuch0"], 69), (["ping", "192.0.2.1", "--replay", "/nosuch"], 66),
      (["decode", "/nosuch"], 66), (["power", "status", "n[1"], 64), (["discover", "n[1"], 64),
      (["ipmi", "-H", "n[1", "mc", "info"], 64), (["audit", "n[1"], 64),
      (["bmc", "--address", "0.0.0.0"], 64), (["announce", "--nosuch", "192.0.2.1"], 64),
    ] as [([String], Int32)])
  func json(arguments: [String], status: Int32) throws {
    expectRefusal(try runCrimp(arguments + ["--json"]), status, "\(arguments)")
  }

  @Test("huge numbers that are allowed do not trap")
  func hugeNumbers() throws {
    try withNetwork { network in
      let result = try network.ownerB.crimp(
        "announce", "-i", "eth0", "--force", "-c", "1", "--rate", "9223372036854775807",
        "--interval", "999999999", "\(Place.service)")
      #expect(result.status == 0)
      let running = try network.ownerB.startCrimp(
        "announce", "-i", "eth0", "--force", "--foreground", "-c", "9223372036854775807",
        "--interval", "999999999", "--again", "999999999", "--refresh", "999999999",
        "\(Place.service)")
      #expect(try eventually { try running.outputSoFar().contains("round 1") })
      running.send(signal: SIGTERM)
      #expect(try running.end().status == 0)
    }
  }
}
