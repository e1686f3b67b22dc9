import Crafting

/// Takes the bytes apart as a frame, and reads them as the text of one.
///
/// Nothing may trap. A frame that was taken apart says all that it takes to make the same bytes again, and
/// text that makes a frame makes one that is told in text that makes the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCrafting(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  if !bytes.isEmpty {
    let text = CraftedFrame(dissecting: bytes).text
    let again = try? FrameAssembler().bytes(of: CraftedFrame(parsing: text))
    precondition(again == bytes, "other bytes: \(text)")
  }
  guard let frame = try? CraftedFrame(parsing: String(decoding: bytes, as: UTF8.self)),
    let made = try? FrameAssembler().bytes(of: frame)
  else { return 0 }
  let told = try? FrameAssembler().bytes(of: CraftedFrame(parsing: frame.text))
  precondition(told == made, "other text: \(frame.text)")
  return 0
}
