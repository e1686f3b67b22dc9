import Laboratory
import Testing

/// One laboratory for all tests of a serialized suite that leave it as they find it: to build one takes as
/// long as its carriers need.
///
/// Such tests ask for it by ``withSharedNetwork(_:)``.
struct SharedLaboratory: SuiteTrait, TestScoping {
  /// The network of the suite that runs. Its tests use it one after the other.
  private struct Standing: @unchecked Sendable {
    let network: LaboratoryNetwork
  }

  @TaskLocal private static var standing: Standing?

  /// Builds the network before the suite's first test, and takes it down after the last.
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let standing = Standing(network: try LaboratoryNetwork(usesIPv6: false))
    defer { standing.network.remove() }
    try await Self.$standing.withValue(standing) { try await function() }
  }

  /// The network of the suite; nil in a suite without one.
  static var network: LaboratoryNetwork? { standing?.network }
}

extension Trait where Self == SharedLaboratory {
  /// One laboratory for the whole suite.
  static var sharedLaboratory: Self { SharedLaboratory() }
}

/// Lends the laboratory of the suite.
func withSharedNetwork(_ body: (LaboratoryNetwork) throws -> Void) throws {
  try body(try #require(SharedLaboratory.network, "the suite has no shared laboratory"))
}
