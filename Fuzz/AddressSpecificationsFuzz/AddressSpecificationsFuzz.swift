import AddressSpecifications

/// Reads the bytes as an address specification, with and without the check of groups, and as a program's
/// command line.
///
/// Nothing may trap. What is refused is refused in words; and an address keeps to its type.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAddressSpecifications(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  let text = String(decoding: bytes, as: UTF8.self)
  for checksGroups in [true, false] {
    do throws(AddressError) {
      switch try AddressSpecification(text, checksGroups: checksGroups) {
      case .single(let address): check(address)
      case .dual(let reading, let writing):
        check(reading)
        check(writing)
      }
    } catch {
      precondition(!error.description.isEmpty)
    }
  }
  do throws(AddressError) {
    for word in try CommandWords.split(text) {
      precondition(word.utf8.count <= text.utf8.count, "a word is longer than the text")
    }
  } catch {
    precondition(!error.description.isEmpty)
  }
  return 0
}

private func check(_ address: SingleAddress) {
  let most = address.type.usage.split(separator: ":").count
  precondition(address.parameters.count <= most, "more parameters than the type has")
  for option in address.options.all {
    precondition(OptionDefinition(named: option.name)?.name == option.name, "an option of no name")
    precondition(address.options[option.name] != nil)
  }
  for parameter in address.parameters { precondition(!parameter.utf8.contains(0)) }
}
