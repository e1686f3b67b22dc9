// swift-tools-version: 6.2
// Programs that `make bench` times. Nested, so that an ordinary build never sees them.
import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "crimp", path: "..")],
  targets: [
    .executableTarget(
      name: "eventloop-pingpong",
      dependencies: [.product(name: "EventLoop", package: "crimp")],
      path: "loop/EventLoopPingPong",
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
      ])
  ],
  swiftLanguageModes: [.v6]
)
