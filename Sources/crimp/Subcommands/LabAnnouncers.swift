import Glibc
import Laboratory

/// The announcers that a laboratory can compare, in the forms that their manuals give for failover.
struct LabAnnouncers {
  /// A directory searched before those of PATH.
  var directory: String?

  /// Crimp itself, run from the binary that is running.
  static let crimp: [Announcer] = [
    Announcer(
      name: "crimp announce",
      command: [executable, "announce", "--interface", "{interface}", "{address}"])
  ]

  private static var executable: String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &path, path.count - 1)
    guard count > 0 else { return "/proc/self/exe" }
    return String(decoding: path[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The originals that are installed and that can announce what `scenario` moves.
  func installed(for scenario: FailoverScenario) -> [Announcer] {
    Self.originals(for: scenario).compactMap { original in
      guard let command = original.command, let program = command.first,
        let path = path(of: program)
      else { return nil }
      return Announcer(name: original.name, command: [path] + command.dropFirst())
    }
  }

  private static func originals(for scenario: FailoverScenario) -> [Announcer] {
    if scenario == .ipv6 {
      return [
        Announcer(
          name: "send_ua", command: ["send_ua", "-c", "1", "{address}", "64", "{interface}"])
      ]
    }
    return [
      Announcer(
        name: "arping (iputils) -U",
        command: ["arping.iputils", "-U", "-c", "1", "-I", "{interface}", "{address}"]),
      Announcer(
        name: "arping (iputils) -A",
        command: ["arping.iputils", "-A", "-c", "1", "-I", "{interface}", "{address}"]),
      Announcer(
        name: "arping (Habets) -U",
        command: [
          "arping.habets", "-U", "-c", "1", "-i", "{interface}", "-S", "{address}", "{address}",
        ]),
      Announcer(
        name: "send_arp",
        command: [
          "send_arp", "-r", "1", "{interface}", "{address}", "auto", "not_used", "not_used",
        ]),
    ]
  }

  /// Where the program is; the two arpings share a name, and are told apart by what they say of
  /// themselves.
  private func path(of program: String) -> String? {
    let signatures = ["arping.iputils": "iputils", "arping.habets": "Thomas Habets"]
    let plain = program.split(separator: ".").first.map(String.init) ?? program
    for directory in directories {
      for name in [program, plain] {
        let path = "\(directory)/\(name)"
        guard unsafe access(path, X_OK) == 0 else { continue }
        guard let signature = signatures[program] else { return path }
        if ProgramText.contains(signature, inFileAt: path) { return path }
      }
    }
    return nil
  }

  private var directories: [String] {
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
    let searched = path.split(separator: ":").map(String.init)
    return [directory].compactMap { $0 } + searched
      + ["/usr/libexec/heartbeat", "/usr/bin", "/usr/sbin"]
  }
}

/// The text in a program's file.
private enum ProgramText {
  /// Whether `text` stands in the first mebibyte of the file.
  static func contains(_ text: String, inFileAt path: String) -> Bool {
    guard let file = unsafe fopen(path, "rb") else { return false }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    let wanted = Array(text.utf8)
    return (0..<max(0, count - wanted.count)).contains { offset in
      bytes[offset] == wanted[0] && bytes[offset..<offset + wanted.count].elementsEqual(wanted)
    }
  }
}
