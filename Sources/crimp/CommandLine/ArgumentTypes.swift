public import ArgumentParser
public import LinkLayer

// Field values as command-line arguments. A value that does not parse becomes the library's one
// line, which names the option and the text.

extension IPAddress: ExpressibleByArgument {
  /// Reads an IPv4 or IPv6 address.
  public init?(argument: String) { self.init(argument) }
}

extension HardwareAddress: ExpressibleByArgument {
  /// Reads the address of one station: 6 bytes on Ethernet, 20 on InfiniBand.
  public init?(argument: String) {
    self.init(argument)
    guard count == 6 || count == 20, macAddress?.isMulticast != true else { return nil }
  }
}

extension VLANTag: ExpressibleByArgument {
  /// Reads `ID` or `ID,PRIORITY`: 0 to 4094, and 0 to 7.
  public init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let identifier = UInt16(parts[0]), identifier < 4095
    else { return nil }
    guard parts.count == 2 else {
      self.init(identifier: identifier)
      return
    }
    guard let priority = UInt8(parts[1]), priority < 8 else { return nil }
    self.init(priority: priority, identifier: identifier)
  }
}

extension AnnounceRequest.Confirmation: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}
