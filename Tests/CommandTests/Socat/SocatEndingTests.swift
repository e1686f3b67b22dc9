import Support
import Testing

/// Who closes first and how: beside the original, and where ours goes on being right.
@Suite("socat's ends", .serialized)
struct SocatEndingTests {
  /// Runs a script with each of the two, and expects the same of both.
  private func expectOfBoth(
    _ wanted: String, _ script: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for kind in SocatBed.Kind.allCases {
      try expect(wanted, script, of: kind, sourceLocation: sourceLocation)
    }
  }

  private func expect(
    _ wanted: String, _ script: String, of kind: SocatBed.Kind = .ours,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let run = try SocatBed.script(kind, Self.client + script)
    #expect(
      run.outputText == wanted && run.status == 0,
      "\(kind): \(run.status) \(run.outputText) \(run.errorText)", sourceLocation: sourceLocation)
  }

  /// `client 80 request wait`: connects, sends, ends to write or waits a while, and tells what came and how it
  /// ended. `target`: serves one connection at port 8000 and tells the same.
  private static let client = """
    cat > talk.py <<'END'
    import os, socket, struct, sys, time
    def arrived():
        while not (os.path.exists('out') and os.path.getsize('out')): time.sleep(0.02)
    def tell(connection):
        try:
            while True:
                data = connection.recv(1000)
                print('got', data.decode() or 'end', flush=True)
                if not data: break
        except OSError as error: print('lost', flush=True)
    def reset(connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        connection.close()
    if sys.argv[1] == 'target':
        tell(socket.create_server(('127.0.0.1', 8000)).accept()[0])
    else:
        connection = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
        connection.sendall(sys.argv[2].encode())
        if sys.argv[3] == 'end': connection.shutdown(socket.SHUT_WR)
        if sys.argv[3] == 'reset': arrived(); reset(connection)
        else: tell(connection)
    END
    client() { python3 talk.py "$@"; }
    target() { python3 talk.py target; }
    printf '#!/bin/bash\nuntil read -t 0; do sleep 0.02; done; printf answer' > deaf; chmod +x deaf

    """

  @Test func aProgramsAnswerArrivesThoughItReadNothing() throws {
    for ending in ["keep", "end"] {
      try expectOfBoth(
        "got answer\ngot end\n0\n",
        """
        $SOCAT -t60 TCP-LISTEN:80 EXEC:./deaf & s=$!
        listens 80; client 80 request \(ending); wait $s; echo $?
        """)
    }
  }

  @Test func anEndIsPassedOnAndTheAnswerAwaited() throws {
    try expectOfBoth(
      "got hello\ngot late\ngot end\n0\n",
      """
      $PEER -t60 TCP-LISTEN:8000 SYSTEM:'cat; sleep 1; printf late' &
      $SOCAT -t60 TCP-LISTEN:80 TCP:127.0.0.1:8000 & s=$!
      listens 8000; listens 80; client 80 hello end; wait $s; echo $?
      """)
  }

  @Test func theTargetsEndComesFirst() throws {
    try expectOfBoth(
      "got bye\ngot end\n0\n",
      """
      $PEER -u EXEC:'printf bye' TCP-LISTEN:8000 &
      $SOCAT -t0.1 TCP-LISTEN:80 TCP:127.0.0.1:8000 & s=$!
      listens 8000; listens 80; client 80 '' keep; wait $s; echo $?
      """)
  }

  /// The original passes a reset on as an end, as if all had arrived.
  @Test func aResetIsPassedOn() throws {
    for (kind, ending) in [(SocatBed.Kind.original, "got end"), (.ours, "lost")] {
      try expect(
        "got hello\n\(ending)\n0\n",
        """
        target > out & t=$!
        $SOCAT TCP-LISTEN:80 TCP:127.0.0.1:8000,retry=6000,interval=0.02 & s=$!
        listens 8000; listens 80; client 80 hello reset; wait $t; cat out; wait $s; echo $?
        """, of: kind)
    }
  }

  @Test func aResetEndsWhatIsNoConnection() throws {
    try expectOfBoth(
      "0\nhello",
      """
      $SOCAT -u TCP-LISTEN:80 CREATE:out & s=$!
      listens 80; client 80 hello reset; wait $s; echo $?; cat out
      """)
  }

  @Test func aTerminalIsOpenedAgainAndAgain() throws {
    try expectOfBoth(
      "one\ntwo\nstill there\n",
      """
      $SOCAT PTY,link=tty,rawer EXEC:cat & s=$!
      exists tty
      for word in one two; do exec 3<>tty; echo $word >&3; head -n 1 <&3; exec 3>&-; done
      kill -0 $s && echo still there
      """)
  }

  @Test func oneDescriptorServesBothEnds() throws {
    try expectOfBoth("x\n", "echo x | $SOCAT - STDOUT")
  }

  @Test func programsAreToldWhoCame() throws {
    let tell = "SYSTEM:'env | grep ^SOCAT_[PS][EO] | sort'"
    for (server, ready, client, names) in [
      (
        "UNIX-LISTEN:s", "serves s", "UNIX-CONNECT:s,bind=c", "SOCAT_PEERADDR=c\nSOCAT_SOCKADDR=s\n"
      ),
      (
        "TCP4-LISTEN:80", "listens 80", "TCP4:127.0.0.1:80,sourceport=81",
        "SOCAT_PEERADDR=127.0.0.1\nSOCAT_PEERPORT=81\nSOCAT_SOCKADDR=127.0.0.1\nSOCAT_SOCKPORT=80\n"
      ),
    ] {
      try expectOfBoth(
        names,
        """
        $SOCAT -t60 \(server) \(tell) &
        \(ready); $PEER -t60 - \(client) </dev/null
        """)
    }
  }

  /// What the kernel refuses to send is an error that names the receiver.
  @Test func aDatagramThatCannotLeaveIsAnError() throws {
    for kind in SocatBed.Kind.allCases {
      let run = try SocatBed.script(
        kind, "$SOCAT -t1 - UDP4-DATAGRAM:127.255.255.255:80 <<<x; echo $?")
      #expect(
        run.outputText == "1\n"
          && run.errorText.contains("AF=2 127.255.255.255:80, 16): Permission denied"),
        "\(kind): \(run.outputText) \(run.errorText)")
    }
  }
}
