import IPMI
import Machines

/// One controller that a command speaks to.
struct FleetTarget {
  /// What the operator calls it.
  var label: String
  /// Its name or address, and its port.
  var host: String
  var port: UInt16
  var credentials: BMCCredentials
  var options: SessionOptions
}
