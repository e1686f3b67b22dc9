import Support
import Testing

/// TLS, and the examples of the manual.
@Suite("socat's TLS", .serialized)
struct SocatSecureTests {
  private static let pairs: [(SocatBed.Kind, SocatBed.Kind)] = [
    (.ours, .original), (.original, .ours), (.ours, .ours),
  ]

  /// A key and a certificate for each of `server` and `client`, in the current directory.
  private static let certificates = """
    for name in server client; do
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=$name \\
        -addext subjectAltName=DNS:$name -keyout $name.key -out $name.crt 2>/dev/null
      cat $name.key $name.crt > $name.pem
    done
    chmod 600 *.key *.pem

    """

  @Test(arguments: [
    (
      "SSL-L:443,reuseaddr,cert=server.pem,cafile=client.crt",
      "SSL:127.0.0.1:443,commonname=server,cafile=server.crt,cert=client.pem"
    ),
    (
      "OPENSSL-LISTEN:443,fork,cert=server.crt,key=server.key,verify=0",
      "OPENSSL:127.0.0.1:443,verify=0"
    ),
    (
      "SSL-L:443,cert=server.pem,verify=0,openssl-min-proto-version=TLS1.3",
      "SSL:127.0.0.1:443,cafile=server.crt,commonname=server,snihost=server"
    ),
    (
      "SSL-L:443,cert=server.pem,cafile=client.crt,commonname=client,pf=ip6",
      "SSL:[::1]:443,cafile=server.crt,commonname=server,cert=client.crt,key=client.key,min-version=TLS1.2"
    ),
  ])
  func connectionsAreEncrypted(_ server: String, _ client: String) throws {
    for (kind, peer) in Self.pairs {
      let run = try SocatBed.script(
        kind, peer: peer,
        Self.certificates + """
          $SOCAT -t60 \(server) EXEC:'tr a-z A-Z' &
          listens 443
          echo hello | $PEER -t60 - \(client)
          """)
      #expect(
        run.outputText == "HELLO\n" && run.status == 0,
        "\(kind) serves \(peer): \(run.status) \(run.outputText) \(run.errorText)")
    }
  }

  @Test(arguments: [
    ("cafile=client.crt,commonname=server", "certificate"),
    ("cafile=server.crt,commonname=other", "other"),
    ("cafile=server.crt", "127.0.0.1"),
    ("commonname=server", "certificate"),
    ("verify=0,openssl-max-proto-version=TLS1.2", "version"),
  ])
  func aWrongServerIsRefused(_ terms: String, _ word: String) throws {
    for peer in SocatBed.Kind.allCases {
      let run = try SocatBed.script(
        .ours, peer: peer,
        Self.certificates + """
          $PEER SSL-L:443,fork,cert=server.pem,verify=0,openssl-min-proto-version=TLS1.3 PIPE 2>/dev/null &
          listens 443
          $SOCAT - SSL:127.0.0.1:443,\(terms) </dev/null; echo $?
          """)
      #expect(
        run.outputText == "1\n" && run.errorText.contains(" E SSL_connect(): ")
          && run.errorText.contains(word), "\(run.outputText) \(run.errorText)")
    }
  }

  /// With TLS 1.3 the client hears of it only when it reads.
  @Test func aRefusedClientIsTold() throws {
    let run = try SocatBed.script(
      .ours,
      Self.certificates + """
        $SOCAT SSL-L:443,cert=server.pem,cafile=server.crt PIPE 2>/dev/null &
        listens 443
        $SOCAT - SSL:127.0.0.1:443,verify=0,cert=client.pem < <(sleep 60); echo $?
        """)
    #expect(
      run.outputText == "1\n" && run.errorText.contains(" E SSL_read(): ")
        && run.errorText.contains("refused"), "\(run.outputText) \(run.errorText)")
  }

  @Test func programsAreToldWhatWasAgreed() throws {
    for kind in SocatBed.Kind.allCases {
      let run = try SocatBed.script(
        kind,
        Self.certificates + """
          $SOCAT -t60 SSL-L:443,cert=server.pem,verify=0 SYSTEM:'env | grep ^SOCAT_OPENSSL_[CP] | sort' &
          listens 443; $PEER -t60 - SSL:127.0.0.1:443,verify=0,ciphers=ECDHE-ECDSA-AES128-GCM-SHA256,openssl-max-proto-version=TLS1.2 </dev/null
          """)
      #expect(
        run.outputText
          == "SOCAT_OPENSSL_CIPHER=ECDHE-ECDSA-AES128-GCM-SHA256\nSOCAT_OPENSSL_PROTO_VERSION=TLSv1.2\n",
        "\(kind): \(run.outputText) \(run.errorText)")
    }
  }

  /// The hosts and the groups of the examples, in a network of their own.
  @Test func theManualsExamplesRunAsTheyAreWritten() throws {
    for kind in SocatBed.Kind.allCases {
      let run = try SocatBed.script(
        kind,
        Self.certificates + """
          printf '127.0.0.1 www.domain.org\\n127.0.0.1 server\\n' > hosts; mount --bind hosts /etc/hosts
          ip link add eth0 type veth peer name peer0; ip address add 10.0.0.1/24 dev eth0
          ip link set eth0 up; ip link set peer0 up; ip route add 224.0.0.0/4 dev eth0
          $PEER -t60 TCP-LISTEN:80,reuseaddr SYSTEM:'read line; echo answer to $line' &
          $PEER -t60 SSL-L:4443,reuseaddr,cert=server.pem,cafile=client.crt SYSTEM:'read line; echo sealed $line' &
          listens 80; listens 4443
          # As at a terminal: the user ends it when the answer is there.
          typed() { echo "$1"; until grep -q "$2" answer; do sleep 0.02; done; }
          : > answer; typed GET 'answer to GET' | $SOCAT - TCP4:www.domain.org:80 | tee -a answer
          typed GET 'sealed GET' | $SOCAT - SSL:server:4443,cafile=server.crt,cert=client.pem | tee -a answer
          typed hello 'hello' |
            $SOCAT - UDP4-DATAGRAM:224.255.0.1:6666,bind=:6666,ip-add-membership=224.255.0.1:eth0 | tee -a answer
          """)
      #expect(
        run.outputText == "answer to GET\nsealed GET\nhello\n",
        "\(kind): \(run.outputText) \(run.errorText)")
    }
  }
}
