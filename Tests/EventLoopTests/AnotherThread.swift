import Glibc

/// Runs `body` on a thread of its own.
///
/// Not a detached task: each test that runs a loop holds a thread of the pool, and when all are held
/// a task that they wait for would never start.
func onAnotherThread(_ body: @escaping @Sendable () -> Void) {
  var thread = pthread_t()
  let box = Unmanaged.passRetained(Box(body: body))
  let status = pthread_create(
    &thread, nil,
    { argument in
      if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
      return nil
    }, box.toOpaque())
  precondition(status == 0)
  pthread_detach(thread)
}

private final class Box: Sendable {
  let body: @Sendable () -> Void

  init(body: @escaping @Sendable () -> Void) { self.body = body }
}
