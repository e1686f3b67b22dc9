import Support
import Testing

/// The same command line, the original and ours: the same bytes, the same messages, the same status.
@Suite("socat beside the original")
struct SocatSideBySideTests {
  private func compare(_ arguments: [String], input: [UInt8] = []) throws {
    let original = try SocatBed.run(.original, arguments, input: input)
    let ours = try SocatBed.run(.ours, arguments, input: input)
    #expect(ours == original, "socat \(arguments.joined(separator: " "))")
  }

  @Test(arguments: [
    [], ["-"], ["-", "-", "-"], ["-q", "-", "-"], ["-b"], ["-b", "x", "-", "-"], ["-t"],
    ["-t", "x", "-", "-"], ["-vx", "-", "PIPE"], ["-lx", "-", "PIPE"], ["-lyfoo", "-", "PIPE"],
    ["-", "foo:bar"], ["-", "TCP:localhost"], ["-", "TCP:a:b:c"], ["-", "STDIO:x"], ["-", ""],
    ["-", "TCP:127.0.0.1:1,foo=bar"], ["-", "TCP:127.0.0.1:1,link=x"],
    ["-", "TCP:127.0.0.1:1,bind"],
    ["-", "TCP:127.0.0.1:1"], ["-", "TCP6:[::1]:1"], ["-", "TCP:\"127.0.0.1\":1"],
    ["-", "TCP:127.0.0.1:1,retry=x"], ["-", "TCP:127.0.0.1:1,bind=9.9.9.9"],
    ["-", "TCP:127.0.0.1:1,pf=ip5"], ["-", "TCP:nosuch.invalid:1"],
    ["-", "OPEN:/nonexistent/a\\,b"], ["-", "OPEN:'/nonexistent/a,b:c'"],
    ["-u", "/nonexistent/(a,b)", "-"], ["-", "a/b"], ["-u", "a/b", "-"],
    ["-", "OPEN:/nonexistent/a,mode=0600,creat"], ["-u", "-", "CREATE:/nonexistent/a"],
    ["-", "OPEN:/etc/hostname,user=nosuch"], ["-", "OPEN:/etc/hostname,group=nosuch"],
    ["-", "UNIX:/nonexistent/a"], ["-", "UNIX-CONNECT:/nonexistent/a"],
    ["-", "ABSTRACT-CONNECT:crimp-nobody"], ["-", "UNIX-LISTEN:/nonexistent/a"],
    ["-", "UNIX-LISTEN:/etc/hostname"], ["-", "PIPE:/nonexistent/a"], ["-", "FD:x"],
    ["-", "TCP-LISTEN:0,range=x"], ["-", "TCP:127.0.0.1:1,mss=1"],
    ["-", "TCP-LISTEN:0,accept-timeout=0.2"], ["-d", "-", "TCP-LISTEN:0,accept-timeout=0.2"],
    ["-d", "-d", "-", "TCP:127.0.0.1:1,nosuch"], ["-s", "-", "TCP:127.0.0.1:1"],
    ["-s", "-", "OPEN:/nonexistent/a"], ["-s", "-", "nosuch:x"],
  ])
  func mistakesAreSaidInTheSameWords(_ arguments: [String]) throws {
    try compare(arguments)
  }

  @Test(arguments: [
    ["-", "PIPE"], ["-u", "-", "STDOUT"], ["-U", "STDOUT", "-"], ["STDIN!!STDOUT", "PIPE"],
    ["-", "EXEC:cat"], ["-", "EXEC:cat,pipes"], ["-", "EXEC:tr a-z A-Z"], ["-", "SYSTEM:cat; cat"],
    ["-", "EXEC:sh -c \\\"cat; echo over\\\""], ["-b3", "-", "PIPE"], ["-", "PIPE,crnl"],
    ["-,cr", "PIPE"], ["-,crnl", "PIPE,cr"], ["-,readbytes=7", "PIPE"], ["-,escape=0x6f", "PIPE"],
    ["-U", "-", "EXEC:echo hello"], ["-u", "EXEC:sh -c \\\"echo oops >&2\\\",stderr", "-"],
    ["-", "SYSTEM:cat <&3 >&4,fdin=3,fdout=4"], ["-u", "-", "EXEC:cat"],
    ["-u", "/etc/hostname", "-"],
    ["-u", "OPEN:/etc/hostname,seek=1", "-"], ["-u", "OPEN:/etc/hostname,readbytes=1", "-"],
    ["-v", "-u", "-", "/dev/null"], ["-x", "-u", "-", "/dev/null"],
    ["-v", "-x", "-u", "-", "/dev/null"],
    ["-x", "-b", "5", "-u", "-", "/dev/null"], ["-v", "-u", "-", "/dev/null,crnl"],
    ["-u", "-,cr", "/dev/null"], ["-d", "-d", "-u", "-", "/dev/null"],
    ["-d", "-d", "-u", "/etc/hostname", "-"], ["-d", "-d", "-u", "STDIN", "STDERR"],
    ["-d", "-d", "-U", "STDOUT", "STDIN"], ["-T", "0.2", "-d", "-d", "PIPE", "PIPE"],
    ["-d", "-d", "-u", "FD:0", "FD:1"],
    ["-u", "-", "UDP4-DATAGRAM:127.255.255.255:9"], ["-u", "-", "UNIX-SENDTO:/nonexistent/a"],
  ])
  func bytesArriveAndAreShownAlike(_ arguments: [String]) throws {
    var input = Array("hello\nwor\tld\r\n\u{1}\u{7f}\\\"\u{0}\u{7}\u{8}\u{b}\u{c}over\n".utf8)
    input += Array(UInt8(0)...UInt8(255))
    try compare(arguments, input: input)
  }

  /// The original tells of it or not, as it comes to hear of it first.
  @Test(arguments: [("EXEC:false", 1), ("SYSTEM:echo x; exit 7", 7)])
  func aProgramsFailureIsTold(_ address: String, _ status: Int) throws {
    let outcome = try SocatBed.run(.ours, ["-", address])
    #expect(outcome.status == 1)
    #expect(outcome.errors.first?.hasSuffix("child PID exited with status \(status)") == true)
    #expect(outcome.output == (status == 7 ? Array("x\n".utf8) : []))
  }

  @Test func whatIsNotThereIsSaidByName() throws {
    for (address, words) in [
      ("TCP:127.0.0.1:1,tcp-md5sig=1", "option \"tcp-md5sig\" is not available"),
      ("EXEC:cat,su=nobody", "option \"su\" is not available"),
      ("SCTP:127.0.0.1:1", "address type \"SCTP\" is not available"),
    ] {
      let outcome = try SocatBed.run(.ours, ["-", address])
      #expect(outcome.status == 1 && outcome.errors.first?.contains(words) == true)
    }
  }

  @Test func signalsEndItWithTheirStatus() throws {
    for kind in SocatBed.Kind.allCases {
      let run = try SocatBed.script(
        kind,
        """
        $SOCAT -d TCP-LISTEN:80 STDOUT & p=$!
        listens 80
        kill $p; wait $p; echo $?
        """)
      #expect(
        run.outputText == "143\n" && run.errorText.hasSuffix("W exiting on signal 15\n"),
        "\(kind): \(run.outputText) \(run.errorText)")
    }
  }
}
