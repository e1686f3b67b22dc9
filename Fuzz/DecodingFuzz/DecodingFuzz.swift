import CaptureFile
import Decoding
import LinkLayer

/// Takes the bytes apart as a frame, as a line and as fields.
///
/// The first byte chooses the link type. Nothing may trap, a line has printable characters only, and no
/// field ends behind the bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDecoding(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = bytes.first else { return 0 }
  let linkTypes: [LinkType] = [.ethernet, .raw, .null, .linuxCooked, .linuxCooked2]
  let linkType = linkTypes[Int(choice) % linkTypes.count]
  let frame = Array(bytes.dropFirst())
  var decoder = FrameDecoder()
  var text = LineText(capacity: 1024)
  decoder.writeLine(
    of: frame.rawBytes, originalLength: frame.count, linkType: linkType, into: &text)
  precondition(text.bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "a terminal is told something")
  for layer in decoder.fields(of: frame.rawBytes, linkType: linkType).layers {
    precondition(layer.fields.allSatisfy { $0.range.upperBound <= frame.count }, "out of bounds")
    for field in layer.fields { precondition(field.value.description.utf8.count >= 0) }
  }
  return 0
}
