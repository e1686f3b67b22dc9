import Glibc
import Links
import Support
import Testing

/// A controller's address that no neighbour has, on our own link, is told at once and not after its
/// time. Needs root: a network namespace with one link and one neighbour.
@Suite(.serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct DeadNeighborTests {
  private func run(_ arguments: [String], argumentZero: String? = nil) throws -> ToolRun {
    let (near, far) = ("crimp-\(getpid())-scout", "crimp-\(getpid())-scouted")
    for name in [near, far] { try NetworkNamespace.create(name) }
    defer {
      for name in [near, far] {
        do { try NetworkNamespace.delete(name) } catch { Issue.record(error) }
      }
    }
    for (place, words) in [
      (near, "link add lan type veth peer name far netns \(far)"),
      (near, "address add 192.0.2.1/24 dev lan"), (near, "link set lan up"),
      (near, "link set lo up"), (far, "address add 192.0.2.2/24 dev far"),
      (far, "link set far up"),
    ] {
      let run = try runTool("ip", ["-n", place] + words.split(separator: " ").map(String.init))
      #expect(run.status == 0, "ip \(words): \(run.errorText)")
    }
    let environment = ["XDG_CACHE_HOME": "/dev/null", "IPMI_PASSWORD": "x", "CRIMP_PASSWORD": "x"]
    return try NetworkNamespace(near).run {
      try runTool(crimpPath, arguments, argumentZero: argumentZero, environment: environment)
    }
  }

  // The kernel says so after three seconds. By then each of these has given up.

  @Test func power() throws {
    let run = try run(["power", "status", "-u", "admin", "192.0.2.9", "--timeout", "2"])
    #expect(run.errorText == "192.0.2.9: unreachable: nobody on the link answers for the address\n")
    #expect(run.status == 69)
  }

  @Test func ipmi() throws {
    let run = try run([
      "ipmi", "-u", "admin", "--host", "192.0.2.9", "--timeout", "2", "mc", "info",
    ])
    #expect(run.errorText == "192.0.2.9: unreachable: nobody on the link answers for the address\n")
    #expect(run.status == 69)
  }

  @Test func audit() throws {
    let run = try run(["audit", "192.0.2.9"])
    #expect(run.errorText == "192.0.2.9: unreachable: nobody on the link answers for the address\n")
    #expect(run.status == 69)
  }

  @Test func ipmitool() throws {
    let run = try run(
      ["-I", "lanplus", "-H", "192.0.2.9", "-E", "-N", "1", "-R", "1", "power", "status"],
      argumentZero: "ipmitool")
    #expect(run.errorText.contains("nobody on the link answers for the address"))
  }

  @Test func aNeighborThatIsThereIsNotCalledDead() throws {
    let run = try run(["power", "status", "-u", "admin", "192.0.2.2", "--timeout", "2"])
    #expect(run.errorText.contains("nothing listens on the IPMI port") && run.status == 69)
  }
}
