import AddressSpecifications
import Glibc
import Machines

/// socat's own options and the two addresses.
struct SocatCommandLine {
  /// Which way bytes go.
  enum Direction {
    case both
    case leftToRight
    case rightToLeft
  }

  /// What `-V` or `-h` asks for.
  var information: String?
  var first = ""
  var second = ""
  var direction = Direction.both
  /// How many bytes one step moves at most.
  var blockByteCount = 8192
  /// How long the second direction is waited for.
  var closingTimeout: Duration = .milliseconds(500)
  /// After how long without a byte it is over.
  var idleTimeout: Duration?
  var isSloppy = false
  var checksGroups = true
  var analyzesDescriptors = false
  var dumpsText = false
  var dumpsHex = false
  var rawLeftPath: String?
  var rawRightPath: String?
  var lock: SocatLock?
  /// The version of IP where neither address nor option says one.
  var prefersIPv6: Bool?

  /// Reads the command line; what concerns the log takes effect at once.
  init(_ arguments: [String], _ log: SocatLog) throws(SocatFailure) {
    var rest = arguments[...]
    while let argument = rest.first, argument.hasPrefix("-"), argument != "-",
      !argument.hasPrefix("-,"), !argument.hasPrefix("-!!"), !argument.hasPrefix("-:")
    {
      rest = rest.dropFirst()
      try read(argument, &rest, log)
      if information != nil { return }
    }
    guard rest.count == 2, let first = rest.first, let second = rest.last else {
      throw SocatFailure(
        "exactly 2 addresses required (there are \(rest.count)); use option \"-h\" for help")
    }
    (self.first, self.second) = (first, second)
  }

  private mutating func read(
    _ argument: String, _ rest: inout ArraySlice<String>, _ log: SocatLog
  ) throws(SocatFailure) {
    guard let letter = argument.dropFirst().first else { return }
    let glued = String(argument.dropFirst(2))
    switch letter {
    case "d" where glued.allSatisfy { $0 == "d" }:
      let level = log.threshold.rawValue - 1 - glued.count
      log.threshold = SocatLog.Level(rawValue: max(0, level)) ?? .debug
    case "l": try readLog(glued, &rest, log)
    case "h",
      "?" where glued.allSatisfy { $0 == letter }:
      information = SocatHelp.text(level: min(2, glued.count))
    case "b": blockByteCount = max(1, Int(try number(letter, try value(letter, glued, &rest))))
    case "t": closingTimeout = try seconds(letter, try value(letter, glued, &rest))
    case "T":
      let timeout = try seconds(letter, try value(letter, glued, &rest))
      idleTimeout = timeout > .zero ? timeout : nil
    case "r": rawLeftPath = try value(letter, glued, &rest)
    case "R": rawRightPath = try value(letter, glued, &rest)
    case "L": lock = SocatLock(path: try value(letter, glued, &rest), waits: false)
    case "W": lock = SocatLock(path: try value(letter, glued, &rest), waits: true)
    case _ where !glued.isEmpty:
      let instead = argument.dropFirst().map { "-\($0)" }.joined(separator: " ")
      StandardStream.error.write(
        "Do not merge single character options, i.e. use \"\(instead)\" instead of \"\(argument)\"\n"
      )
      throw SocatFailure.silent(status: 1)
    default: try readSwitch(letter, argument)
    }
  }

  private mutating func readSwitch(
    _ letter: Character, _ argument: String
  ) throws(SocatFailure) {
    switch letter {
    case "V": information = SocatHelp.version
    case "D": analyzesDescriptors = true
    case "v": dumpsText = true
    case "x": dumpsHex = true
    case "s": isSloppy = true
    case "u": direction = .leftToRight
    case "U": direction = .rightToLeft
    case "g": checksGroups = false
    case "4": prefersIPv6 = false
    case "6": prefersIPv6 = true
    default: throw SocatFailure("unknown option \"\(argument)\"; use option \"-h\" for help")
    }
  }

  private func readLog(
    _ glued: String, _ rest: inout ArraySlice<String>, _ log: SocatLog
  ) throws(SocatFailure) {
    guard let letter = glued.first else {
      throw SocatFailure("unknown log option \"-l\"; use option \"-h\" for help")
    }
    let argument = String(glued.dropFirst())
    switch letter {
    case "s": log.target = .descriptor(2)
    case "u": log.hasMicroseconds = true
    case "h": log.namesHost = true
    case "p": log.program = try value("l", argument, &rest)
    case "f":
      let path = try value("l", argument, &rest)
      let descriptor = unsafe open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o664)
      guard descriptor >= 0 else {
        throw SocatFailure("cannot open log file \"\(path)\": \(SocatWords.reason(errno))")
      }
      log.target = .descriptor(descriptor)
    case "y", "m":
      let name = argument.isEmpty ? "daemon" : argument
      guard let facility = SocatLog.facility(name) else {
        throw SocatFailure("unknown syslog facility \"\(name)\"")
      }
      if letter == "y" {
        log.target = .system(facility: facility)
      } else {
        log.targetOnceOpen = .system(facility: facility)
      }
    default:
      throw SocatFailure("unknown log option \"-l\(glued)\"; use option \"-h\" for help")
    }
  }

  private func value(
    _ letter: Character, _ glued: String, _ rest: inout ArraySlice<String>
  ) throws(SocatFailure) -> String {
    if !glued.isEmpty { return glued }
    guard let next = rest.popFirst() else {
      throw SocatFailure("option -\(letter) requires an argument; use option \"-h\" for help")
    }
    return next
  }

  private func number(_ letter: Character, _ text: String) throws(SocatFailure) -> Int64 {
    do throws(AddressError) {
      return min(try Number.read(text, text: "-\(letter)"), 1 << 30)
    } catch {
      throw SocatFailure(error)
    }
  }

  private func seconds(_ letter: Character, _ text: String) throws(SocatFailure) -> Duration {
    do throws(AddressError) {
      return max(.zero, try Number.readSeconds(text, text: "-\(letter)"))
    } catch {
      throw SocatFailure(error)
    }
  }
}
