import Glibc
import Support
import Testing

/// What `crimp check` says of packet filters, other hosts and real services, in namespaces.
@Suite(.serialized, .enabled(if: geteuid() == 0), .timeLimit(.minutes(3)))
struct `crimp check across a router` {
  /// The verdicts by port, as the lines have them, without the round-trip time.
  private func verdicts(_ run: ToolRun) -> [String: String] {
    var verdicts: [String: String] = [:]
    for line in run.outputLines {
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count == 3, words[1].contains("/") else { continue }
      var rest = String(words[2])
      if rest.hasPrefix("("), let end = rest.firstIndex(of: ")") {
        rest = String(rest[rest.index(after: end)...].dropFirst())
      }
      let parts = rest.split(separator: ", ").filter { !$0.hasSuffix(" ms") }
      verdicts[String(words[1])] = parts.joined(separator: ", ")
    }
    return verdicts
  }

  /// Of port 1008 and 1010 the host itself says so; of 1004 its packet filter, and of 3002 the router's.
  @Test func `a packet filter's refusal is no sign of life`() throws {
    let network = try CheckNetwork("alive")
    for (port, status) in [("1010", 0), ("1008", 0), ("1004", 1), ("3002", 1)] as [(String, Int32)]
    {
      let run = try network.run([
        crimpPath, "wake", "--tcp", port, "--deadline", "1", "--to", "192.0.2.255",
        "02:00:00:00:00:01=\(CheckNetwork.server)",
      ])
      #expect(run.status == status, "port \(port): \(run.outputText)\(run.errorText)")
    }
  }

  @Test func `each reject has its name, and who sent it`() throws {
    let network = try CheckNetwork("reject")
    try network.serve(["python3", "-m", "http.server", "8000"])
    // So that all may be told at once: what the limit does is another test's.
    try network.set("net.ipv4.icmp_ratelimit=0")
    #expect(
      try eventually { try network.check(CheckNetwork.server, "8000", "--quiet").status == 0 })
    let tcp = verdicts(try network.check(CheckNetwork.server, "1001-1010,3001-3003,8000"))
    let server = ", says \(CheckNetwork.server)"
    let router = ", says \(CheckNetwork.router)"
    #expect(
      tcp == [
        "1001/tcp": "filtered: network unreachable" + server,
        "1002/tcp": "filtered: host unreachable" + server,
        "1003/tcp": "filtered: protocol unreachable" + server,
        "1004/tcp": "filtered: port unreachable" + server,
        "1005/tcp": "filtered: network administratively prohibited" + server,
        "1006/tcp": "filtered: host administratively prohibited" + server,
        "1007/tcp": "filtered: communication administratively prohibited" + server,
        "1008/tcp": "closed: connection refused",
        "1009/tcp": "no answer: filtered, or the host is away",
        "1010/tcp": "closed: connection refused",
        "3001/tcp": "filtered: communication administratively prohibited" + router,
        "3002/tcp": "filtered: port unreachable" + router,
        "3003/tcp": "no answer: filtered, or the host is away",
        "8000/tcp": "open",
      ])
    let udp = verdicts(
      try network.check(CheckNetwork.server, "u:1001-1004,1007,1009,1010,3001-3003"))
    #expect(
      udp == [
        "1001/udp": "filtered: network unreachable" + server,
        "1002/udp": "filtered: host unreachable" + server,
        "1003/udp": "filtered: protocol unreachable" + server,
        "1004/udp": "closed: port unreachable",
        "1007/udp": "filtered: communication administratively prohibited" + server,
        "1009/udp": "no answer: open or filtered",
        "1010/udp": "closed: port unreachable",
        "3001/udp": "filtered: communication administratively prohibited" + router,
        "3002/udp": "filtered: port unreachable" + router,
        "3003/udp": "no answer: open or filtered",
      ])
  }

  @Test func `IPv6 has names of its own`() throws {
    let network = try CheckNetwork("reject6")
    try network.set("net.ipv6.icmp.ratelimit=0")
    let server = ", says \(CheckNetwork.server6)"
    let both = verdicts(
      try network.check(CheckNetwork.server6, "1001-1004,1006-1008,1010,u:1001,1004,1007,1010"))
    #expect(
      both == [
        "1001/tcp": "filtered: no route to the destination" + server,
        "1002/tcp": "filtered: address unreachable" + server,
        "1003/tcp": "filtered: source address failed policy" + server,
        "1004/tcp": "filtered: port unreachable" + server,
        "1006/tcp": "filtered: reject route to the destination" + server,
        "1007/tcp": "filtered: communication administratively prohibited" + server,
        "1008/tcp": "closed: connection refused",
        "1010/tcp": "closed: connection refused",
        "1001/udp": "filtered: no route to the destination" + server,
        "1004/udp": "closed: port unreachable",
        "1007/udp": "filtered: communication administratively prohibited" + server,
        "1010/udp": "closed: port unreachable",
      ])
  }

  @Test func `a host that limits its messages is asked in its time`() throws {
    let network = try CheckNetwork("limit")
    let run = try network.check(CheckNetwork.server, "u:1009,5001-5012,3003", "--json")
    let closed = run.outputLines.filter { $0.contains(#""state":"closed""#) }
    #expect(closed.count == 12, "\(run.outputText)")
    #expect(run.outputLines.filter { $0.contains(#""state":"no-answer""#) }.count == 2)
  }

  @Test func `a host that is not there, and a route that is not`() throws {
    let network = try CheckNetwork("away")
    let away = try network.check("192.0.2.77", "80,u:53")
    #expect(
      away.outputLines.prefix(2).allSatisfy {
        $0.contains("unreachable: no neighbour answers for the host or its gateway")
      }, "\(away.outputText)")
    #expect(away.status == 69)
    let behind = try network.check("198.51.100.77", "80")
    #expect(behind.outputText.contains("filtered: host unreachable, says \(CheckNetwork.router)"))
    #expect(behind.status == 1)
    _ = try network.run(["ip", "route", "del", "default"])
    let nowhere = try network.check(CheckNetwork.server, "80,u:53")
    #expect(
      nowhere.outputLines.prefix(2).allSatisfy {
        $0.contains("unreachable: this host has no route there")
      })
    #expect(nowhere.status == 69)
  }

  @Test func `sixty dropped ports are told together`() throws {
    let network = try CheckNetwork("drop")
    let run = try network.check(CheckNetwork.server, "2000-2059", "--timeout", "1")
    #expect(
      run.outputLines.first
        == "\(CheckNetwork.server) 2000-2059/tcp no answer: filtered, or the host is away, 60 ports"
    )
  }

  @Test func `its own firewall is named as such`() throws {
    let network = try CheckNetwork("own")
    let rules = "table ip f { chain o { type filter hook output priority 0; udp dport 53 drop; }; }"
    let set = try network.run(["nft", rules])
    #expect(set.status == 0, "\(set.errorText)")
    let run = try network.check(CheckNetwork.server, "u:53", "--timeout", "0.5")
    #expect(run.outputText.contains("unreachable: this host's own firewall or policy forbids it"))
  }

  @Test func `real services answer in their protocols`() throws {
    let network = try CheckNetwork("services")
    try withTemporaryDirectory { directory in
      let configuration = """
        local stratum 8
        allow all
        cmdport 0
        pidfile \(directory)/chrony.pid

        """
      try writeFile("\(directory)/chrony.conf", Array(configuration.utf8))
      try network.serve(["chronyd", "-d", "-x", "-u", "root", "-f", "\(directory)/chrony.conf"])
      try network.serve([
        "dnsmasq", "--no-daemon", "--port=53", "--no-resolv", "--no-hosts", "--enable-tftp",
        "--tftp-root=\(directory)", "--pid-file=", "--user=root",
      ])
      try network.serve([
        "env", "CRIMP_BMC_PASSWORD=simulated-secret", crimpPath, "bmc", "--address",
        CheckNetwork.server, "--port", "623",
      ])
      let ports = "domain,u:53,69,123,623"
      #expect(
        try eventually(within: 20) {
          try network.check(CheckNetwork.server, ports, "--quiet", "--timeout", "0.5").status == 0
        })
      let run = try network.check(CheckNetwork.server, ports)
      for said in [
        "53/udp (domain) open", ", DNS, REFUSED", "69/udp (tftp) open", ", TFTP, file ",
        ", NTP version 4, stratum 8", ", management controller, answers the presence ping",
        "53/tcp (domain) open",
      ] {
        #expect(run.outputText.contains(said), "\(said) in \(run.outputText)")
      }
    }
  }

  /// nmap's `-sT` has the same words for TCP but for what only the error queue knows: it takes an ICMP
  /// "port unreachable" for a refusal.
  @Test func `agrees with nmap`() throws {
    let network = try CheckNetwork("nmap")
    try network.set("net.ipv4.icmp_ratelimit=0")
    try network.serve(["python3", "-m", "http.server", "8000"])
    #expect(
      try eventually { try network.check(CheckNetwork.server, "8000", "--quiet").status == 0 })
    let ports = [1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 3001, 3003, 8000]
    let list = ports.map(String.init).joined(separator: ",")
    let nmap = try network.run(["nmap", "-sT", "-Pn", "-n", "-p", list, CheckNetwork.server])
    var theirs: [String: String] = [:]
    for line in nmap.outputLines {
      let words = line.split(separator: " ")
      if words.count >= 2, words[0].hasSuffix("/tcp") {
        theirs[String(words[0])] = String(words[1])
      }
    }
    let ours = verdicts(try network.check(CheckNetwork.server, list)).mapValues { verdict in
      let word = String(verdict.prefix { $0.isLetter })
      return word == "no" ? "filtered" : word
    }
    #expect(ours == theirs, "\(nmap.outputText)")
  }
}
