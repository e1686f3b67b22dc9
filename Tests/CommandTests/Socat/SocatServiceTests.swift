import Support
import Testing

/// `fork`: what becomes of sessions when no more may come, and when descriptors run out.
@Suite("socat's service of many", .serialized)
struct SocatServiceTests {
  private func expect(
    _ wanted: String, _ script: String, of kind: SocatBed.Kind = .ours,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let run = try SocatBed.script(kind, Self.words + script)
    #expect(
      run.outputText == wanted && run.status == 0,
      "\(kind): \(run.status) \(run.outputText) \(run.errorText)", sourceLocation: sourceLocation)
  }

  /// `say word`: says it on descriptor 3, and shows the line that comes back. `deaf 80`: waits until nobody listens at
  /// a port.
  private static let words = """
    say() { echo $1 >&3; head -n 1 <&3; }
    deaf() { while ss -Hltn | grep -q ":$1 "; do sleep 0.02; done; }

    """

  @Test func sessionsOutlastTheListener() throws {
    for kind in SocatBed.Kind.allCases {
      try expect(
        "still there\n0\n",
        """
        s=
        # Where nobody came in time it is started again.
        until { exec 3<>/dev/tcp/127.0.0.1/80; } 2>/dev/null; do
          [ "$s" ] && kill -0 $s 2>/dev/null || {
            $SOCAT -t60 TCP-LISTEN:80,reuseaddr,fork,accept-timeout=1 EXEC:cat & s=$!
          }
          sleep 0.02
        done
        deaf 80; say 'still there'; exec 3>&-; wait $s; echo $?
        """, of: kind)
    }
  }

  @Test func sessionsOutlastTheFirstSignal() throws {
    for kind in SocatBed.Kind.allCases {
      try expect(
        "one\ntwo\n143\n",
        """
        $SOCAT TCP-LISTEN:80,fork EXEC:cat & s=$!
        listens 80; exec 3<>/dev/tcp/127.0.0.1/80
        say one; kill $s; deaf 80; say two; exec 3>&-; wait $s; echo $?
        """, of: kind)
    }
  }

  @Test func datagramsSessionsOutlastTheFirstSignalToo() throws {
    try expect(
      "one\ntwo\n143\n",
      """
      $SOCAT -T60 UDP4-LISTEN:80,fork PIPE & s=$!
      receives 80; exec 3<>/dev/udp/127.0.0.1/80
      say one; kill $s; while ss -Hlun | grep -q ':80 '; do sleep 0.02; done
      say two; kill $s; wait $s; echo $?
      """)
  }

  @Test func anotherSignalEndsAll() throws {
    for signal in ["TERM", "INT"] {
      try expect(
        "one\nend\n\(signal == "TERM" ? 143 : 130)\n",
        """
        $SOCAT TCP-LISTEN:80,fork EXEC:cat & s=$!
        listens 80; exec 3<>/dev/tcp/127.0.0.1/80
        say one; kill $s; deaf 80; kill -\(signal) $s; cat <&3; echo end; wait $s; echo $?
        """)
    }
  }

  /// A lock is its session's, and not all of the program's.
  @Test func aLockIsGivenBackAtTheSessionsEnd() throws {
    for kind in SocatBed.Kind.allCases {
      try expect(
        "hello\nhello\nfree\n",
        """
        $SOCAT TCP-LISTEN:80,fork SYSTEM:'echo hello',waitlock=lock &
        listens 80
        for i in 1 2; do cat </dev/tcp/127.0.0.1/80; done
        while [ -e lock ]; do sleep 0.02; done; echo free
        """, of: kind)
    }
  }

  /// Many clients at once, and room for few of them: all have their answer.
  @Test(arguments: [
    ("DGRAM", "-T0.5 UDP4-LISTEN:80,fork", "PIPE", 24),
    ("DGRAM", "-t60 UDP4-RECVFROM:80,fork", "PIPE", 60),
    ("DGRAM", "-t60 UDP4-RECVFROM:80,fork", "EXEC:cat", 60),
    ("STREAM", "-t60 TCP4-LISTEN:80,fork,backlog=100", "PIPE", 60),
    ("STREAM", "-t60 TCP4-LISTEN:80,fork,backlog=100", "TCP4:127.0.0.1:8000", 60),
    ("STREAM", "-t60 TCP4-LISTEN:80,fork,backlog=100", "EXEC:cat", 60),
  ])
  func whoFindsNoDescriptorWaits(
    _ kind: String, _ server: String, _ far: String, _ count: Int
  ) throws {
    try expect(
      "\(count) of \(count)\n0\n",
      """
      $PEER -t60 TCP4-LISTEN:8000,fork,backlog=100 EXEC:cat &
      # What the test has open itself would take some of the few.
      (for number in $(ls /proc/$BASHPID/fd); do [ $number -lt 3 ] || eval "exec $number>&-"; done
        ulimit -n 24; exec $SOCAT \(server) \(far) 2>log) & s=$!
      \(kind == "STREAM" ? "listens" : "receives") 80; listens 8000
      \(Self.ask(kind, count))
      kill -0 $s; echo $?; cat log >&2
      """)
  }

  /// Who came before the socket was the first one's alone has a session of its own.
  @Test func datagramsThatComeTogetherAreKeptApart() throws {
    try expect(
      "50 of 50\n",
      """
      $SOCAT -T60 UDP4-LISTEN:80,fork PIPE & s=$!
      receives 80; kill -STOP $s
      (until [ -e sent ]; do sleep 0.02; done; kill -CONT $s) &
      \(Self.ask("DGRAM", 50))
      """)
  }

  /// Asks from so many sockets at once, and counts whose answer is to its own question.
  private static func ask(_ kind: String, _ count: Int) -> String {
    """
    cat > ask.py <<'END'
    import socket
    clients = [socket.socket(socket.AF_INET, socket.SOCK_\(kind)) for _ in range(\(count))]
    for number, client in enumerate(clients):
        client.settimeout(60)
        client.connect(('127.0.0.1', 80))
        client.send(b'question %d' % number)
        if client.type == socket.SOCK_STREAM: client.shutdown(socket.SHUT_WR)
    open('sent', 'w').close()
    answers = [client.recv(100) for client in clients]
    print(sum(answer == b'question %d' % number for number, answer in enumerate(answers)), 'of', len(answers))
    END
    python3 ask.py
    """
  }

  /// Who connects and says nothing must not keep the others out.
  @Test func aHandshakeHasItsTime() throws {
    try expect(
      "hello\n",
      """
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=server \\
        -keyout key -out crt 2>/dev/null; cat key crt > pem; chmod 600 key pem
      $SOCAT -T1 SSL-L:443,fork,max-children=1,cert=pem,verify=0 PIPE 2>log &
      listens 443; exec 3<>/dev/tcp/127.0.0.1/443
      until grep 'no TLS handshake in time' log >/dev/null; do sleep 0.02; done
      until echo hello | $PEER -t60 - SSL:127.0.0.1:443,verify=0 > out && [ -s out ]; do sleep 0.02; done
      cat out
      """)
  }
}

/// `READ!!WRITE`: both are there, or none; and both end with their session.
@Suite("socat's addresses of two")
struct SocatDualTests {
  /// `settled`: waits until no program of the sessions runs any more and no descriptor is left of them.
  private func expect(
    _ wanted: String, _ script: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let run = try SocatBed.script(
      .ours,
      """
      count() { ls /proc/$s/fd | wc -l; }
      settled() { until ! pgrep -x sleep >/dev/null && [ $(count) = $free ]; do sleep 0.02; done; }

      """ + script)
    #expect(
      run.outputText == wanted && run.status == 0,
      "\(run.status) \(run.outputText) \(run.errorText)", sourceLocation: sourceLocation)
  }

  @Test func bothProgramsEndWithTheirSession() throws {
    try expect(
      "hello\nhello\nhello\nsettled\n",
      """
      $SOCAT -t0.1 TCP-LISTEN:80,fork 'SYSTEM:echo hello; exec sleep 1000!!SYSTEM:exec sleep 1000' & s=$!
      listens 80; free=$(count)
      for i in 1 2 3; do
        exec 3<>/dev/tcp/127.0.0.1/80; head -n 1 <&3; exec 3>&-
      done
      settled; echo settled
      """)
  }

  @Test func theFirstIsUndoneWhenTheSecondFails() throws {
    try expect(
      "settled\nlink\n",
      """
      $SOCAT TCP-LISTEN:80,fork 'EXEC:sleep 1000!!OPEN:/nonexistent/file' 2>/dev/null & s=$!
      listens 80; free=$(count)
      for i in 1 2 3; do cat </dev/tcp/127.0.0.1/80; done
      settled; echo settled
      $SOCAT TCP-LISTEN:81,fork 'PTY,link=tty!!OPEN:/nonexistent/file' 2>/dev/null & s=$!
      listens 81; free=$(count)
      cat </dev/tcp/127.0.0.1/81
      settled; [ -e tty ] || echo link
      """)
  }

  /// A queue that is full, of which the kernel does not tell when it is not.
  @Test func theSecondIsWaitedFor() throws {
    let run = try SocatBed.script(
      .ours,
      """
      $PEER -u UNIX-RECV:s,null-eof CREATE:out & r=$!
      exists s; kill -STOP $r
      head -c 2000 /dev/zero > in
      $SOCAT -u -b 100 OPEN:in '/dev/null!!UNIX-SENDTO:s,shut-null' & w=$!
      until [ "$(awk '/^voluntary/ { print $2 }' /proc/$w/status)" -gt 10 ]; do sleep 0.02; done
      kill -CONT $r; wait $w $r; cmp in out && echo same
      """)
    #expect(run.outputText == "same\n", "\(run.errorText)")
  }

  @Test func aWriterThatIsTakenEasyIsTakenEasy() throws {
    let outcomes = try SocatBed.Kind.allCases.map { kind in
      try SocatBed.run(
        kind, ["-u", "-", "/dev/null!!SYSTEM:sleep 0.1,cool-write"],
        input: [UInt8](repeating: 1, count: 2_000_000))
    }
    #expect(outcomes.map(\.status) == [0, 0], "\(outcomes)")
  }
}
