import Support
import Testing

/// Options that are taken are carried out.
@Suite("socat's options", .serialized)
struct SocatOptionTests {
  private static let certificate = """
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=server \\
      -keyout key -out crt 2>/dev/null; cat key crt > pem; chmod 600 key pem

    """

  /// A call that the kernel refuses of a socket is an error, whatever the socket is for.
  @Test(arguments: [
    ("TCP-LISTEN:80,fork", "TCP4:127.0.0.1:80,ioctl-void=0xdead"),
    ("SSL-L:80,fork,cert=pem,verify=0", "SSL:127.0.0.1:80,verify=0,ioctl-void=0xdead"),
    ("UNIX-LISTEN:s,fork", "UNIX-CONNECT:s,ioctl-void=0xdead"),
  ])
  func callsOfAnOpenFileAreMadeOfConnections(_ server: String, _ client: String) throws {
    for kind in SocatBed.Kind.allCases {
      let run = try SocatBed.script(
        kind,
        Self.certificate + """
          $PEER \(server) PIPE 2>/dev/null &
          until ss -Hlx | grep -q ' s ' || ss -Hltn | grep -q ':80 '; do sleep 0.02; done
          $SOCAT - \(client) </dev/null; echo $?
          """)
      #expect(
        run.outputText == "1\n" && run.errorText.contains(" E ioctl("),
        "\(kind): \(run.outputText) \(run.errorText)")
    }
  }

  /// The original says that the option could not be used.
  @Test(arguments: ["UDP4-LISTEN:80", "UDP4-RECVFROM:80"])
  func callsOfAnOpenFileAreMadeOfWhatReceives(_ server: String) throws {
    for (kind, words) in [(SocatBed.Kind.original, " E "), (.ours, " E ioctl(")] {
      let run = try SocatBed.script(
        kind,
        """
        $SOCAT \(server),ioctl-void=0xdead PIPE & s=$!
        receives 80; echo x >/dev/udp/127.0.0.1/80; wait $s; echo $?
        """)
      #expect(
        run.outputText == "1\n" && run.errorText.contains(words),
        "\(kind): \(run.outputText) \(run.errorText)")
    }
  }

  /// A descriptor that is not closed is one more that the program has.
  @Test func programsInheritWhatIsNotClosed() throws {
    let counts = try ["", ",cloexec=1", ",cloexec=0"].map { option in
      try SocatBed.script(
        .ours,
        """
        $SOCAT -t60 TCP-LISTEN:80\(option) SYSTEM:'ls /proc/self/fd | wc -l' & s=$!
        listens 80; cat </dev/tcp/127.0.0.1/80; wait $s
        """
      ).outputText
    }.map { Int($0.dropLast()) ?? 0 }
    #expect(counts[1] == counts[0] && counts[2] == counts[0] + 1, "\(counts)")
  }

  /// Without it an abstract name is all the room that there is: another name.
  @Test func namesMayFillTheirRoom() throws {
    for (kind, peer) in [(SocatBed.Kind.ours, SocatBed.Kind.original), (.original, .ours)] {
      let run = try SocatBed.script(
        kind, peer: peer,
        """
        $SOCAT -t60 ABSTRACT-LISTEN:s,unix-tightsocklen=0 EXEC:'tr a-z A-Z' &
        until grep -q '@s' /proc/net/unix; do sleep 0.02; done
        $PEER - ABSTRACT-CONNECT:s </dev/null 2>/dev/null || echo another name
        echo hello | $PEER -t60 - ABSTRACT-CONNECT:s,unix-tightsocklen=0
        """)
      #expect(
        run.outputText == "another name\nHELLO\n", "\(kind): \(run.outputText) \(run.errorText)")
    }
  }
}
