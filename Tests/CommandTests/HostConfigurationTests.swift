import Testing

@testable import crimp

@Suite("Configuration of hosts")
struct HostConfigurationTests {
  private let keys: Set<String> = ["user", "port", "password-file"]

  @Test func theLastSectionThatSpeaksOfAHostGivesItsSettings() throws {
    let configuration = try HostConfiguration(
      parsing: """
        # every controller
        [*]
        user = operator
        password-file = /etc/bmc password

        [node[1-3],login1]
        user=admin
        [node2]
        port = 9001
        [node[9-10]:9002]
        port = 1
        """, keys: keys)
    let other = configuration.settings(for: "other").mapValues(\.value)
    #expect(other == ["user": "operator", "password-file": "/etc/bmc password"])
    #expect(configuration.settings(for: "node2").mapValues(\.value)["user"] == "admin")
    #expect(configuration.settings(for: "node2")["port"] == .init(value: "9001", line: 9))
    #expect(configuration.settings(for: "node1")["port"] == nil)
    #expect(configuration.settings(for: "node10")["port"]?.value == "1")
  }

  @Test func linesEndAsTheyDoOnOtherSystems() throws {
    let configuration = try HostConfiguration(
      parsing: "[*]\r\nuser = operator\r\n\r\n[n1]\r\nport = 7\r\n", keys: keys)
    #expect(
      configuration.settings(for: "n1").mapValues(\.value) == ["user": "operator", "port": "7"])
    #expect(configuration.settings(for: "n1")["port"]?.line == 5)
  }

  @Test(arguments: [
    ("[node1", 1, "'[node1': a heading ends with ]"),
    ("[*]\nuser", 2, "expected [HOSTS] or KEY = VALUE"),
    ("[*]\r\npassword hunter2", 2, "expected [HOSTS] or KEY = VALUE"),
    ("[*]\npassword hunter2 = x", 2, "no setting (there are password-file, port, user)"),
    ("\nuser = x", 2, "'user' stands before the first [HOSTS]; [*] heads all hosts"),
    ("[*]\n\nusr = x", 3, "'usr' is no setting (there are password-file, port, user)"),
    ("[node[3-1]]", 1, "'node[3-1]': the range '3-1' ends before it begins"),
    ("[]", 1, "'': a host is missing"),
  ])
  func namesTheLineAtFault(_ text: String, _ line: Int, _ words: String) {
    #expect(throws: HostConfiguration.Fault(line: line, words: words)) {
      try HostConfiguration(parsing: text, keys: keys)
    }
  }
}
