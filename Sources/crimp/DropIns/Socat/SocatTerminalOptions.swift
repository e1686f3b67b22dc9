import AddressSpecifications
import EventLoop
import Glibc

/// Options of terminals: flags, characters and speeds of termios(3).
enum SocatTerminalOptions {
  /// Which word of `termios` a flag is in.
  private enum Word {
    case input
    case output
    case control
    case local
  }

  private static let flags: [String: (Word, Int32)] = [
    "ignbrk": (.input, IGNBRK), "brkint": (.input, BRKINT), "ignpar": (.input, IGNPAR),
    "parmrk": (.input, PARMRK), "inpck": (.input, INPCK), "istrip": (.input, ISTRIP),
    "inlcr": (.input, INLCR), "igncr": (.input, IGNCR), "icrnl": (.input, ICRNL),
    "ixon": (.input, IXON), "ixany": (.input, IXANY), "ixoff": (.input, IXOFF),
    "imaxbel": (.input, IMAXBEL),
    "opost": (.output, OPOST), "onlcr": (.output, ONLCR), "ocrnl": (.output, OCRNL),
    "onocr": (.output, ONOCR), "onlret": (.output, ONLRET), "ofill": (.output, OFILL),
    "ofdel": (.output, OFDEL),
    "cstopb": (.control, CSTOPB), "cread": (.control, CREAD), "parenb": (.control, PARENB),
    "parodd": (.control, PARODD), "hupcl": (.control, HUPCL), "clocal": (.control, CLOCAL),
    "crtscts": (.control, Int32(bitPattern: 0x8000_0000)),
    "isig": (.local, ISIG), "icanon": (.local, ICANON), "echo": (.local, ECHO),
    "echoe": (.local, ECHOE), "echok": (.local, ECHOK), "echonl": (.local, ECHONL),
    "noflsh": (.local, NOFLSH), "tostop": (.local, TOSTOP), "iexten": (.local, IEXTEN),
    "echoctl": (.local, 0o1000), "echoprt": (.local, 0o2000), "echoke": (.local, 0o4000),
  ]

  private static let characters: [String: Int32] = [
    "vintr": VINTR, "vquit": VQUIT, "verase": VERASE, "vkill": VKILL, "veof": VEOF, "vmin": VMIN,
    "veol": VEOL, "veol2": VEOL2, "vstart": VSTART, "vstop": VSTOP, "vsusp": VSUSP, "vtime": VTIME,
    "vreprint": VREPRINT, "vwerase": VWERASE, "vlnext": VLNEXT, "vdiscard": VDISCARD,
  ]

  private static let sizes: [String: Int32] = ["cs5": CS5, "cs6": CS6, "cs7": CS7, "cs8": CS8]

  /// Baud rates and the kernel's codes for them (`asm-generic/termbits.h`).
  private static let speeds: [Int64: speed_t] = [
    0: 0, 50: 1, 75: 2, 110: 3, 134: 4, 150: 5, 200: 6, 300: 7, 600: 8, 1200: 9, 1800: 10,
    2400: 11, 4800: 12, 9600: 13, 19200: 14, 38400: 15, 57600: 0o10001, 115_200: 0o10002,
    230_400: 0o10003, 460_800: 0o10004, 500_000: 0o10005, 576_000: 0o10006, 921_600: 0o10007,
    1_000_000: 0o10010, 1_152_000: 0o10011, 1_500_000: 0o10012, 2_000_000: 0o10013,
    2_500_000: 0o10014, 3_000_000: 0o10015, 3_500_000: 0o10016, 4_000_000: 0o10017,
  ]

  /// The options that are here.
  static let names: [String] =
    Array(flags.keys) + Array(characters.keys) + Array(sizes.keys) + speeds.keys.map { "b\($0)" }
    + ["raw", "termios-rawer", "termios-cfmakeraw", "sane", "ispeed", "ospeed"]

  /// Sets a terminal as the options want; nothing is asked of it when there are none.
  ///
  /// - Throws: `ENOTTY` when it is none.
  static func apply(_ options: AddressOptions, to descriptor: Int32) throws(SystemError) {
    let wanted = options.all.filter { Set(names).contains($0.name) }
    guard !wanted.isEmpty else { return }
    var settings = termios()
    _ = try Syscalls.retrying("tcgetattr") { unsafe tcgetattr(descriptor, &settings) }
    for option in wanted { apply(option, to: &settings) }
    _ = try Syscalls.retrying("tcsetattr") {
      unsafe tcsetattr(descriptor, TCSADRAIN, &settings)
    }
  }

  private static func apply(_ option: AddressOption, to settings: inout termios) {
    var number: Int64 = 1
    if case .number(let value) = option.value { number = value }
    if let (word, flag) = flags[option.name] {
      return set(word, tcflag_t(bitPattern: flag), number != 0, &settings)
    }
    if let index = characters[option.name] {
      unsafe withUnsafeMutableBytes(of: &settings.c_cc) { bytes in
        unsafe bytes[Int(index)] = UInt8(truncatingIfNeeded: number)
      }
      return
    }
    if let size = sizes[option.name] {
      settings.c_cflag = settings.c_cflag & ~tcflag_t(CSIZE) | tcflag_t(size)
      return
    }
    switch option.name {
    case "raw", "termios-rawer", "termios-cfmakeraw": makeRaw(option.name, &settings)
    case "sane": makeSane(&settings)
    case "ispeed": unsafe cfsetispeed(&settings, speeds[number] ?? 0)
    case "ospeed": unsafe cfsetospeed(&settings, speeds[number] ?? 0)
    case let name where name.hasPrefix("b"):
      guard let speed = Int64(name.dropFirst()).flatMap({ speeds[$0] }) else { return }
      unsafe cfsetispeed(&settings, speed)
      unsafe cfsetospeed(&settings, speed)
    default: break
    }
  }

  private static func set(
    _ word: Word, _ flag: tcflag_t, _ isOn: Bool, _ settings: inout termios
  ) {
    func changed(_ value: tcflag_t) -> tcflag_t { isOn ? value | flag : value & ~flag }
    switch word {
    case .input: settings.c_iflag = changed(settings.c_iflag)
    case .output: settings.c_oflag = changed(settings.c_oflag)
    case .control: settings.c_cflag = changed(settings.c_cflag)
    case .local: settings.c_lflag = changed(settings.c_lflag)
    }
  }

  /// `raw` leaves the echo as it is; the others turn it off.
  private static func makeRaw(_ name: String, _ settings: inout termios) {
    let local = settings.c_lflag
    unsafe cfmakeraw(&settings)
    if name == "raw" {
      let kept = tcflag_t(ECHO | ECHONL)
      settings.c_lflag = settings.c_lflag & ~kept | local & kept
    }
  }

  private static func makeSane(_ settings: inout termios) {
    settings.c_iflag |= tcflag_t(BRKINT | ICRNL | IMAXBEL | IXON)
    settings.c_iflag &= ~tcflag_t(IGNBRK | INLCR | IGNCR | IXOFF | IXANY)
    settings.c_oflag |= tcflag_t(OPOST | ONLCR)
    settings.c_oflag &= ~tcflag_t(OCRNL | ONOCR | ONLRET | OFILL | OFDEL)
    settings.c_cflag |= tcflag_t(CREAD)
    settings.c_lflag |= tcflag_t(ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | 0o5000)
    settings.c_lflag &= ~tcflag_t(ECHONL | NOFLSH | TOSTOP | 0o2000)
  }
}

extension SocatOpener {
  /// Sets a terminal as the options of its address want.
  func applyTerminal(_ options: AddressOptions, to descriptor: Int32) throws(SocatFailure) {
    try attempt { () throws(SocatFailure) in
      do throws(SystemError) {
        try SocatTerminalOptions.apply(options, to: descriptor)
      } catch {
        throw SocatFailure("tcgetattr(\(descriptor))", error)
      }
    }
  }
}
