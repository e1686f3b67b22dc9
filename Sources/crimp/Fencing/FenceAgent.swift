import ArgumentParser
import Glibc
import Machines

/// `fence_crimp`: a fence agent for Pacemaker and others that speak the fence-agents API.
///
/// Parameters come from standard input, or from the command line where there is any; exit status 0 when
/// it was done, 1 when not; of `status` 0 when power is on, 2 when it is off.
enum FenceAgent {
  /// Exit statuses.
  enum Status {
    static let ok: Int32 = 0
    static let failed: Int32 = 1
    /// Of `status`: power is off.
    static let off: Int32 = 2
  }

  static let program = "fence_crimp"

  /// Runs with these arguments and returns the exit status.
  static func run(_ arguments: [String]) -> Int32 {
    let console = Console()
    defer { console.flush() }
    do throws(Exit) {
      let input = try FenceInput(arguments, console)
      if input.isSet("help") {
        console.write(FenceMetadata.help)
        return Status.ok
      }
      if input.isSet("version") {
        console.write("\(program) \(Crimp.configuration.version)\n")
        return Status.ok
      }
      return try carryOut(input, console)
    } catch {
      return error.status
    }
  }

  private static func carryOut(_ input: FenceInput, _ console: Console) throws(Exit) -> Int32 {
    let log: FenceLog
    let request: FenceRequest
    do throws(FenceFailure) {
      log = try FenceLog(input)
      for warning in input.warnings { log.complain(warning) }
      request = try FenceRequest(input)
    } catch {
      if !input.isSet("quiet") { console.complain("\(program): \(error.words)\n") }
      throw Exit(status: Status.failed)
    }
    switch request.action {
    case .metadata:
      console.write(FenceMetadata.xml)
      return Status.ok
    case .validateAll: return Status.ok
    case .list,
      .listStatus where request.targets.isEmpty:
      if request.targets.isEmpty { console.write("N/A\n") }
      for target in request.targets { console.write("\(target.label)\(request.separator)\n") }
      return Status.ok
    default: return FenceRun(request, log, console).run()
    }
  }
}
