internal import ArgumentParser
internal import Glibc

/// What the five names of the shd-tcp-tools have in common: how they complain, and what ends them.
///
/// Their readme is silent on exit statuses: 0 is success here, 1 everything else.
final class TCPTool {
  /// What the program calls itself.
  let program: String
  let console = Console()

  init(_ program: String) {
    self.program = String(program.split(separator: "/").last ?? "")
  }

  /// Runs a tool to its end, and returns its exit status.
  static func run(_ program: String, _ body: (TCPTool) throws(Exit) -> Int32) -> Int32 {
    let tool = TCPTool(program)
    defer { tool.console.flush() }
    do throws(Exit) {
      return try body(tool)
    } catch {
      return error.status
    }
  }

  /// Says what is wrong, on standard error.
  func complain(_ words: String) {
    console.complain("\(program): \(words)\n")
  }

  /// Says what is wrong, and ends the program.
  func fail(_ words: String) -> Exit {
    complain(words)
    return Exit(status: 1)
  }

  /// The same for a wrong argument, which getopt may have complained about already.
  func refuse(_ words: String? = nil) -> Exit {
    if let words { complain(words) }
    console.complain("Try '\(program) -h'.\n")
    return Exit(status: 1)
  }

  /// Prints the usage, and ends the program.
  func help(_ usage: String) -> Exit {
    console.write(usage)
    return Exit(status: 0)
  }

  /// Prints the version, and ends the program.
  func version() -> Exit {
    console.write("\(program) (crimp \(Crimp.configuration.version))\n")
    return Exit(status: 0)
  }

  /// Runs `body`, and tells what it throws.
  func told<Value, Failure: Error & CustomStringConvertible>(
    _ body: () throws(Failure) -> Value
  ) throws(Exit) -> Value {
    do throws(Failure) {
      return try body()
    } catch {
      throw fail("\(error)")
    }
  }

  /// The same for what waits.
  func told<Value, Failure: Error & CustomStringConvertible>(
    _ body: () async throws(Failure) -> Value
  ) async throws(Exit) -> Value {
    do throws(Failure) {
      return try await body()
    } catch {
      throw fail("\(error)")
    }
  }

  // MARK: Values

  /// A number of seconds, which may have a fraction.
  func seconds(_ option: String, _ text: String) throws(Exit) -> Duration {
    let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    guard isPlain, let number = Double(text), number <= 1e9 else {
      throw refuse("\(option) \(text): expected a number of seconds")
    }
    return Duration(seconds: number)
  }

  /// Bytes a second.
  func rate(_ option: String, _ text: String) throws(Exit) -> Int {
    guard let rate = ByteRate(argument: text) else {
      throw refuse("\(option) \(text): expected bytes a second, such as 102400 or 100k")
    }
    return rate.bytesPerSecond
  }

  /// A whole number from 1 on.
  func count(_ option: String, _ text: String) throws(Exit) -> Int {
    guard let number = Int(text), number > 0, number <= 1 << 20 else {
      throw refuse("\(option) \(text): expected a number from 1 on")
    }
    return number
  }

  /// A port to connect to.
  func port(_ option: String, _ text: String) throws(Exit) -> UInt16 {
    guard case .port(let port)? = RelayPlace(text), port > 0 else {
      throw refuse("\(option) \(text): expected a port from 1 to 65535")
    }
    return port
  }

  /// A port, perhaps behind an address of this host.
  func listeningPlace(_ option: String, _ text: String) throws(Exit) -> RelayPlace {
    switch RelayPlace(text) {
    case .port(let port)?: return .port(port)
    case .host(let host, let port)?: return .host(host, port)
    default:
      let expected = RelayPlace.expected(inPlaceOf: text, "expected PORT or ADDRESS:PORT")
      throw refuse("\(option) \(text): \(expected)")
    }
  }

  /// A host and its port.
  func target(_ option: String, _ text: String) throws(Exit) -> (host: String, port: UInt16) {
    guard case .host(let host, let port)? = RelayPlace(text) else {
      throw refuse("\(option) \(text): expected HOST:PORT or [IPv6]:PORT")
    }
    return (host, port)
  }

  /// What is in a small file that is to be sent.
  func insertion(_ path: String) throws(Exit) -> [UInt8] {
    do throws(CommandFailure) {
      return try WholeFile.bytes(at: path)
    } catch {
      throw fail("--insert \(error.message)")
    }
  }
}
