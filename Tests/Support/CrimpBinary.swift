import Glibc

/// Runs the `crimp` that was built with the tests; `name` is what it is called by (`argv[0]`).
public func runCrimp(
  _ arguments: [String], as name: String = "crimp", input: [UInt8] = [], seconds: Int = 120
) throws -> ToolRun {
  try runTool(
    crimpPath, arguments, argumentZero: name, input: input, seconds: seconds)
}

/// The binary stands beside the bundle of the tests, whatever the scratch path.
public let crimpPath: String = {
  var path = [CChar](repeating: 0, count: Int(PATH_MAX))
  let count = readlink("/proc/self/exe", &path, path.count - 1)
  let own = String(decoding: path[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
  let directory = own[..<(own.lastIndex(of: "/") ?? own.startIndex)]
  return directory + "/crimp"
}()
