import Support
import Testing

/// Seeded bytes through each kind of end, both ways at once: nothing lost, nothing reordered.
@Suite("socat's transfers", .serialized)
struct SocatTransferTests {
  private static let byteCount = 4_000_000

  /// `in`: bytes that look random and are the same each time.
  private static let prelude = """
    openssl enc -aes-128-ctr -pass pass:crimp -nosalt -pbkdf2 </dev/zero 2>/dev/null |
      head -c \(byteCount) > in
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=server \\
      -keyout key -out crt 2>/dev/null; cat key crt > pem

    """

  private func expectSame(
    _ script: String, _ kind: SocatBed.Kind, _ peer: SocatBed.Kind,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let run = try SocatBed.script(
      kind, peer: peer, Self.prelude + script + "\ncmp in out && echo same")
    #expect(
      run.outputText == "same\n" && run.status == 0,
      "\(kind), \(peer): \(run.outputText) \(run.errorText)", sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    ("TCP-LISTEN:80", "TCP:127.0.0.1:80"), ("TCP6-LISTEN:80,fork", "TCP:[::1]:80"),
    ("UNIX-LISTEN:s", "UNIX-CONNECT:s"), ("ABSTRACT-LISTEN:s", "ABSTRACT-CONNECT:s"),
    ("SSL-L:80,cert=pem,verify=0", "SSL:127.0.0.1:80,verify=0"),
    ("SSL-L:80,cert=pem,verify=0,fork", "SSL:127.0.0.1:80,cafile=crt,commonname=server"),
  ])
  func connectionsCarryAll(_ server: String, _ client: String) throws {
    for (kind, peer) in [
      (SocatBed.Kind.ours, SocatBed.Kind.original), (.original, .ours),
    ] {
      // The original blocks when the pipe that it alone reads has not room enough for what it writes.
      let far = kind == .ours ? "PIPE" : "EXEC:cat"
      try expectSame(
        """
        $SOCAT -t60 \(server) \(far) &
        $PEER -t60 - \(client),retry=6000,interval=0.02 < in > out
        """, kind, peer)
    }
  }

  @Test(arguments: [
    "PIPE", "EXEC:cat", "EXEC:cat,pipes", "SYSTEM:cat", "EXEC:cat,pty,rawer,readbytes=\(byteCount)",
    "SYSTEM:'cat <&3 >&4',fdin=3,fdout=4", "-,readbytes=\(byteCount)!!/dev/null",
  ])
  func programsAndPipesCarryAll(_ address: String) throws {
    guard !address.hasPrefix("-") else {
      return try expectSame("$SOCAT -u '\(address)' - < in > out", .ours, .ours)
    }
    for terms in ["", "-b 100 -x", "-b 65536 -v"] {
      let count = terms.isEmpty ? Self.byteCount : 200_000
      let address = address.replacing("\(Self.byteCount)", with: "\(count)")
      try expectSame(
        "truncate -s \(count) in\n$SOCAT -t60 \(terms) - \"\(address)\" < in > out 2>dump", .ours,
        .ours)
    }
  }

  @Test func oneWayCarriesAll() throws {
    for (kind, peer) in [
      (SocatBed.Kind.ours, SocatBed.Kind.original), (.original, .ours),
    ] {
      try expectSame(
        """
        $SOCAT -u TCP-LISTEN:80 CREATE:out & s=$!
        $PEER -U TCP:127.0.0.1:80,retry=6000,interval=0.02 OPEN:in; wait $s
        """, kind, peer)
      try expectSame(
        """
        mkfifo fifo
        $SOCAT -u GOPEN:fifo - > out & s=$!
        $PEER -u OPEN:in PIPE:fifo; wait $s
        """, kind, peer)
      // UNIX sockets hold datagrams back until they are read.
      try expectSame(
        """
        $SOCAT -u UNIX-RECV:s,null-eof OPEN:out,creat & s=$!
        exists s; $PEER -u OPEN:in UNIX-SENDTO:s,shut-null; wait $s
        """, kind, peer)
    }
  }

  /// A UNIX socket's queue holds eleven messages here: the empty one that is the end finds it full.
  @Test(arguments: 10...12)
  func theMessageThatEndsWaitsForRoom(_ count: Int) throws {
    let run = try SocatBed.script(
      .ours,
      """
      $PEER -u UNIX-RECV:s,null-eof CREATE:out & r=$!
      exists s; kill -STOP $r
      head -c \(count * 100) /dev/zero > in
      $SOCAT -d -d -u -b 100 OPEN:in UNIX-SENDTO:s,shut-null 2>log & w=$!
      [ \(count) = 12 ] || until grep -q 'is at EOF' log; do sleep 0.02; done
      kill -CONT $r; wait $w $r; cmp in out && echo same
      """)
    #expect(run.outputText == "same\n" && run.status == 0, "\(run.outputText) \(run.errorText)")
  }

  /// Who is not connected never hears that a queue has room again which others filled, and waits without haste.
  @Test func aQueueThatAnotherFilledIsTriedAgain() throws {
    let run = try SocatBed.script(
      .ours,
      """
      $PEER -u -b 100 UNIX-RECV:s,null-eof CREATE:out & r=$!
      exists s; kill -STOP $r
      head -c 1100 /dev/zero | $PEER -u -b 100 - UNIX-SENDTO:s
      echo late > in
      $SOCAT -u OPEN:in UNIX-SENDTO:s,shut-null & w=$!
      until [ "$(ps -o stat= -p $w)" = S ]; do sleep 0.02; done
      kill -CONT $r; wait $w $r; tail -c 5 out; stat -c %s out
      """)
    #expect(run.outputText == "late\n1105\n" && run.status == 0, "\(run.errorText)")
  }

  @Test func aTerminalCarriesAll() throws {
    try expectSame(
      """
      $SOCAT -t60 PTY,link=tty,rawer,readbytes=\(Self.byteCount) PIPE & s=$!
      exists tty; exec 3<>tty
      head -c \(Self.byteCount) <&3 > out & h=$!
      cat in >&3; wait $h
      """, .ours, .ours)
  }
}
