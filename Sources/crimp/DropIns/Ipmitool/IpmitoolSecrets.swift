import Glibc
import IPMI

/// Where `ipmitool` has its password and its key from, beside the command line.
enum IpmitoolSecrets {
  /// The first line of a file.
  ///
  /// A file that is not there ends the program: the original says so and asks, which no script answers.
  static func file(_ path: String, _ console: Console) throws(Exit) -> Secret {
    do throws(CommandFailure) {
      var bytes = try WholeFile.bytes(at: path)
      defer { bytes.wipe() }
      var line = Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
      defer { line.wipe() }
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      return Secret(copying: line.messageBytes)
    } catch {
      throw console.fail(
        "\(error.message)\nUnable to read password from file \(path)\n",
        status: Ipmitool.Status.failed)
    }
  }

  /// `IPMITOOL_PASSWORD`, or `IPMI_PASSWORD`.
  static func passwordFromEnvironment(_ console: Console) -> Secret? {
    if let secret = environment("IPMITOOL_PASSWORD") ?? environment("IPMI_PASSWORD") {
      return secret
    }
    console.complain("Unable to read password from environment\n")
    return nil
  }

  /// `IPMI_KGKEY`.
  static func keyFromEnvironment(_ console: Console) -> Secret? {
    if let secret = environment("IPMI_KGKEY") { return secret }
    console.complain("Unable to read kgkey from environment\n")
    return nil
  }

  /// A key of hexadecimal digits, perhaps with 0x before them.
  static func hexadecimalKey(_ text: String, _ console: Console) throws(Exit) -> Secret {
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    guard digits.utf8.count.isMultiple(of: 2) else {
      throw console.fail(
        "Number of Kg key characters is not even\n", status: Ipmitool.Status.failed)
    }
    var bytes: [UInt8] = []
    defer { bytes.wipe() }
    var rest = digits
    while !rest.isEmpty {
      guard rest.prefix(2).allSatisfy(\.isHexDigit), let byte = UInt8(rest.prefix(2), radix: 16)
      else {
        throw console.fail("Kg key is not hexadecimal number\n", status: Ipmitool.Status.failed)
      }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return Secret(copying: bytes.messageBytes)
  }

  private static func environment(_ name: String) -> Secret? {
    guard let value = unsafe getenv(name) else { return nil }
    var bytes = unsafe Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
    defer { bytes.wipe() }
    return Secret(copying: bytes.messageBytes)
  }
}
