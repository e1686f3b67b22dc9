internal import CaptureFile
internal import Decoding
internal import LinkLayer

/// Compares frames that are said with recorded ones, field by field, and puts numbers that the host under
/// test chose anew in the place of the recorded ones in what it is told.
struct FrameComparer {
  /// What a comparison found.
  struct Verdict {
    var differences: [FieldDifference]
    /// How many bytes differ.
    var distance: Int
    var proposal = Bindings.Proposal()

    var isEqual: Bool { differences.isEmpty }
  }

  let mask: FieldMask
  let linkType: LinkType
  private var bindings = Bindings()

  init(mask: FieldMask, linkType: LinkType) {
    self.mask = mask
    self.linkType = linkType
  }

  // MARK: What is said

  /// How `said` differs from `recorded`, where it may not.
  func compare(_ recorded: RecordedExchange.Frame, _ said: [UInt8]) -> Verdict {
    guard recorded.bytes != said || recorded.originalLength != said.count || !mask.bound.isEmpty
    else { return Verdict(differences: [], distance: 0) }
    var then = dissect(recorded.bytes)
    var now = dissect(said)
    var length = (then: recorded.originalLength, now: said.count)
    if mask.frees("eth.padding"), recorded.bytes.count == recorded.originalLength {
      length = (min(length.then, then.payloadEnd), min(length.now, now.payloadEnd))
    }
    let kept = min(recorded.bytes.count, length.then)
    then.bytes.removeLast(max(0, then.bytes.count - kept))
    var verdict = Verdict(differences: [], distance: 0)
    now.bytes = masked(now, like: then, &verdict.proposal)
    now.bytes.removeLast(max(0, now.bytes.count - length.now))
    // A frame that was cut is compared as far as it was kept.
    if recorded.bytes.count < recorded.originalLength {
      now.bytes.removeLast(max(0, now.bytes.count - kept))
    }
    verdict.distance =
      zip(then.bytes, now.bytes).count { $0 != $1 } + abs(length.then - length.now)
    guard verdict.distance > 0 else { return verdict }
    verdict.differences = differences(then, now)
    if length.then != length.now {
      verdict.differences.append(
        FieldDifference(
          name: "frame.len", layer: "frame", recorded: "\(length.then)", said: "\(length.now)"))
    }
    return verdict
  }

  private func dissect(_ bytes: [UInt8]) -> DissectedFrame {
    var decoder = FrameDecoder()
    let frame = decoder.fields(of: bytes.rawBytes, linkType: linkType)
    let completed = DissectedFrame.completed(bytes, frame)
    guard completed != bytes else { return DissectedFrame(bytes, frame) }
    var again = FrameDecoder()
    return DissectedFrame(completed, again.fields(of: completed.rawBytes, linkType: linkType))
  }

  /// The bytes of `now` with what may differ as it was then.
  private func masked(
    _ now: DissectedFrame, like then: DissectedFrame, _ proposal: inout Bindings.Proposal
  ) -> [UInt8] {
    guard !mask.free.isEmpty || !mask.bound.isEmpty else { return now.bytes }
    var frame = ChecksummedFrame(now.bytes, now.decoded)
    var seen: [String: Int] = [:]
    for piece in then.pieces {
      let occurrence = seen[piece.name, default: 0]
      seen[piece.name] = occurrence + 1
      guard let counterpart = now.piece(piece.name, occurrence),
        counterpart.range.count == piece.range.count,
        piece.range.upperBound <= then.bytes.count
      else { continue }
      let recorded = Array(then.bytes[piece.range])
      let current = Array(now.bytes[counterpart.range])
      if mask.frees(piece.name) {
        frame.replace(counterpart.range, with: merged(current, recorded, piece.mask))
      } else if let field = BoundField.byName[piece.name], mask.bound.contains(piece.name),
        isChosen(field, in: then, piece),
        bindings.allows(
          field, recorded: recorded, said: current, flow: Flow.key(of: then, isReversed: false),
          &proposal)
      {
        frame.replace(counterpart.range, with: recorded)
      } else if piece.name == "icmp.data", mask.frees("icmp.data_time") {
        let count = min(16, recorded.count)
        let start = counterpart.range.lowerBound
        frame.replace(start..<start + count, with: Array(recorded.prefix(count)))
      }
    }
    return frame.bytes
  }

  /// Whether the sender has the choice: what an echo's answer carries is the question's.
  private func isChosen(
    _ field: BoundField, in frame: DissectedFrame, _ piece: DissectedFrame.Piece
  ) -> Bool {
    piece.mask == nil && !piece.range.isEmpty
      && (field.name != "icmp.data" || frame.pieces.contains { $0.isEchoRequest })
  }

  private func merged(_ current: [UInt8], _ recorded: [UInt8], _ mask: UInt64?) -> [UInt8] {
    guard let mask else { return recorded }
    return current.indices.map { index in
      let bits = UInt8(truncatingIfNeeded: mask >> UInt64(8 * min(7, current.count - 1 - index)))
      return current[index] & ~bits | recorded[index] & bits
    }
  }

  // MARK: What is told

  /// Takes note that `said` is the frame of `verdict`.
  mutating func keep(
    _ verdict: Verdict, _ recorded: RecordedExchange.Frame, _ said: [UInt8]
  ) {
    bindings.keep(verdict.proposal)
    guard mask.frees("tcp.options.timestamp.tsval") else { return }
    let (then, now) = (dissect(recorded.bytes), dissect(said))
    let name = "tcp.options.timestamp.tsval"
    guard let old = then.piece(name, 0), let new = now.piece(name, 0) else { return }
    bindings.note(
      name, recorded: Array(then.bytes[old.range]), said: Array(now.bytes[new.range]))
  }

  /// What the host under test is told in place of the recorded frame: the same, with its own numbers.
  mutating func told(_ recorded: [UInt8]) -> [UInt8] {
    guard !mask.bound.isEmpty else { return recorded }
    let then = dissect(recorded)
    var frame = ChecksummedFrame(then.bytes, then.decoded)
    for piece in then.pieces where piece.mask == nil && piece.range.upperBound <= then.bytes.count {
      let value = Array(then.bytes[piece.range])
      if piece.name == "tcp.options.timestamp.tsecr" {
        if let noted = bindings.noted("tcp.options.timestamp.tsval", recorded: value) {
          frame.replace(piece.range, with: noted)
        }
        continue
      }
      guard let field = BoundField.byAnswer[piece.name], mask.bound.contains(field.name),
        let answer = bindings.answer(
          field, recorded: value, flow: Flow.key(of: then, isReversed: true)),
        answer.count == piece.range.count
      else { continue }
      frame.replace(piece.range, with: answer)
    }
    return frame.bytes
  }
}

extension DissectedFrame {
  /// The piece of this name that stands at this place among those of the name.
  func piece(_ name: String, _ occurrence: Int) -> Piece? {
    var left = occurrence
    for piece in pieces where piece.name == name {
      if left == 0 { return piece }
      left -= 1
    }
    return nil
  }
}

extension DissectedFrame.Piece {
  fileprivate var isEchoRequest: Bool {
    (name == "icmp.type" && field?.value == .number(8))
      || (name == "icmpv6.type" && field?.value == .number(128))
  }
}
