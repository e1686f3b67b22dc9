import ArgumentParser

/// The root of the native subcommands.
struct Crimp: ParsableCommand {
  /// The subcommands' names. Each names itself: the library makes a name of a type's, which takes long.
  static var commandNames: [String] {
    configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// The subcommand of this name.
  static func command(named name: String) -> (any ParsableCommand.Type)? {
    configuration.subcommands.first { $0.configuration.commandName == name }
  }

  static let configuration = CommandConfiguration(
    commandName: "crimp",
    abstract: "The link-layer toolkit for people who run networks.",
    discussion: """
      Every subcommand says what it needs; CAP_NET_RAW is enough for all that speak on a link. \
      Exit status: 0 yes or done, 1 the answer is no, 64 usage, 66 no such input, 69 unavailable, \
      71 system error, 74 file error, 77 permission missing. Errors are a line on standard error, \
      with --json too.

      Other programs' names are commands as well, with the originals' arguments: arping, \
      arping.iputils, ipoibarping, send_arp, send_ua, arpsend, ndsend, arp-scan, wakeonlan, \
      etherwake, nc, socat, ipmitool, ipmipower and more: crimp-arping(8), crimp(8).
      """,
    version: "0.1.0",
    subcommands: [
      Announce.self,
      Probe.self,
      Ping.self,
      Wake.self,
      LinksCommand.self,
      NeighborsCommand.self,
      Check.self,
      Scan.self,
      Watch.self,
      Power.self,
      Discover.self,
      IPMICommand.self,
      ConsoleCommand.self,
      AuditCommand.self,
      BMCCommand.self,
      RelayCommand.self,
      ListenCommand.self,
      CaptureCommand.self,
      Craft.self,
      ReplayCommand.self,
      Decode.self,
      ReplayTestCommand.self,
      Lab.self,
    ])
}
