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
    _ wanted: String, _ script: String, port: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (server, client) in Self.pairs {
      let number = port ? try SocatBed.freePort() : 0
      try withTemporaryDirectory { directory in
        let run = try SocatBed.script(
          server, peer: client, "cd $1; P=$2\n" + script, arguments: [directory, "\(number)"])
        #expect(
          run.outputText == wanted && run.status == 0,
          "\(server) serves \(client): \(run.status) \(run.errorText)",
          sourceLocation: sourceLocation)
      }
    }
  }

  @Test func streamsAreServed() throws {
    try expect(
      "HELLO\n",
      """
      $SOCAT TCP-LISTEN:$P,reuseaddr,bind=127.0.0.1 EXEC:'tr a-z A-Z' & 
      echo hello | $PEER -t5 - TCP:127.0.0.1:$P,retry=50,interval=0.1
      wait
      """)
    try expect(
      "HELLO\n",
      """
      $SOCAT UNIX-LISTEN:s EXEC:'tr a-z A-Z' &
      echo hello | $PEER -t5 - UNIX:s,retry=50,interval=0.1
      wait; ls
      """)
    try expect(
      "HELLO\n",
      """
      $SOCAT ABSTRACT-LISTEN:crimp-$P SYSTEM:'tr a-z A-Z' &
      echo hello | $PEER -t5 - ABSTRACT:crimp-$P,retry=50,interval=0.1
      wait
      """)
  }

  @Test func manyClientsAreServedAtOnce() throws {
    try expect(
      "20\n",
      """
      $SOCAT TCP6-LISTEN:$P,reuseaddr,fork,max-children=5 EXEC:cat & s=$!
      for i in $(seq 20); do echo $i | $PEER -t5 - TCP6:[::1]:$P,retry=50,interval=0.1 & c="$c $!"; done > all
      wait $c; kill $s; sort -u all | wc -l
      """)
  }

  @Test func whoMayNotComeIsRefused() throws {
    try expect(
      "no\n",
      """
      $SOCAT TCP-LISTEN:$P,reuseaddr,fork,range=10.0.0.0/8 SYSTEM:'echo yes' & s=$!
      $PEER -u TCP:127.0.0.1:$P,retry=50,interval=0.1 - </dev/null; kill $s; echo no
      """)
  }

  @Test func datagramsKeepTheirEnds() throws {
    let ready = "while ! ss -lun | grep -q \":$P \"; do sleep 0.05; done"
    try expect(
      "ABC\n",
      """
      $SOCAT UDP4-RECVFROM:$P,fork EXEC:'tr a-z A-Z' & s=$!
      \(ready)
      echo abc | $PEER -t1 - UDP4-SENDTO:127.0.0.1:$P; kill $s
      """)
    try expect(
      "ABC\nABC\n",
      """
      $SOCAT UDP4-LISTEN:$P,fork,bind=127.0.0.1 EXEC:'sed -u s/abc/ABC/' & s=$!
      \(ready)
      for i in 1 2; do echo abc | $PEER -t1 - UDP4:127.0.0.1:$P; done; kill $s
      """)
    try expect(
      "6\n3\n",
      """
      $SOCAT -u UDP4-RECV:$P,null-eof SYSTEM:'cat > got; wc -c < got; stat -c %s got >&2' & s=$!
      \(ready)
      printf abc | $PEER -u - UDP4-SENDTO:127.0.0.1:$P
      printf def | $PEER -u - UDP4-SENDTO:127.0.0.1:$P,shut-null
      wait $s; echo 3
      """)
    try expect(
      "ABC\n",
      """
      $SOCAT UNIX-RECVFROM:v,fork SYSTEM:'tr a-z A-Z' & s=$!
      while [ ! -S v ]; do sleep 0.05; done
      echo abc | $PEER -t1 - UNIX-SENDTO:v,bind=w; kill $s; wait; ls
      """)
  }

  @Test func aLateAnswerIsWaitedForAsLongAsIsSaid() throws {
    try expect(
      "late\n--\n",
      """
      for t in 5 0.1; do
        $SOCAT TCP-LISTEN:$P,reuseaddr SYSTEM:'cat >/dev/null; sleep 1; echo late' 2>/dev/null &
        $PEER -t$t - TCP:127.0.0.1:$P,retry=50,interval=0.1 </dev/null; echo --; wait
      done | head -2
      """)
  }

  @Test func largeDataPassesBothWaysAtOnce() throws {
    try expect(
      "same\n",
      """
      openssl enc -aes-128-ctr -pass pass:crimp -nosalt -pbkdf2 </dev/zero 2>/dev/null | head -c 30000000 > in
      $SOCAT TCP-LISTEN:$P,reuseaddr PIPE & s=$!
      $PEER -t10 - TCP:127.0.0.1:$P,retry=50,interval=0.1 < in > out
      wait $s; cmp in out && echo same
      """)
  }

  @Test func filesGrowAndAreFollowed() throws {
    try expect(
      "one\ntwo\n",
      """
      echo one > log
      $SOCAT -u OPEN:log,ignoreeof - > seen & s=$!
      while ! grep -q one seen; do sleep 0.05; done
      echo two >> log
      while ! grep -q two seen; do sleep 0.05; done
      kill $s; cat seen
      """, port: false)
  }

  @Test func terminalsAreMade() throws {
    try expect(
      "hello\nanswer\n",
      """
      $SOCAT PTY,link=tty,rawer,wait-slave,pty-interval=0.1 SYSTEM:'head -n 1; echo answer' & s=$!
      while [ ! -e tty ]; do sleep 0.05; done
      exec 3<>tty; echo hello >&3; head -n 2 <&3; exec 3>&-
      wait; [ ! -e tty ]
      """, port: false)
  }

  @Test func aProgramHasATerminalOfItsOwn() throws {
    let run = try SocatBed.script(
      .ours,
      """
      $SOCAT -u EXEC:'sh -c \\"test -t 1 && echo yes >/dev/tty\\"',pty,ctty,setsid - | tr -d '\\r'
      """)
    #expect(run.outputText == "yes\n", "\(run.errorText)")
  }

  /// A key and a certificate for each of `server` and `client`, in the current directory.
  private let certificates = """
    for name in server client; do
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=$name \\
        -addext subjectAltName=DNS:$name -keyout $name.key -out $name.crt 2>/dev/null
      cat $name.key $name.crt > $name.pem
    done

    """

  @Test func connectionsAreEncrypted() throws {
    try expect(
      "HELLO\n",
      certificates + """
        $SOCAT OPENSSL-LISTEN:$P,reuseaddr,cert=server.pem,cafile=client.crt EXEC:'tr a-z A-Z' &
        echo hello | $PEER -t5 - SSL:127.0.0.1:$P,commonname=server,cafile=server.crt,cert=client.pem,retry=50,interval=0.1
        wait
        """)
    try expect(
      "HELLO\n",
      certificates + """
        $SOCAT SSL-L:$P,reuseaddr,fork,cert=server.crt,key=server.key,verify=0 EXEC:'tr a-z A-Z' & s=$!
        echo hello | $PEER -t5 - SSL:127.0.0.1:$P,verify=0,retry=50,interval=0.1; kill $s
        """)
  }

  @Test func aWrongCertificateIsRefused() throws {
    for terms in ["cafile=client.crt,commonname=server", "cafile=server.crt,commonname=other"] {
      let port = try SocatBed.freePort()
      try withTemporaryDirectory { directory in
        let run = try SocatBed.script(
          .ours,
          "cd $1; P=$2\n" + certificates + """
            $PEER SSL-L:$P,reuseaddr,fork,cert=server.pem,verify=0 PIPE 2>/dev/null & s=$!
            while ! ss -ltn | grep -q ":$P "; do sleep 0.05; done
            $SOCAT - SSL:127.0.0.1:$P,\(terms) </dev/null; echo $?; kill $s
            """, arguments: [directory, "\(port)"])
        #expect(run.outputText == "1\n" && run.errorText.contains(" E SSL_connect(): "), "\(run)")
      }
    }
  }

  /// The hosts and the groups of the examples, in a network of their own.
  @Test func theManualsExamplesRunAsTheyAreWritten() throws {
    try withTemporaryDirectory { directory in
      for kind in SocatBed.Kind.allCases {
        let run = try runTool(
          "unshare",
          [
            "-n", "-m", "bash", "-c",
            """
            cd $1; SOCAT="$2"
            ip link set lo up; echo '127.0.0.1 www.domain.org' > hosts; mount --bind hosts /etc/hosts
            ip link add eth0 type veth peer name peer0; ip address add 10.0.0.1/24 dev eth0
            ip link set eth0 up; ip link set peer0 up
            socat TCP-LISTEN:80,reuseaddr SYSTEM:'read line; echo answer to $line' & s=$!
            while ! ss -ltn | grep -q ':80 '; do sleep 0.05; done
            printf 'GET\\n' | $SOCAT - TCP4:www.domain.org:80
            echo '127.0.0.1 server' >> hosts
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=server \\
              -addext subjectAltName=DNS:server -keyout key -out server.crt 2>/dev/null
            cat key server.crt > client.pem
            socat SSL-L:4443,reuseaddr,cert=client.pem,cafile=server.crt SYSTEM:'read line; echo sealed $line' &
            while ! ss -ltn | grep -q ':4443 '; do sleep 0.05; done
            printf 'GET\\n' | $SOCAT -t5 - SSL:server:4443,cafile=server.crt,cert=client.pem
            ip route add 224.0.0.0/4 dev eth0
            printf hello | $SOCAT - UDP4-DATAGRAM:224.255.0.1:6666,bind=:6666,ip-add-membership=224.255.0.1:eth0
            """, "bash", directory, kind.words,
          ], seconds: 30)
        #expect(run.outputText == "answer to GET\nsealed GET\nhello", "\(kind): \(run.errorText)")
      }
    }
  }
}
