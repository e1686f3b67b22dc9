import CLinux
import EventLoop
import Glibc
import Testing

@Suite struct `Privileges of the process` {
  @Test(.enabled(if: geteuid() == 0, "needs root"))
  func `dropped capabilities are gone, and no program brings them back`() async {
    await #expect(processExitsWith: .success) {
      precondition(Privileges.hasNetRaw)
      try Privileges.dropAll()
      precondition(!Privileges.hasNetRaw)
      precondition(geteuid() == 0)
      let descriptor = socket(AF_PACKET, Int32(SOCK_RAW.rawValue), 0)
      precondition(descriptor < 0 && errno == EPERM)

      let loop = try EventLoop()
      let status = try loop.run {
        try await ChildProcess.capture(
          .init("/bin/sh", ["-c", "grep -q 'CapEff:.0000000000000000' /proc/self/status"]), on: loop
        ).status
      }
      precondition(status == .exited(0))
      try Privileges.dropAll()
    }
  }
}
