import IPMI
import Machines
import MonotonicTime

/// Reads the bytes as what happens to a serial console: the controller's payloads and answers, whatever
/// they hold, keys that are pressed, time.
///
/// Nothing may trap; what is shown came in that very payload; what was due is over once it is told; and
/// whoever has ended is silent.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSerialOverLAN(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var rest = unsafe Array(UnsafeBufferPointer(start: start, count: count))[...]
  guard let kind = rest.popFirst() else { return 0 }
  var run = FuzzedConsole(kind)
  while let step = rest.popFirst(), let length = rest.popFirst() {
    let bytes = Array(rest.prefix(Int(length)))
    rest = rest.dropFirst(Int(length))
    run.step(step, bytes)
  }
  return 0
}

private struct FuzzedConsole {
  private var console: SerialOverLANSession
  private var now = Instant.origin
  private var openCalls = 0
  private var hasEnded = false

  init(_ kind: UInt8) {
    var options = SerialOverLANOptions()
    options.takesOver = kind & 1 != 0
    options.reattaches = kind & 2 != 0
    options.inputLimit = 1024
    if kind & 4 != 0 { options.retransmission.attempts = 2 }
    console = SerialOverLANSession(options: options)
    if kind & 8 != 0 { console.sessionID = 0x0403_0201 }
    carryOut(console.start(at: now), from: 0)
    let given = ActivatePayload.Response(inboundByteCount: 68, outboundByteCount: 68)
    if kind & 16 == 0 { answer(.success(BMCAnswer(.completed, given.data))) }
  }

  mutating func step(_ step: UInt8, _ bytes: [UInt8]) {
    switch step % 8 {
    case 0, 1: carryOut(console.receive(bytes, at: now), from: bytes.count)
    case 2: carryOut(console.type(bytes, at: now), from: 0)
    case 3: carryOut(console.sendBreak(at: now), from: 0)
    case 4: pass(.milliseconds(50 * bytes.count))
    case 5:
      let code = CompletionCode(rawValue: bytes.first ?? 0)
      answer(.success(BMCAnswer(code, Array(bytes.dropFirst()))))
    case 6: answer(.failure(bytes.isEmpty ? .noAnswer(.command) : .cancelled))
    default:
      switch bytes.first {
      case 0: carryOut(console.stop(at: now), from: 0)
      default: carryOut(console.sessionRenewed(at: now), from: 0)
      }
    }
    precondition(console.pendingCount <= 1024 + 255, "typed without a limit")
  }

  private mutating func answer(_ result: Result<BMCAnswer, BMCFailure>) {
    guard openCalls > 0 else { return }
    openCalls -= 1
    carryOut(console.answered(result, at: now), from: 0)
  }

  private mutating func pass(_ duration: Duration) {
    let end = now + duration
    while let deadline = console.deadline, deadline <= end {
      now = max(now, deadline)
      carryOut(console.fire(at: now), from: 0)
      if let next = console.deadline { precondition(next > now, "what was due is due again") }
    }
    now = end
  }

  private mutating func carryOut(_ actions: [SerialOverLANSession.Action], from count: Int) {
    precondition(actions.isEmpty || !hasEnded, "an action after the end")
    precondition(actions.count < 16, "too much at once")
    for action in actions {
      switch action {
      case .call:
        openCalls += 1
      case .send(let payload): precondition((4...259).contains(payload.count), "not a packet")
      case .output(let characters):
        precondition(characters.count <= count, "characters that nobody sent")
      case .report: break
      case .finish: hasEnded = true
      }
    }
  }
}
