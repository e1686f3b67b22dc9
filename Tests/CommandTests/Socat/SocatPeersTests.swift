import Support
import Testing

/// Ours on one side and the original on the other, both ways round, and ours on both.
@Suite("socat and its peers", .serialized)
struct SocatPeersTests {
  private static let pairs: [(SocatBed.Kind, SocatBed.Kind)] = [
    (.ours, .original), (.original, .ours), (.ours, .ours),
  ]

  /// Runs a script once for each pair, and expects the same of each.
  private func expect(
    _ wanted: String, _ script: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (server, client) in Self.pairs {
      let run = try SocatBed.script(server, peer: client, script)
      #expect(
        run.outputText == wanted && run.status == 0,
        "\(server) serves \(client): \(run.status) \(run.outputText) \(run.errorText)",
        sourceLocation: sourceLocation)
    }
  }

  @Test func streamsAreServed() throws {
    for (server, client) in [
      ("TCP-LISTEN:80,reuseaddr,bind=127.0.0.1", "TCP:127.0.0.1:80"),
      ("TCP4-LISTEN:80", "TCP4:localhost:80,sourceport=8000"),
      ("TCP6-LISTEN:80,range=[::1]/128", "TCP6:[::1]:80"),
      ("UNIX-LISTEN:s", "UNIX-CONNECT:s"), ("ABSTRACT-LISTEN:s", "ABSTRACT-CONNECT:s"),
    ] {
      try expect(
        "HELLO\n",
        """
        $SOCAT -t60 \(server) EXEC:'tr a-z A-Z' &
        echo hello | $PEER -t60 - \(client),retry=6000,interval=0.02
        wait; ls
        """)
    }
  }

  @Test func manyClientsAreServedAtOnce() throws {
    try expect(
      "20\n",
      """
      $SOCAT -t60 TCP6-LISTEN:80,reuseaddr,fork,max-children=5 EXEC:cat &
      listens 80
      for i in $(seq 20); do echo $i | $PEER -t60 - TCP6:[::1]:80 & c="$c $!"; done > all
      wait $c; sort -u all | wc -l
      """)
  }

  @Test func whoMayNotComeIsRefused() throws {
    for server in [
      "TCP-LISTEN:80,range=10.0.0.0/8", "TCP-LISTEN:80,range=10.0.0.0:255.0.0.0",
      "TCP-LISTEN:80,sourceport=81",
    ] {
      try expect(
        "no\n",
        """
        $SOCAT \(server),fork SYSTEM:'echo yes' &
        listens 80
        $PEER -u TCP:127.0.0.1:80 - </dev/null; echo no
        """)
    }
  }

  @Test func datagramsKeepTheirEnds() throws {
    try expect(
      "ABC\n",
      """
      $SOCAT -t60 UDP4-RECVFROM:80,fork EXEC:'tr a-z A-Z' &
      receives 80
      echo abc | $PEER -t60 - UDP4-SENDTO:127.0.0.1:80,readbytes=4
      """)
    try expect(
      "ABC\nABC\n",
      """
      $SOCAT -t60 UDP4-LISTEN:80,fork,bind=127.0.0.1 EXEC:'sed -u s/abc/ABC/' &
      for i in 1 2; do
        receives 80
        echo abc | $PEER -t60 - UDP4:127.0.0.1:80,readbytes=4
      done
      """)
    try expect(
      "6\n",
      """
      $SOCAT -u UDP6-RECV:80,null-eof SYSTEM:'cat > got' & s=$!
      receives 80
      printf abc | $PEER -u - UDP6-SENDTO:[::1]:80
      printf def | $PEER -u - UDP6-SENDTO:[::1]:80,shut-null
      wait $s; wc -c < got
      """)
    try expect(
      "ABC\nv\n",
      """
      $SOCAT -t60 UNIX-RECVFROM:v,fork SYSTEM:'tr a-z A-Z' &
      exists v
      echo abc | $PEER -t60 - UNIX-SENDTO:v,bind=w,readbytes=4; ls
      """)
    try expect(
      "abc\n",
      """
      $SOCAT -u ABSTRACT-RECV:v - > got &
      until grep -q @v /proc/net/unix; do sleep 0.02; done
      echo abc | $PEER -u - ABSTRACT-SENDTO:v
      until [ -s got ]; do sleep 0.02; done; cat got
      """)
  }

  @Test func aLateAnswerIsWaitedForAsLongAsIsSaid() throws {
    try expect(
      "late\n--\n--\n",
      """
      for t in 60 0.1; do
        $SOCAT -t60 TCP-LISTEN:80,reuseaddr SYSTEM:'cat >/dev/null; sleep 2; echo late' 2>/dev/null & s=$!
        listens 80
        $PEER -t$t - TCP:127.0.0.1:80 </dev/null; echo --; wait $s
      done; true
      """)
  }

  @Test func aProgramThatOnlyListensHearsAll() throws {
    try expect(
      "hello\n",
      """
      for with in socketpair pipes pty,raw,echo=0; do
        echo hello | $SOCAT -u - SYSTEM:'head -n 1 > got',${with#socketpair}; cat got; rm got
      done | uniq
      """)
  }

  @Test func filesGrowAndAreFollowed() throws {
    try expect(
      "one\ntwo\n",
      """
      echo one > log
      $SOCAT -u OPEN:log,ignoreeof - > seen & s=$!
      until grep -q one seen; do sleep 0.02; done
      echo two >> log
      until grep -q two seen; do sleep 0.02; done
      kill $s; cat seen
      """)
  }

  @Test func terminalsAreMade() throws {
    try expect(
      "hello\nanswer\n",
      """
      $SOCAT -t60 PTY,link=tty,rawer,wait-slave,pty-interval=0.1 SYSTEM:'head -n 1; echo answer' & s=$!
      exists tty
      exec 3<>tty; echo hello >&3; head -n 2 <&3; exec 3>&-
      wait $s; [ ! -e tty ]
      """)
  }

  @Test func aProgramHasATerminalOfItsOwn() throws {
    try expect(
      "yes\n",
      """
      $SOCAT -u EXEC:'sh -c \\"test -t 1 && echo yes >/dev/tty\\"',pty,ctty,setsid - | tr -d '\\r'
      """)
  }
}
