import Glibc
import Support
import Testing

/// Servers as they are behind a relay: nginx, openssl's, OpenSSH's. Whoever ends first, and however, their clients
/// see what they see without it. Needs root, for the namespaces.
@Suite(
  "relays before real servers", .serialized,
  .enabled(if: geteuid() == 0, "network namespaces need root"))
struct RelayServersTests {
  /// Relays from port `$1` to port `$2`.
  private static let relays = [
    "$CRIMP relay --quiet $1 127.0.0.1:$2 &",
    "$CRIMP relay --quiet --copy $1 127.0.0.1:$2 &",
    "$CRIMP socat -t60 TCP4-LISTEN:$1,fork,reuseaddr TCP4:127.0.0.1:$2 &",
    """
    $CRIMP listentwo -s $1 -d 1$1 >/dev/null & listens 1$1
    $CRIMP connecttwo -s 127.0.0.1:1$1 -d 127.0.0.1:$2 >/dev/null &
    """,
  ]

  /// nginx at port 8001, `openssl s_server` at 8002, sshd at 8003; each has the file `content`.
  private static let servers = """
    umask 022; chmod 755 .
    openssl enc -aes-128-ctr -pass pass:crimp -nosalt -pbkdf2 </dev/zero 2>/dev/null | head -c 1000000 > content
    cat > nginx.conf <<END
    daemon off; master_process off; pid $PWD/nginx.pid; error_log stderr crit;
    events {}
    http {
      access_log off; client_max_body_size 1k; client_body_temp_path $PWD/body; proxy_temp_path $PWD/proxy;
      fastcgi_temp_path $PWD/fastcgi; uwsgi_temp_path $PWD/uwsgi; scgi_temp_path $PWD/scgi;
      server { listen 127.0.0.1:8001; root $PWD; location /gone { return 444; } }
    }
    END
    nginx -e stderr -c $PWD/nginx.conf &
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=server \\
      -keyout server.key -out server.crt 2>/dev/null
    openssl s_server -accept 127.0.0.1:8002 -cert server.crt -key server.key -WWW -quiet >/dev/null 2>&1 &
    ssh-keygen -q -t ed25519 -N '' -f hostkey; ssh-keygen -q -t ed25519 -N '' -f key
    { grep -v ^root: /etc/passwd | grep -v ^sshd:
      echo 'root:*:0:0::/root:/bin/sh'; echo 'sshd:*:33:33::/:/bin/false'; } > passwd
    echo 'root:*:19000:0:99999:7:::' > shadow
    mount --bind passwd /etc/passwd; mount --bind shadow /etc/shadow
    printf '%s\\n' "HostKey $PWD/hostkey" "AuthorizedKeysFile $PWD/key.pub" 'ListenAddress 127.0.0.1:8003' \\
      'PidFile none' 'StrictModes no' 'UsePAM no' 'UseDNS no' 'PermitRootLogin yes' > sshd_config
    mount -t tmpfs none /run; mkdir /run/sshd
    "$(realpath "$(command -v sshd)")" -D -e -f $PWD/sshd_config 2>/dev/null &
    listens 8001; listens 8002; listens 8003

    """

  /// What clients see who are told the three ports: `table 8001 8002 8003`.
  private static let clients = """
    table() {
      url=http://127.0.0.1:$1; tls=127.0.0.1:$2
      remote="ssh -F none -i key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \\
        -o BatchMode=yes -p $3 root@127.0.0.1"
      echo the client closes; curl -sS --noproxy '*' $url/content $url/content | cksum
      echo the server closes; curl -sS --noproxy '*' -0 $url/content | cksum
      echo the question ends; printf 'GET /content HTTP/1.0\\r\\n\\r\\n' | nc -N 127.0.0.1 $1 | tail -c 1000000 | cksum
      echo no answer; curl -sS --noproxy '*' $url/gone 2>/dev/null; echo $?
      echo an answer to what is not read
      head -c 3000000 /dev/zero |
        curl -sS --noproxy '*' --data-binary @- -H Expect: -o answer -w '%{http_code}\\n' $url/content
      echo TLS ends at the server
      printf 'GET /content HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -connect $tls 2>/dev/null |
        tail -c 1000000 | cksum
      echo TLS ends at the client
      openssl s_client -connect $tls </dev/null 2>/dev/null | grep -c '^-----BEGIN'
      echo a command ends; $remote 'echo hello; exit 3' </dev/null; echo $?
      echo its input ends; $remote cat < content | cksum
      echo its client is lost
      rm -f began ended
      $remote "cd $PWD; echo >began; cat >/dev/null; echo >ended" < <(exec sleep 1000) & client=$!
      exists began; kill -9 $client; exists ended; echo heard
    }

    """

  @Test func `their clients see no difference`() throws {
    let rows = Self.relays.enumerated().map { index, relay in
      """
      relay() {
        \(relay)
        listens $1
      }
      for number in 1 2 3; do relay 9\(index)0$number 800$number; done
      table 9\(index)01 9\(index)02 9\(index)03 > through
      diff direct through && wc -l < through
      """
    }
    let run = try SocatBed.script(
      .ours,
      """
      CRIMP=${SOCAT% socat}
      \(Self.servers)
      \(Self.clients)
      table 8001 8002 8003 > direct
      \(rows.joined(separator: "\n"))
      """)
    let wanted = String(repeating: "21\n", count: Self.relays.count)
    #expect(run.outputText == wanted, "\(run.outputText) \(run.errorText)")
  }
}
