import Glibc
import Support

/// Three machines in namespaces: `a` and `c` reach `b`, and each other only through its forwarding.
///
///     a 10.77.1.2, 10.77.1.3, 10.77.1.4 -- b 10.77.1.1, 10.77.2.1 -- c 10.77.2.2, 10.77.2.3
///
/// Names are those of the readme's examples. The drop-in names stand in a directory that is first in `PATH`;
/// it is the working directory too.
final class ThreeMachines {
  /// Where the programs run, and their files are.
  let directory: String
  private let prefix: String

  /// Builds the network.
  init() throws {
    prefix = "crimp-tcp\(getpid())-\(UInt16.random(in: 0 ... .max))-"
    var template = Array("/tmp/crimp-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ToolError.system(operation: "mkdtemp", errno: errno)
    }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let run = try runTool("sh", ["-euc", Self.script, prefix, directory, crimpPath])
    guard run.status == 0 else { throw NetworkError(text: run.errorText) }
  }

  deinit {
    _ = try? runTool(
      "sh", ["-c", "for n in a b c; do ip netns del $0$n; done; rm -rf \"$1\"", prefix, directory])
  }

  /// Starts a shell's command on a machine; it goes on beside the test.
  func start(on machine: Character, _ command: String) throws -> RunningTool {
    try RunningTool("ip", words(machine, command))
  }

  /// Runs a shell's command on a machine to its end.
  @discardableResult
  func run(on machine: Character, _ command: String, seconds: Int = 60) throws -> ToolRun {
    try runTool("ip", words(machine, command), seconds: seconds)
  }

  /// Waits until something listens at a port of a machine.
  func waitForListener(on machine: Character, port: Int) throws -> Bool {
    try eventually {
      try !run(on: machine, "ss -Hltn sport = :\(port)").output.isEmpty
    }
  }

  /// Writes a file into the directory.
  func write(_ text: String, to name: String) throws {
    try writeFile("\(directory)/\(name)", Array(text.utf8))
  }

  /// What is in a file of the directory.
  func read(_ name: String) throws -> String {
    String(decoding: try readFile("\(directory)/\(name)"), as: UTF8.self)
  }

  private func words(_ machine: Character, _ command: String) -> [String] {
    [
      "netns", "exec", "\(prefix)\(machine)", "sh", "-euc",
      """
      mount --bind "$0/hosts" /etc/hosts
      cd "$0"
      export HOME="$0" PATH="$0/names:$PATH" LC_ALL=C
      exec sh -c "$1"
      """,
      directory, command,
    ]
  }

  private static let script = """
    prefix=$0 directory=$1 crimp=$2
    mkdir "$directory/names"
    for name in tcppipe tcppipe-least tcp-pf listentwo connecttwo; do
      ln -s "$crimp" "$directory/names/$name"
    done
    cat >"$directory/hosts" <<END
    127.0.0.1 localhost
    10.77.1.1 machine_b targethost
    10.77.1.2 machine_a goes.here.org
    10.77.2.2 myfriend.org
    END
    for name in a b c; do
      ip netns add $prefix$name
      ip -n $prefix$name link set lo up
    done
    ip -n ${prefix}a link add eth0 type veth peer name toa netns ${prefix}b
    ip -n ${prefix}c link add eth0 type veth peer name toc netns ${prefix}b
    for address in 10.77.1.2 10.77.1.3 10.77.1.4; do ip -n ${prefix}a address add $address/24 dev eth0; done
    for address in 10.77.2.2 10.77.2.3; do ip -n ${prefix}c address add $address/24 dev eth0; done
    ip -n ${prefix}b address add 10.77.1.1/24 dev toa
    ip -n ${prefix}b address add 10.77.2.1/24 dev toc
    for pair in a:eth0 c:eth0 b:toa b:toc; do
      ip -n $prefix${pair%:*} link set ${pair#*:} up
    done
    ip -n ${prefix}a route add default via 10.77.1.1
    ip -n ${prefix}c route add default via 10.77.2.1
    ip netns exec ${prefix}b sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
    """
}
