import CaptureFile
import LinkLayer
import Links
import Machines
import MonotonicTime

/// Carries out `crimp watch --read`: what a watch would have told, by the capture's own times.
struct CaptureWatch {
  private let path: String
  private let orders: WatchOrders
  private let printer: WatchPrinter
  private let journal: WatchJournal?
  private let clock: WatchClock
  private var machine: StationWatch
  private var now: Instant?
  private var foreign = ForeignFrames()

  init(_ path: String, _ orders: WatchOrders) throws(CommandFailure) {
    (self.path, self.orders) = (path, orders)
    // An instant is a time of the day here.
    clock = WatchClock(CaptureTimestamp(seconds: 0, nanoseconds: 0), at: .origin)
    journal = try orders.statePath.map { [clock] path throws(CommandFailure) in
      try WatchJournal(path, clock)
    }
    printer = WatchPrinter(
      orders.link, orders.tellsVendors ? .installed() : nil, clock, interface: nil)
    machine = StationWatch(
      identity: LinkIdentity(hardwareAddress: HardwareAddress(.zero)), options: orders.options,
      remembering: try journal?.read() ?? [])
  }

  mutating func run() throws(CommandFailure) -> ExitStatus {
    var input = try CaptureInput(path)
    var failure: CommandFailure?
    do throws(CommandFailure) {
      repeat {
        while try hearNext(of: &input) {}
      } while try input.fill()
    } catch {
      failure = error
    }
    try journal?.rewrite(machine.records)
    if let failure { throw failure }
    try foreign.tell(of: path)
    return .success
  }

  private mutating func hearNext(of input: inout CaptureInput) throws(CommandFailure) -> Bool {
    guard let frame = try input.next() else { return false }
    guard foreign.isOwn(frame.linkType),
      let (heard, tag) = try? LinkFrame.parse(frame.bytes, framing: .ethernet),
      orders.link.tag == nil || tag?.identifier == orders.link.tag?.identifier
    else { return true }
    // Time that runs backwards stands still: what was told stays told.
    let told = frame.timestamp.map { clock.instant(of: $0) } ?? now ?? .origin
    let instant = max(told, now ?? told)
    if now == nil { take(machine.start(at: instant)) }
    now = instant
    while let due = machine.deadline, due <= instant { take(machine.fire(at: due)) }
    take(machine.receive(heard, at: instant))
    return true
  }

  private func take(_ actions: StationWatch.Actions) {
    for case .report(.event(let event)) in actions { printer.tell(event) }
  }
}
