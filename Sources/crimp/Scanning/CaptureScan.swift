import CaptureFile
import LinkLayer
import Machines
import MonotonicTime

/// Carries out `crimp scan --read`: who speaks in a capture, of whatever interface.
struct CaptureScan {
  private let path: String
  private let orders: ScanOrders
  private let printer: ScanPrinter
  private var machine: PassiveScan
  private var foreign = ForeignFrames()

  init(_ path: String, _ orders: ScanOrders) {
    (self.path, self.orders) = (path, orders)
    printer = ScanPrinter(orders.link, orders.tellsVendors ? .installed() : nil)
    // A capture tells nothing of this host: whoever speaks in it is a host like others.
    machine = PassiveScan(
      for: orders.targets, identity: LinkIdentity(hardwareAddress: HardwareAddress(.zero)))
  }

  mutating func run() throws(CommandFailure) -> ExitStatus {
    var input = try CaptureInput(path)
    var failure: CommandFailure?
    do throws(CommandFailure) {
      repeat {
        while try hearNext(of: &input) {}
        printer.flush()
      } while try input.fill()
    } catch {
      // What was heard before the fault stands.
      failure = error
    }
    var outcome = ScanOutcome()
    for case .finish(let end) in machine.stop(at: .origin) { outcome = end }
    printer.tell(outcome, after: nil)
    if let failure { throw failure }
    try foreign.tell(of: path)
    return outcome.hosts > 0 ? .success : .negative
  }

  private mutating func hearNext(of input: inout CaptureInput) throws(CommandFailure) -> Bool {
    guard let frame = try input.next() else { return false }
    guard foreign.isOwn(frame.linkType),
      let (heard, tag) = try? LinkFrame.parse(frame.bytes, framing: .ethernet),
      orders.link.tag == nil || tag?.identifier == orders.link.tag?.identifier
    else { return true }
    for case .report(let report) in machine.receive(heard, at: .origin) { printer.tell(report) }
    return true
  }
}
