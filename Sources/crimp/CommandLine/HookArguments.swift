import LinkLayer

/// The form of `crimp announce` that hooks write, read without swift-argument-parser.
///
/// The library costs 1.2 ms before the first frame (ARCHITECTURE.md); a failover feels that. What
/// is not known here is left to the library: this reader answers no, never with an error.
extension AnnounceRequest {
  /// Reads the arguments after `announce` into a request that is new; false leaves them, and a new
  /// request, to the full parser. In place, because an optional request costs the runtime 10 µs.
  mutating func readHookForm(_ arguments: [String]) -> Bool {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("-") else {
        guard let address = IPAddress(argument) else { return false }
        addresses.append(address)
        continue
      }
      let (name, attached) = Self.split(argument)
      if attached == nil, takeFlag(name) { continue }
      if name == "--confirm" {
        guard let attached else { return false }
        guard takeValue(attached, of: name) else { return false }
        continue
      }
      guard let value = attached ?? rest.popFirst(), takeValue(value, of: name) else {
        return false
      }
    }
    return (try? validate()) != nil
  }

  private static func split(_ argument: String) -> (name: String, value: String?) {
    guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else {
      return (argument, nil)
    }
    return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
  }

  private mutating func takeFlag(_ name: String) -> Bool {
    switch name {
    case "-q", "--quiet": link.quiet = true
    case "--all": all = true
    case "--no-request": sendsRequest = false
    case "--no-reply": sendsReply = false
    case "--no-directed": sendsDirected = false
    case "--no-advertisement": sendsAdvertisement = false
    case "--new": isNew = true
    case "--force": force = true
    // Both of them is an error, which the full parser words.
    case "--foreground" where course != .background: course = .foreground
    case "--background" where course != .foreground: course = .background
    case "--confirm": confirmations.append(.gateway)
    default: return false
    }
    return true
  }

  private mutating func takeValue(_ value: String, of name: String) -> Bool {
    guard !value.isEmpty, !value.hasPrefix("-") else { return false }
    switch name {
    case "-i", "--interface": link.interface = value
    case "--netns": link.namespace = value
    case "--pidfile": pidfilePath = value
    case "-c", "--count":
      guard let number = Int(value) else { return false }
      count = number
    case "--rate":
      guard let number = Int(value) else { return false }
      rate = number
    case "--interval":
      guard let seconds = Double(value) else { return false }
      interval = seconds
    case "--again":
      guard let seconds = Double(value) else { return false }
      secondBurstDelay = seconds
    case "--refresh":
      guard let seconds = Double(value) else { return false }
      refreshInterval = seconds
    case "--wait":
      guard let seconds = Double(value) else { return false }
      carrierWait = seconds
    case "--deadline":
      guard let seconds = Double(value) else { return false }
      deadline = seconds
    case "--notify":
      guard let address = IPAddress(value) else { return false }
      notified.append(address)
    case "--confirm":
      guard let target = Confirmation(value) else { return false }
      confirmations.append(target)
    default: return false
    }
    return true
  }
}

extension AnnounceRequest.Confirmation {
  /// Reads `gateway` or an address.
  init?(_ text: String) {
    if text == "gateway" {
      self = .gateway
      return
    }
    guard let address = IPAddress(text) else { return nil }
    self = .host(address)
  }
}
