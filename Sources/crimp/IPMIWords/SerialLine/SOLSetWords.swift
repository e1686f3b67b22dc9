import IPMI
import Machines

/// `sol set PARAMETER VALUE [CHANNEL] [noguard]`.
enum SOLSetWords {
  static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard (2...4).contains(words.count), let name = words.next(), let value = words.next() else {
      throw .wrong("sol set: expected a parameter, a value and perhaps a channel", help)
    }
    var channel = ChannelNumber.current
    var isGuarded = true
    if words.count == 1, words.takes("noguard") {
      isGuarded = false
    } else if let word = words.next() {
      channel = try WordReader.channel(word)
      // The original passes over any other word here.
      if words.next() == "noguard" { isGuarded = false }
    }
    guard let parameter = parameters.first(where: { $0.name == name }) else {
      let names = parameters.map(\.name).joined(separator: ", ")
      throw .wrong(
        "sol set \(name): expected one of \(names)", "Error: invalid SOL parameter \(name)")
    }
    guard let change = parameter.change(value) else {
      let quote = name.hasSuffix("bit-rate") ? "\"" : ""
      throw .wrong(
        "sol set \(name) \(value): expected \(parameter.expected)",
        "Invalid value \(quote)\(value)\(quote) for parameter \(quote)\(name)\(quote)\n"
          + "Valid values are \(parameter.expected)")
    }
    return SetSOL(
      channel: channel, name: name, value: value, change: change,
      // The mark that parameters are being changed is no parameter to mark.
      isGuarded: isGuarded && name != "set-in-progress")
  }

  /// What may be set: its name, its values in words, and what a value makes of the present ones.
  private struct Parameter: Sendable {
    var name: String
    var expected: String
    var change: @Sendable (String) -> SetSOL.Change?
  }

  private static let truths = "true and false"
  private static let rates = "serial, 9.6 19.2, 38.4, 57.6 and 115.2"

  private static let parameters: [Parameter] = [
    Parameter(
      name: "set-in-progress", expected: "set-complete, set-in-progress and commit-write"
    ) { text in
      let states = ["set-complete", "set-in-progress", "commit-write"]
      return states.firstIndex(of: text).map {
        .to(.setInProgress(SetInProgress(rawValue: UInt8($0))))
      }
    },
    Parameter(name: "enabled", expected: truths) { text in
      truth(text).map { .to(.enable($0)) }
    },
    Parameter(name: "force-encryption", expected: truths) { text in
      truth(text).map { value in
        .of {
          .authentication(
            forcesEncryption: value, forcesAuthentication: $0.forceAuthentication, $0.limit)
        }
      }
    },
    Parameter(name: "force-authentication", expected: truths) { text in
      truth(text).map { value in
        .of {
          .authentication(
            forcesEncryption: $0.forceEncryption, forcesAuthentication: value, $0.limit)
        }
      }
    },
    Parameter(name: "privilege-level", expected: "user, operator, admin, and oem") { text in
      let levels: [String: UInt8] = ["user": 2, "operator": 3, "admin": 4, "oem": 5]
      return levels[text].map { level in
        .of {
          .authentication(
            forcesEncryption: $0.forceEncryption, forcesAuthentication: $0.forceAuthentication,
            PrivilegeLimit(rawValue: level))
        }
      }
    },
    Parameter(name: "character-accumulate-level", expected: "1-255") { text in
      number(text, 1...255).map { value in
        .of { .accumulation(interval: value, threshold: $0.sendThreshold) }
      }
    },
    Parameter(name: "character-send-threshold", expected: "0-255") { text in
      number(text, 0...255).map { value in
        .of { .accumulation(interval: $0.accumulateInterval, threshold: value) }
      }
    },
    Parameter(name: "retry-count", expected: "0-7") { text in
      number(text, 0...7).map { value in
        .of { .retry(count: value, interval: $0.retryInterval) }
      }
    },
    Parameter(name: "retry-interval", expected: "0-255") { text in
      number(text, 0...255).map { value in
        .of { .retry(count: $0.retryCount, interval: value) }
      }
    },
    Parameter(name: "non-volatile-bit-rate", expected: rates) { text in
      rate(text).map { .to(.nonVolatileBitRate($0)) }
    },
    Parameter(name: "volatile-bit-rate", expected: rates) { text in
      rate(text).map { .to(.volatileBitRate($0)) }
    },
  ]

  private static func truth(_ text: String) -> Bool? {
    text == "true" ? true : text == "false" ? false : nil
  }

  private static func number(_ text: String, _ range: ClosedRange<UInt8>) -> UInt8? {
    guard let number = WordNumber.parse(text, as: UInt8.self), range.contains(number) else {
      return nil
    }
    return number
  }

  private static func rate(_ text: String) -> SOLParameter.BitRate? {
    let rates: [String: SOLParameter.BitRate] = [
      "serial": .asSerialChannel, "9.6": .rate9600, "19.2": .rate19200, "38.4": .rate38400,
      "57.6": .rate57600, "115.2": .rate115200,
    ]
    return rates[text]
  }

  static let help = """

    SOL set parameters and values:\u{20}

      set-in-progress             set-complete | set-in-progress | commit-write
      enabled                     true | false
      force-encryption            true | false
      force-authentication        true | false
      privilege-level             user | operator | admin | oem
      character-accumulate-level  <in 5 ms increments>
      character-send-threshold    N
      retry-count                 N
      retry-interval              <in 10 ms increments>
      non-volatile-bit-rate       serial | 9.6 | 19.2 | 38.4 | 57.6 | 115.2
      volatile-bit-rate           serial | 9.6 | 19.2 | 38.4 | 57.6 | 115.2

    """
}
