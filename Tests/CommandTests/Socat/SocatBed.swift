import Glibc
import Support

/// The original and ours, run alike.
enum SocatBed {
  /// Which of the two answers.
  enum Kind: CaseIterable {
    case original
    case ours

    /// The words before the arguments, for a shell.
    var words: String {
      switch self {
      case .original: "socat"
      case .ours: "\(crimpPath) socat"
      }
    }
  }

  /// What a run left, with what differs by chance masked.
  struct Outcome: Equatable, CustomStringConvertible {
    var status: Int32
    var output: [UInt8]
    var errors: [String]

    var description: String {
      "status \(status), \(String(decoding: output, as: UTF8.self).debugDescription), \(errors)"
    }
  }

  /// Runs a command line of socat.
  static func run(
    _ kind: Kind, _ arguments: [String], input: [UInt8] = []
  ) throws -> Outcome {
    let run =
      kind == .original
      ? try runTool("socat", arguments, input: input, seconds: 20)
      : try runCrimp(["socat"] + arguments, input: input, seconds: 20)
    return Outcome(
      status: run.status, output: run.output,
      errors: run.errorText.split(separator: "\n", omittingEmptySubsequences: false)
        .map { masked(String($0)) })
  }

  /// Runs a script with `$SOCAT` for the one and `$PEER` for the other, in a directory, a network and a process
  /// table of its own: whatever it leaves running ends with it.
  ///
  /// `listens 80` waits until TCP is served at a port, `receives 80` does for UDP, `serves name` for a UNIX socket,
  /// `exists name` for a file.
  static func script(
    _ kind: Kind, peer: Kind = .original, _ script: String
  ) throws -> ToolRun {
    try withTemporaryDirectory { directory in
      try runTool(
        "unshare",
        [
          "-n", "-m", "-p", "-f", "--kill-child", "--mount-proc", "bash", "-c",
          """
          cd $1; SOCAT="$2"; PEER="$3"; ip link set lo up
          listens() { until ss -Hltn | grep -q ":$1 "; do sleep 0.02; done; }
          receives() { until ss -Hlun | grep -q ":$1 "; do sleep 0.02; done; }
          serves() { until ss -Hlx | grep -q " $1 "; do sleep 0.02; done; }
          exists() { until [ -e "$1" ]; do sleep 0.02; done; }

          """ + script, "bash", directory, kind.words, peer.words,
        ], seconds: 120)
    }
  }

  /// A line without its time, its process, its descriptors and its memory.
  private static func masked(_ line: String) -> String {
    var line = line
    for (pattern, mask) in patterns { line.replace(pattern, with: mask) }
    return line
  }

  nonisolated(unsafe) private static let patterns: [(Regex<Substring>, String)] = [
    (/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)?/, "TIME"),
    (/socat\[\d+\]/, "socat[PID]"),
    (/\b(?:connect|bind|read|write|setsockopt|sendto)\(\d+/, "call(FD"),
    (/child \d+/, "child PID"),
    (/0x[0-9a-f]+/, "MEMORY"),
    (/FDs \[-?\d+,-?\d+\] and \[-?\d+,-?\d+\]/, "FDs"),
    (/\(fd \d+\)/, "(FD)"),
  ]
}
