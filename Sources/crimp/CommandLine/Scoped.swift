import ArgumentParser
import LinkLayer

/// An argument that may name its interface behind a percent sign, as `fe80::1%eth0`: RFC 4007,
/// section 11. Only IPv6 addresses have that form.
struct Scoped<Value: ExpressibleByArgument & Sendable>: ExpressibleByArgument, Sendable {
  /// What stands before the percent sign.
  var value: Value
  /// The whole argument, when it names an interface.
  var text: String?
  /// The interface that it names.
  var zone: String?

  init?(argument: String) {
    guard let sign = argument.firstIndex(of: "%") else {
      guard let value = Value(argument: argument) else { return nil }
      self.value = value
      return
    }
    let (address, zone) = (argument[..<sign], argument[argument.index(after: sign)...])
    guard IPv6Address(String(address)) != nil, !zone.isEmpty, !zone.contains("%"),
      let value = Value(argument: String(address))
    else { return nil }
    (self.value, self.text, self.zone) = (value, argument, String(zone))
  }
}

extension LinkOptions {
  /// The settings, with the interface that `arguments` name. All of them and `--interface` must agree.
  func settings<Value>(for arguments: [Scoped<Value>]) throws(CommandFailure) -> LinkSettings {
    var settings = settings
    for argument in arguments {
      guard let zone = argument.zone, let text = argument.text else { continue }
      guard settings.interface == nil || settings.interface == zone else {
        throw CommandFailure(
          .usage, "\(text): expected the interface \(settings.interface ?? ""), which is named too")
      }
      settings.interface = zone
    }
    return settings
  }
}
