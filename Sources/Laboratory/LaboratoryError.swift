public import EventLoop
public import Links

/// Why the laboratory could not be built or a trial could not be carried out.
public enum LaboratoryError: Error, Hashable, Sendable {
  /// The kernel refused to build a part of it; it needs root in a namespace of its own.
  case network(NetlinkError)
  /// A system call failed.
  case system(SystemError)
  /// The client never reached the service address, although it had not moved yet.
  case unreachableBeforeMove
  /// The trial was interrupted.
  case interrupted
}

/// Runs `body`, whose only errors are those of the laboratory's parts, and names them as its own.
func asLaboratory<Value>(_ body: () throws -> Value) throws(LaboratoryError) -> Value {
  do {
    return try body()
  } catch let error as NetlinkError {
    throw .network(error)
  } catch let error as SystemError {
    throw .system(error)
  } catch {
    throw .interrupted
  }
}
