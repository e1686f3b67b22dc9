// swift-tools-version: 6.2
// Programs that `make bench` times. Nested, so that an ordinary build never sees them.
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "crimp", path: "..")],
  targets: [
    .executableTarget(
      name: "eventloop-pingpong",
      dependencies: [.product(name: "EventLoop", package: "crimp")],
      path: "loop/EventLoopPingPong", swiftSettings: strict),
    .executableTarget(
      name: "send-frames",
      dependencies: [
        .product(name: "LinkLayer", package: "crimp"), .product(name: "Links", package: "crimp"),
      ],
      path: "send/SendFrames", swiftSettings: strict),
    .executableTarget(
      name: "arp-parsing",
      dependencies: [.product(name: "LinkLayer", package: "crimp")],
      path: "parse/ARPParsing", swiftSettings: strict),
    .executableTarget(
      name: "fleet-status",
      dependencies: [
        .product(name: "Drivers", package: "crimp"), .product(name: "EventLoop", package: "crimp"),
        .product(name: "IPMI", package: "crimp"), .product(name: "LinkLayer", package: "crimp"),
        .product(name: "Machines", package: "crimp"), .product(name: "OpenSSL", package: "crimp"),
        .product(name: "Sockets", package: "crimp"),
      ],
      path: "bmc/FleetStatus", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
