extension BootFlags {
  /// ``verbosity`` as ipmitool prints it.
  public var verbosityText: String {
    switch verbosity {
    case 0: "System Default"
    case 1: "Request Quiet Display"
    case 2: "Request Verbose Display"
    default: "Flag error"
    }
  }

  /// ``consoleRedirection`` as ipmitool prints it.
  public var consoleRedirectionText: String {
    switch consoleRedirection {
    case 0: "Console redirection occurs per BIOS configuration setting (default)"
    case 1: "Suppress (skip) console redirection if enabled"
    case 2: "Request console redirection be enabled"
    default: "Flag error"
    }
  }

  /// ``serialSwitch`` as ipmitool prints it.
  public var serialSwitchText: String {
    switch serialSwitch {
    case 0: "BIOS uses recommended setting of the mux at the end of POST"
    case 1: "Requests BIOS to force mux to BMC at conclusion of POST/start of OS boot"
    case 2: "Requests BIOS to force mux to system at conclusion of POST/start of OS boot"
    default: "Flag error"
    }
  }
}
