import AddressSpecifications

/// What `-V` and `-h` print.
enum SocatHelp {
  /// The version whose manual this follows.
  static let versionNumber = "1.7.4.4"

  /// `-V`: the lines that scripts look for.
  static var version: String {
    let has = [
      "STDIO", "FDNUM", "FILE", "CREAT", "GOPEN", "TERMIOS", "PIPE", "UNIX",
      "ABSTRACT_UNIXSOCKET", "IP4", "IP6", "TCP", "UDP", "LISTEN", "SYSTEM", "EXEC", "PTY",
      "RETRY", "OPENSSL",
    ]
    let hasNot = [
      "RAWIP", "GENERICSOCKET", "INTERFACE", "SCTP", "VSOCK", "READLINE", "TUN", "FIPS", "LIBWRAP",
      "SYCLS", "FILAN",
    ]
    return "socat by crimp, in the dialect of socat\nsocat version \(versionNumber)\nfeatures:\n"
      + has.map { "  #define WITH_\($0) 1\n" }.joined()
      + hasNot.map { "  #undef WITH_\($0)\n" }.joined()
  }

  /// The help text: 0 addresses, 1 with the options' names, 2 with their other names.
  static func text(level: Int) -> String {
    var text = options + "   bi-address:\n      pipe[,<opts>]\tgroups=FD,FIFO\n"
    text += "      <single-address>!!<single-address>\n      <single-address>\n"
    text += "   single-address:\n      <address-head>[,<opts>]\n   address-head:\n"
    for type in AddressType.all where SocatAddressKind.isAvailable(type) {
      text += "      \(type.name)\(type.usage)\tgroups=\(type.groups)\n"
      guard level > 1 else { continue }
      for alias in type.aliases { text += "         \(alias) is an alias name for \(type.name)\n" }
    }
    guard level > 0 else { return text }
    let available = AddressType.all.reduce(into: Set<String>()) {
      $0.formUnion(SocatAddressKind.options(of: $1))
    }
    text += "   opts:\n      <opt>{,<opts>}:\n   opt:\n"
    for option in OptionDefinition.all where available.contains(option.name) {
      text +=
        "      \(option.name)\tgroups=\(option.groups)\tphase=\(option.phase)"
        + "\ttype=\(option.typeName)\n"
      guard level > 1 else { continue }
      for alias in option.aliases { text += "      \(alias) is an alias for \(option.name)\n" }
    }
    return text
  }

  private static let options = """
    socat by crimp, in the dialect of socat \(versionNumber)
    Usage:
    socat [options] <bi-address> <bi-address>
       options:
          -V             print the version and what is in it, and exit
          -h|-?          print this help: options and addresses
          -hh            the same, and the names of all address options
          -hhh           the same, and their other names
          -d[ddd]        tell more: warnings, notices, information, everything
          -D             show the open descriptors before bytes are moved
          -ly[facility]  log to the system's log (daemon)
          -lf<logfile>   log to a file
          -ls            log to standard error, as it does by itself
          -lm[facility]  log to standard error until all is open, then to the system's log
          -lp<progname>  the program's name in the log
          -lu            microseconds in the log's times
          -lh            the host's name in the log
          -v             show the bytes that are moved as text
          -x             show them as hexadecimal numbers
          -r <file>      keep the bytes from left to right in a file
          -R <file>      keep the bytes from right to left in a file
          -b<size>       how many bytes a step moves at most (8192)
          -s             go on after errors
          -t<seconds>    how long the second direction is waited for (0.5)
          -T<seconds>    end when no byte has moved for so long
          -u             from left to right alone
          -U             from right to left alone
          -g             take options of any group with any address
          -L <lockfile>  make a lock file, or fail
          -W <lockfile>  make a lock file, or wait for it
          -4             IPv4 where nothing else says a version
          -6             IPv6 where nothing else says a version

    """
}
