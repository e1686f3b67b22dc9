import Drivers
import EventLoop
import Glibc
import Machines
import MonotonicTime
import Sockets

/// A run of `crimp check`: names to addresses, ports to verdicts, again for those that are waited for.
final class CheckRun {
  /// What is asked for.
  struct Request {
    var names: [String]
    var ports: [CheckedPort]
    var family: InternetFamily?
    var options: PortChecker.Options
    var style: CheckReport.Style
    /// Whether each address of a name must have its ports open, not only one.
    var everyAddress = false
    /// How long ports are waited for to open; nil to ask once.
    var wait: Duration?
  }

  /// How often ports that are waited for are asked.
  private static let waitInterval = Duration.milliseconds(500)
  private static let waitPatience = Duration.seconds(1)

  private let loop: EventLoop
  private let request: Request
  private let services: ServiceNames
  private let nonce = UInt64.random(in: .min ... .max)
  private var progress: CheckProgress?
  private var isInterrupted = false

  init(_ request: Request, _ services: ServiceNames, on loop: EventLoop) {
    self.loop = loop
    self.request = request
    self.services = services
  }

  func run() async throws(SystemError) -> ExitStatus {
    let begin = loop.readClock()
    let end = request.wait.map { begin + $0 }
    var grid: CheckGrid
    repeat {
      grid = try await look(until: end)
    } while await goesOn(grid, until: end)
    grid.tellRest()
    return finish(grid, after: loop.readClock() - begin)
  }

  /// Whether all is to be asked again, after a pause.
  private func goesOn(_ grid: CheckGrid, until end: Instant?) async -> Bool {
    guard let end, !grid.isSatisfied, !isInterrupted, loop.readClock() < end else { return false }
    do throws(CancellationError) {
      try await loop.sleep(until: min(end, loop.readClock() + Self.waitInterval))
      return true
    } catch {
      isInterrupted = true
      return false
    }
  }

  /// Asks all ports of all hosts once; when they are waited for until `end`, no longer than that.
  private func look(until end: Instant?) async throws(SystemError) -> CheckGrid {
    let found = await CheckedHosts(request.names, request.family, on: loop)
    let report = CheckReport(
      request.style, request.ports, services, probe: request.options.probe, nonce: nonce)
    let grid = CheckGrid(
      found, request.ports.count, everyAddress: request.everyAddress,
      report: report, tellsAtOnce: end == nil)
    let total = found.hosts.count * request.ports.count
    progress = request.style.quiet ? nil : CheckProgress(total: total)
    defer { progress?.clear() }
    let checker = PortChecker(on: loop, options: options(until: end))
    do throws(SystemError) {
      try await checker.run(found.hosts.map(\.address), request.ports, nonce: nonce) { result in
        self.progress?.count(result.verdict.state)
        grid.take(result) { self.progress?.clear() }
      }
    } catch {
      // What was found out before an interruption is told.
      guard error.errno == ECANCELED else { throw error }
      isInterrupted = true
    }
    return grid
  }

  /// The options, for a port that is waited for: asked often rather than patiently.
  private func options(until end: Instant?) -> PortChecker.Options {
    var options = request.options
    guard let end else { return options }
    let patience = max(.milliseconds(100), min(Self.waitPatience, end - loop.readClock()))
    options.tcp.patience = min(options.tcp.patience, patience)
    options.udp.patience = min(options.udp.patience, patience)
    options.udp.attempts = 1
    return options
  }

  private func finish(_ grid: CheckGrid, after elapsed: Duration) -> ExitStatus {
    for failure in grid.failures {
      StandardStream.error.writeLine("crimp: \(failure.name): \(failure.error.words)")
    }
    let tally = grid.tally
    let seconds = elapsed.milliseconds / 1000
    if !request.style.quiet {
      if request.style.json {
        JSONLine.write(CheckSummaryRecord(tally, hosts: grid.hostCount, seconds: seconds))
      } else if tally.total > 1 {
        StandardStream.output.writeLine(
          "\(tally.total) ports: \(tally.words); \(seconds.rounded(to: 2)) s")
      }
    }
    if grid.isSatisfied { return .success }
    return grid.failures.isEmpty && tally[.unreachable] == 0 ? .negative : .unavailable
  }
}
