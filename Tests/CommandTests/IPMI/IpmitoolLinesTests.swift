import Glibc
import Support
import Testing

/// Command lines that stand in manuals and notes run as they are written there, and say what the original
/// says.
@Suite("Lines of ipmitool as written", .serialized) struct IpmitoolLinesTests {
  /// By the local interface, as nothing else is named: an administrator is set up on a new machine.
  @Test("set up a controller from its own machine")
  func local() throws {
    let lines = [
      "ipmitool lan set 1 ipsrc static", "ipmitool lan set 1 ipaddr 192.168.100.2",
      "ipmitool lan set 1 netmask 255.255.255.0", "ipmitool lan set 1 defgw ipaddr 192.168.100.254",
      "ipmitool lan set 1 defgw macaddr 00:0e:0c:aa:8e:13", "ipmitool lan set 1 access on",
      "ipmitool lan print 1", "ipmitool user list 1", "ipmitool user set name 2 admin",
      "ipmitool user enable 2",
      "ipmitool channel setaccess 1 2 link=on ipmi=on callin=on privilege=4",
      "ipmitool channel getaccess 1", "ipmitool channel info 1", "ipmitool user list 1",
    ]
    let device = try LocalDevice()
    let environment = device.environment.merging(["LC_ALL": "C", "TZ": "UTC"]) { $1 }
    for line in lines {
      let words = line.split(separator: " ").dropFirst().map(String.init)
      let original = try runTool("ipmitool", words, environment: environment)
      let ours = try runTool(
        crimpPath, words, argumentZero: "ipmitool", environment: environment)
      #expect(ours.outputText == original.outputText, "\(line)")
      #expect(ours.errorText == original.errorText, "\(line)")
      #expect(ours.status == original.status, "\(line)")
    }
    let password = try ["ipmitool", crimpPath].map { program in
      let tool = try TerminalTool(
        program, ["user", "set", "password", "2"], argumentZero: "ipmitool",
        environment: environment)
      for time in 1...2 {
        #expect(tool.shows("assword for user 2: ", times: time))
        tool.type("new-password\n")
      }
      #expect(try tool.end() == 0)
      return tool.shown.split { $0.isNewline }.map(String.init)
    }
    #expect(password[1] == password[0])
    // Such parameters this controller has not, which the original passes over in silence.
    for line in ["lan set 1 arp respond on", "lan set 1 auth ADMIN MD5"] {
      let words = line.split(separator: " ").map(String.init)
      let ours = try runTool(
        crimpPath, words, argumentZero: "ipmitool", environment: environment)
      #expect(ours.status == 1 && !ours.errorText.isEmpty, "\(line)")
    }
    let help = try runTool(crimpPath, ["channel", "--help"], argumentZero: "ipmitool")
    #expect(help.status == 0 && help.errorText.hasPrefix("Channel Commands: authcap"))
  }

  /// A network namespace has the address and the port that the line names.
  @Test("switch a machine over the LAN")
  func remote() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/password"
      try writeFile(path, Array("admin\n".utf8))
      chmod(path, 0o600)
      let script = """
        ip link set lo up
        ip addr add 192.168.100.3/32 dev lo
        "$0" bmc --address 192.168.100.3 --password-file "$1/password" >"$1/told" &
        trap "kill $!; wait" EXIT
        until grep -q ready "$1/told"; do kill -0 $!; sleep 0.02; done
        ipmitool -I lan -H 192.168.100.3 -U admin -P admin power reset
        (exec -a ipmitool "$0" -I lan -H 192.168.100.3 -U admin -P admin power reset)
        """
      let run = try runTool("unshare", ["-n", "bash", "-euc", script, crimpPath, directory])
      #expect(run.status == 0, "\(run.errorText)")
      #expect(
        run.outputText
          == "Chassis Power Control: Reset\nChassis Power Control: Reset\n", "\(run.errorText)")
    }
  }
}
