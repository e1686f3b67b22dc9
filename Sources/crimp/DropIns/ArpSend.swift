/// `arpsend`, as OpenVZ's program answers: updates neighbours' caches, finds duplicates, asks, and
/// replies.
enum ArpSend {
  /// Exit statuses.
  enum Status {
    static let ok: Int32 = 0
    static let usage: Int32 = 1
    static let system: Int32 = 2
    /// Somebody answered who should not.
    static let answered: Int32 = 3
    /// Nobody answered who should.
    static let unanswered: Int32 = 4
  }

  /// Runs the command line and returns the exit status.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let console = Console()
    do throws(Exit) {
      let options = try ArpSendOptions(program: program, arguments, console)
      if let address = options.ipv6Address {
        return options.command == .update
          ? NDSend.announce(address, on: options.interface, console) : Status.ok
      }
      return try ArpSendSession(options, console).run()
    } catch {
      return error.status
    }
  }
}
