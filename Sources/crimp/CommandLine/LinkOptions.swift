import ArgumentParser
import LinkLayer

/// The options that every command on a link shares, as swift-argument-parser reads them.
struct LinkOptions: ParsableArguments {
  @Option(
    name: [.short, .long], help: "Interface; without it, the one that has or reaches the address.")
  var interface: String?

  @Option(help: ArgumentHelp("Network namespace, by name or path.", valueName: "name"))
  var netns: String?

  @Option(help: ArgumentHelp("802.1Q tag of every frame.", valueName: "id[,priority]"))
  var vlan: VLANTag?

  @Flag(help: "One JSON object a line.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  @Option(
    help: ArgumentHelp("Write every frame sent and heard to a pcapng file.", valueName: "file"))
  var record: String?

  @Option(help: ArgumentHelp("Run against a capture in place of a link.", valueName: "file"))
  var replay: String?

  var settings: LinkSettings {
    LinkSettings(
      interface: interface, namespace: netns, tag: vlan, json: json, quiet: quiet,
      recordPath: record, replayPath: replay)
  }
}
