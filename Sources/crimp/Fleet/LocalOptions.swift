import ArgumentParser

/// Whether a command is for the management controller of this machine.
struct LocalOptions: ParsableArguments {
  @Flag(help: "This machine's own controller, by its IPMI device; no hosts then, and no password.")
  var local = false

  @Option(
    help: ArgumentHelp("With --local: which device, 0 for /dev/ipmi0.", valueName: "number"))
  var device: Int?

  func validate() throws {
    guard let device else { return }
    guard local else { throw ValidationError("--device \(device): expected --local with it") }
    guard (0...255).contains(device) else {
      throw ValidationError("--device \(device): expected 0 to 255")
    }
  }
}
