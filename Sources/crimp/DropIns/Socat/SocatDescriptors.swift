import CLinux
import Glibc

/// What `-D` shows: every open descriptor, in the columns that filan(1) has.
enum SocatDescriptors {
  /// Writes them to standard error.
  static func write() {
    var text =
      "  FD  type\tdevice\tinode\tmode\tlinks\tuid\tgid\trdev\tsize\tblksize\tblocks\tatime\t\t\t\tmtime"
      + "\t\t\t\tctime\t\t\t\tcloexec\tflags\n"
    for descriptor in Int32(0)..<256 {
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0 else { continue }
      text += row(descriptor, status)
    }
    StandardStream.error.write(text)
  }

  private static func row(_ descriptor: Int32, _ status: stat) -> String {
    let flags = fcntl(descriptor, F_GETFL)
    // The members of timespec are out of reach beside FoundationEssentials; the seconds stand first.
    let times = [status.st_atim, status.st_mtim, status.st_ctim].map { moment in
      unsafe time(withUnsafeBytes(of: moment) { unsafe $0.load(as: Int.self) })
    }
    let columns: [String] = [
      "\(kind(status.st_mode))", numbers(status.st_dev), "\(status.st_ino)",
      "0" + String(status.st_mode, radix: 8), "\(status.st_nlink)", "\(status.st_uid)",
      "\(status.st_gid)", numbers(status.st_rdev), "\(status.st_size)", "\(status.st_blksize)",
      "\(status.st_blocks)", times[0], times[1], times[2],
      fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0 ? "1" : "0", "x" + String(flags, radix: 16),
    ]
    let number = String(descriptor)
    return String(repeating: " ", count: max(0, 4 - number.count)) + number + ": "
      + columns.joined(separator: "\t") + "\n"
  }

  private static func numbers(_ device: dev_t) -> String {
    // makedev(3): the bits of both numbers lie apart.
    let major = device >> 8 & 0xfff | device >> 32 & ~0xfff
    let minor = device & 0xff | device >> 12 & ~0xff
    return "\(major),\(minor)"
  }

  private static func kind(_ mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFIFO: "pipe"
    case S_IFCHR: "chrdev"
    case S_IFBLK: "blkdev"
    case S_IFSOCK: "socket"
    case S_IFDIR: "dir"
    case S_IFREG: "file"
    default: "anon"
    }
  }

  private static func time(_ seconds: Int) -> String {
    var seconds = seconds
    var text = [CChar](repeating: 0, count: 32)
    guard unsafe ctime_r(&seconds, &text) != nil else { return "?" }
    return String(
      decoding: text.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
