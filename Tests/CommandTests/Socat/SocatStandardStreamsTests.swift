import Support
import Testing

/// Standard input and output, which others may share.
@Suite("socat's standard streams")
struct SocatStandardStreamsTests {
  /// The dump and the data go into one pipe, whose reader is slow: nothing of either is lost.
  @Test func aDumpIntoASlowPipeIsWhole() throws {
    for terms in ["-v", "-d -d -v -x"] {
      let counts = try SocatBed.Kind.allCases.map { kind in
        try SocatBed.script(
          kind,
          """
          head -c 2000000 /dev/zero | tr '\\0' x > in
          { $SOCAT \(terms) -u OPEN:in - 2>&1; echo $?; } | { sleep 0.5; cat; } | grep -v ' N ' | wc -c
          """
        ).outputText
      }
      #expect(counts[0] == counts[1], "socat \(terms)")
      #expect(counts.first.flatMap { Int($0.dropLast()) } ?? 0 > 4_000_000)
    }
  }

  /// A pipe that a shell and others have too goes on waiting for those who read and write it.
  @Test func whatOthersShareIsLeftAsItWas() throws {
    let run = try SocatBed.script(
      .ours,
      """
      {
        $SOCAT - TCP-LISTEN:80 <&0 & s=$!; own=$BASHPID
        listens 80
        for number in 0 1; do
          read flags < <(sed -n 's/^flags://p' /proc/$own/fdinfo/$number); echo $((flags & 04000)) >> seen
        done
        kill $s; wait $s; echo over
      } < <(exec sleep 1000) | cat
      cat seen
      """)
    #expect(run.outputText == "over\n0\n0\n", "\(run.outputText) \(run.errorText)")
  }

  @Test func theirEndsAreStillSeen() throws {
    for kind in SocatBed.Kind.allCases {
      // A pipe whose writer was gone before it was read, one with a name, and one that is read no more.
      let run = try SocatBed.script(
        kind,
        """
        printf one | { until [ -e gone ]; do sleep 0.02; done; $SOCAT -u - STDOUT; } &
        touch gone; wait $!
        mkfifo named; printf two > named & $SOCAT -u - STDOUT < named
        { yes | $SOCAT -u - STDOUT; } 2>/dev/null | head -c 4
        """)
      #expect(run.outputText == "onetwoy\ny\n", "\(kind): \(run.outputText) \(run.errorText)")
    }
  }

  @Test func fewDescriptorsAreEnoughForAProgram() throws {
    for terms in ["", ",pipes", ",pty,rawer", ",fdin=3,fdout=4"] {
      let command = terms.hasPrefix(",fd") ? "SYSTEM:'cat <&3 >&4'" : "SYSTEM:cat"
      let run = try SocatBed.script(
        .ours, "ulimit -n 40; echo hello | $SOCAT -t60 -,readbytes=6 \(command)\(terms),readbytes=6"
      )
      #expect(run.outputText == "hello\n", "\(terms): \(run.errorText)")
    }
  }
}
