import AddressSpecifications
import Support
import Testing

@Suite struct PropertyTests {
  /// Whatever a parameter is, there is a way to write it.
  @Test func quotedParametersComeBackAsTheyWere() throws {
    var random = SeededGenerator(seed: 0x50ca7)
    let letters = Array("ab:,!=\\'\"([{)]} \n\u{e9}".unicodeScalars)
    for _ in 0..<2000 {
      var parameter = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        parameter.append(letters[Int.random(in: 0..<letters.count, using: &random)])
      }
      let plain = String(parameter)
      var written = ""
      for scalar in parameter {
        written += scalar == "\n" ? "\\n" : "\\\(scalar)"
      }
      let specification = try AddressSpecification("OPEN:\(written),mode=0600")
      guard case .single(let address) = specification else {
        Issue.record("\(written) is dual")
        continue
      }
      // A letter behind a backslash may be a control character.
      let expected = plain.replacing("a", with: "\u{7}").replacing("b", with: "\u{8}")
      #expect(address.parameters == [expected])
      #expect(address.options.number("perm") == 0o600)
    }
  }

  @Test func nothingTraps() {
    var random = SeededGenerator(seed: 0xadd4e55)
    let pieces = [
      "TCP", ":", ",", "!!", "=", "'", "\"", "\\", "(", "]", "{", "0", "7", "x", "-", "mode",
      "bind",
      "setsockopt", "ip-add-membership", "escape", "9223372036854775808", "1e400", "nan", "\0",
    ]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0...12, using: &random))
        .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
      do throws(AddressError) {
        _ = try AddressSpecification(text, checksGroups: false)
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }

  /// Names lead to their definitions, and none is given twice.
  @Test func tablesAreWhole() {
    let options = OptionDefinition.all.flatMap { [$0.name] + $0.aliases }
    #expect(OptionDefinition.all.count == 389 && Set(options).count == options.count)
    for option in OptionDefinition.all {
      #expect(OptionDefinition(named: option.name.uppercased())?.name == option.name)
      #expect(!option.groups.isEmpty)
    }
    let types = AddressType.all.flatMap { [$0.name] + $0.aliases }
    #expect(AddressType.all.count == 83 && Set(types).count == types.count)
    for type in AddressType.all { #expect(AddressType(named: type.name) == type) }
  }
}
