internal import CLinux
internal import Glibc

/// A long option and the letter that it stands for.
struct LongOption {
  var name: String
  var letter: Unicode.Scalar
  var takesArgument = false
}

/// Reads a command line as glibc does: that is what the originals do, so bundled letters, arguments
/// glued to their letters, permuted operands, `--` and every complaint come out the same.
///
/// - Parameters:
///   - program: what complaints begin with.
///   - letters: the short options in getopt(3)'s notation.
///   - long: long options; with none, `--` before a word is an error, as getopt(3) has it.
///   - option: is given each option's letter and argument; `?` for one that was complained about.
/// - Returns: the operands.
func scanOptions(
  program: String, _ arguments: [String], letters: String, long: [LongOption] = [],
  _ option: (_ letter: Character, _ argument: String) throws(Exit) -> Void
) throws(Exit) -> [String] {
  let words = CStrings([program] + arguments)
  let names = CStrings(long.map(\.name))
  let table = unsafe optionTable(long, names)

  crimp_getopt_restart()
  while true {
    var argument: UnsafePointer<CChar>?
    let letter = unsafe table.withUnsafeBufferPointer { table in
      unsafe crimp_getopt_step(
        Int32(arguments.count + 1), words.pointer, letters, long.isEmpty ? nil : table.baseAddress,
        &argument)
    }
    guard letter >= 0, let scalar = Unicode.Scalar(UInt32(bitPattern: letter)) else { break }
    try option(Character(scalar), unsafe argument.map { unsafe String(cString: $0) } ?? "")
  }
  return words.strings(from: Int(crimp_getopt_operands()))
}

private func optionTable(_ long: [LongOption], _ names: CStrings) -> [CLinux.option] {
  guard !long.isEmpty else { return unsafe [] }
  var table: [CLinux.option] = unsafe []
  for (index, choice) in long.enumerated() {
    unsafe table.append(
      CLinux.option(
        name: names.pointer[index], has_arg: choice.takesArgument ? 1 : 0, flag: nil,
        val: Int32(bitPattern: choice.letter.value)))
  }
  unsafe table.append(CLinux.option())
  return unsafe table
}

/// Strings as C takes a command line: getopt moves the pointers, so they are given back in any
/// order.
@safe private final class CStrings {
  let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    unsafe pointer = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { unsafe pointer[index] = strdup(string) }
    unsafe pointer[count] = nil
  }

  deinit {
    for index in 0..<count { unsafe free(pointer[index]) }
    unsafe pointer.deallocate()
  }

  func strings(from first: Int) -> [String] {
    (min(first, count)..<count).compactMap { index in
      unsafe pointer[index].map { unsafe String(cString: $0) }
    }
  }
}
