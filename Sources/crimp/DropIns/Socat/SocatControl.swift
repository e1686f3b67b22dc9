import AddressSpecifications
import CLinux
import Glibc

/// Calls of ioctl(2) by their numbers.
enum SocatControl {
  /// Makes the call that an option describes.
  static func call(
    _ descriptor: Int32, _ value: OptionValue, _ name: String
  ) throws(SocatFailure) {
    let status: Int32
    let request: UInt
    switch value {
    case .number(let number):
      request = UInt(truncatingIfNeeded: number)
      status = crimp_control(descriptor, request, 0)
    case .call(let numbers, let argument):
      guard let number = numbers.first else { return }
      request = UInt(truncatingIfNeeded: number)
      status = call(descriptor, request, argument, byValue: name == "ioctl-int")
    default: return
    }
    guard status < 0 else { return }
    throw SocatFailure(
      "ioctl(\(descriptor), 0x\(String(request, radix: 16))): \(SocatWords.reason(errno))")
  }

  private static func call(
    _ descriptor: Int32, _ request: UInt, _ argument: OptionValue.CallArgument, byValue: Bool
  ) -> Int32 {
    switch argument {
    case .none: return crimp_control(descriptor, request, 0)
    case .number(let number) where byValue:
      return crimp_control(descriptor, request, UInt(truncatingIfNeeded: number))
    case .number(let number):
      let word = Int32(truncatingIfNeeded: number)
      return lend((0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }, descriptor, request)
    case .text(let text): return lend(Array(text.utf8) + [0], descriptor, request)
    case .data(let bytes): return lend(bytes, descriptor, request)
    }
  }

  /// Room behind the bytes is for what the kernel writes back.
  private static func lend(_ bytes: [UInt8], _ descriptor: Int32, _ request: UInt) -> Int32 {
    var room = bytes + [UInt8](repeating: 0, count: 4096)
    return unsafe room.withUnsafeMutableBytes { room in
      crimp_control(descriptor, request, UInt(bitPattern: room.baseAddress))
    }
  }
}
