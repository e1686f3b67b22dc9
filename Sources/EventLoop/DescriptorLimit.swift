internal import CLinux

/// How many descriptors this process may have open.
public enum DescriptorLimit {
  /// Raises the limit as far as it may be raised without privilege (`RLIMIT_NOFILE`'s hard limit), and
  /// returns what it is then.
  ///
  /// For whoever keeps thousands of sockets open, and starts no program that uses `select(2)`.
  @discardableResult
  public static func raise() -> Int {
    Int(clamping: crimp_raise_descriptor_limit())
  }
}
