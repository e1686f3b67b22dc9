import Glibc
import Support
import Testing

/// What `nc` does with a connection: who ends first and how, what is heard, said and returned, side by side
/// with Debian's (`Fixtures/netcat/conversations.py`).
///
/// Needs root: the conversations have the ports of a network of their own.
@Suite(
  "nc's conversations", .serialized, .enabled(if: geteuid() == 0, "network namespaces need root"),
  .enabled(if: access("/bin/nc.openbsd", X_OK) == 0, "netcat-openbsd is not installed"))
struct NetcatConversationTests {
  private static let script =
    #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
    + "/Fixtures/netcat/conversations.py"

  @Test func `are those of Debian's nc`() throws {
    try withTemporaryDirectory { directory in
      guard symlink(crimpPath, "\(directory)/nc") == 0 else {
        throw ToolError.system(operation: "symlink", errno: errno)
      }
      let run = try runTool(
        "unshare",
        [
          "-n", "sh", "-c", "ip link set lo up; exec python3 \"$@\"", "sh", Self.script,
          "/bin/nc.openbsd", "\(directory)/nc",
        ], seconds: 400)
      #expect(run.status == 0, "\(run.errorText)")
      #expect(run.outputText.hasSuffix(" conversations, 0 different\n"), "\(run.outputText)")
    }
  }
}
