// swift-tools-version: 6.2
// The floors of the house, from the ground up. A target imports only what stands below it;
// `make build` enforces that (--explicit-target-dependency-import-check error).
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// Tests read fixtures and C structures by pointer; memory safety is asked of what we ship.
let testing: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "crimp",
  products: [
    .executable(name: "crimp", targets: ["crimp"]),
    .library(name: "LinkLayer", targets: ["LinkLayer"]),
    .library(name: "IPMI", targets: ["IPMI"]),
    .library(name: "CaptureFile", targets: ["CaptureFile"]),
    .library(name: "ServiceProbes", targets: ["ServiceProbes"]),
    .library(name: "Proxies", targets: ["Proxies"]),
    .library(name: "AddressSpecifications", targets: ["AddressSpecifications"]),
    .library(name: "HostFiles", targets: ["HostFiles"]),
    .library(name: "Decoding", targets: ["Decoding"]),
    .library(name: "Crafting", targets: ["Crafting"]),
    .library(name: "Machines", targets: ["Machines"]),
    .library(name: "EventLoop", targets: ["EventLoop"]),
    .library(name: "OpenSSL", targets: ["OpenSSL"]),
    .library(name: "Links", targets: ["Links"]),
    .library(name: "Sockets", targets: ["Sockets"]),
    .library(name: "TLS", targets: ["TLS"]),
    .library(name: "Drivers", targets: ["Drivers"]),
    .library(name: "Relay", targets: ["Relay"]),
    .library(name: "Laboratory", targets: ["Laboratory"]),
    .library(name: "BMCSimulator", targets: ["BMCSimulator"]),
    .library(name: "LinkLayerTesting", targets: ["LinkLayerTesting"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // 0: headers, and the few C lines that Swift's Glibc module hides.
    .target(name: "CLinux"),
    .target(name: "CLibpcap"),
    .target(name: "CLibnet"),
    .target(name: "COpenSSL"),

    // 1: values and bytes. No I/O, no clock, no imports of the system.
    .target(name: "MonotonicTime", swiftSettings: strict),
    .target(name: "LinkLayer", swiftSettings: strict),
    .target(name: "IPMI", swiftSettings: strict),
    .target(name: "CaptureFile", swiftSettings: strict),
    .target(name: "ServiceProbes", swiftSettings: strict),
    .target(name: "Proxies", swiftSettings: strict),
    .target(name: "AddressSpecifications", swiftSettings: strict),
    .target(name: "HostFiles", swiftSettings: strict),

    // 2: protocols as values: event and instant in, actions out.
    .target(
      name: "Machines",
      dependencies: ["LinkLayer", "IPMI", "ServiceProbes", "Proxies", "MonotonicTime"],
      swiftSettings: strict),

    // 2: what a frame says: as a line for people, as fields for programs.
    .target(
      name: "Decoding", dependencies: ["LinkLayer", "IPMI", "CaptureFile"], swiftSettings: strict),

    // 2: frames as text: what a person says of one, and the rest worked out.
    .target(name: "Crafting", dependencies: ["LinkLayer"], swiftSettings: strict),

    // 3: epoll, timers, signals, children, wake-ups; an executor for async code.
    .target(name: "EventLoop", dependencies: ["CLinux", "MonotonicTime"], swiftSettings: strict),

    // 3: C libraries that are opened at first use.
    .target(name: "DynamicLibrary", swiftSettings: strict),

    // 4: the algorithms of OpenSSL's libcrypto, for what a floor below asks to be given.
    .target(
      name: "OpenSSL", dependencies: ["COpenSSL", "DynamicLibrary", "IPMI"],
      swiftSettings: strict),

    // 4: what carries frames, and what the kernel knows of interfaces and neighbours.
    .target(
      name: "Links",
      dependencies: [
        "CLinux", "CLibpcap", "CLibnet", "MonotonicTime", "LinkLayer", "CaptureFile", "EventLoop",
        "DynamicLibrary",
      ],
      swiftSettings: strict),

    // 4: UDP sockets for many peers, streams and their listeners, addresses, names.
    .target(
      name: "Sockets", dependencies: ["CLinux", "LinkLayer", "EventLoop"], swiftSettings: strict),

    // 4: TLS around any stream, from OpenSSL's libssl.
    .target(
      name: "TLS",
      dependencies: ["COpenSSL", "DynamicLibrary", "LinkLayer", "EventLoop", "Sockets"],
      swiftSettings: strict),

    // 5: a driver runs machines over a link on the loop.
    .target(
      name: "Drivers",
      dependencies: [
        "MonotonicTime", "LinkLayer", "CaptureFile", "IPMI", "Machines", "EventLoop", "Links",
        "Sockets",
      ],
      swiftSettings: strict),

    // 5: relays: pumps between any two streams, listeners, upstreams, limits.
    .target(
      name: "Relay",
      dependencies: [
        "CLinux", "MonotonicTime", "LinkLayer", "CaptureFile", "IPMI", "Proxies", "HostFiles",
        "Machines",
        "EventLoop", "Links", "Sockets", "TLS",
      ],
      swiftSettings: strict),

    // 5: two owners, a client and a switch in namespaces, to see a failover from outside.
    .target(
      name: "Laboratory",
      dependencies: ["MonotonicTime", "LinkLayer", "EventLoop", "Links"],
      swiftSettings: strict),

    // 5: BMCs that answer on UDP: for tests, and to try things out.
    .target(
      name: "BMCSimulator",
      dependencies: [
        "CLinux", "MonotonicTime", "LinkLayer", "IPMI", "Machines", "EventLoop", "Sockets",
      ],
      swiftSettings: strict),

    // 5: a captured exchange is played again, and what one host says to it is compared.
    .target(
      name: "LinkLayerTesting",
      dependencies: [
        "MonotonicTime", "LinkLayer", "IPMI", "CaptureFile", "Machines", "Decoding", "EventLoop",
        "Links", "Sockets", "BMCSimulator",
      ],
      swiftSettings: strict),

    // 6: the binary: one file a subcommand; it parses, calls, prints.
    .executableTarget(
      name: "crimp",
      dependencies: [
        "CLinux", "DynamicLibrary", "MonotonicTime", "LinkLayer", "IPMI", "CaptureFile",
        "ServiceProbes", "Proxies", "AddressSpecifications", "HostFiles", "Machines", "Decoding",
        "Crafting", "EventLoop", "OpenSSL",
        "Links", "Sockets", "TLS", "Drivers", "Relay", "Laboratory", "BMCSimulator",
        "LinkLayerTesting",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // Tests, floor by floor.
    .target(
      name: "Support", dependencies: ["CLinux"], path: "Tests/Support", swiftSettings: testing),
    .target(
      name: "SocketSupport", dependencies: ["LinkLayer", "EventLoop", "Sockets"],
      path: "Tests/SocketSupport",
      swiftSettings: testing + [.enableUpcomingFeature("InternalImportsByDefault")]),
    .testTarget(
      name: "LinkLayerTests", dependencies: ["LinkLayer", "CaptureFile", "Support"],
      swiftSettings: testing),
    .testTarget(
      name: "IPMITests", dependencies: ["IPMI", "CaptureFile", "OpenSSL", "Support"],
      swiftSettings: testing),
    .testTarget(
      name: "OpenSSLTests", dependencies: ["DynamicLibrary", "IPMI", "OpenSSL", "Support"],
      swiftSettings: testing),
    .testTarget(
      name: "CaptureFileTests", dependencies: ["CaptureFile", "Support"], swiftSettings: testing),
    .testTarget(
      name: "DecodingTests",
      dependencies: [
        "Decoding", "Crafting", "LinkLayer", "IPMI", "CaptureFile", "OpenSSL", "Support",
      ],
      swiftSettings: testing),
    .testTarget(
      name: "CraftingTests", dependencies: ["Crafting", "LinkLayer", "CaptureFile", "Support"],
      swiftSettings: testing),
    .testTarget(
      name: "ProxiesTests", dependencies: ["Proxies", "Support"], swiftSettings: testing),
    .testTarget(
      name: "ServiceProbesTests",
      dependencies: ["ServiceProbes", "LinkLayer", "CaptureFile", "Support"],
      swiftSettings: testing),
    .testTarget(
      name: "AddressSpecificationsTests", dependencies: ["AddressSpecifications", "Support"],
      swiftSettings: testing),
    .testTarget(
      name: "HostFilesTests", dependencies: ["HostFiles", "Support"], swiftSettings: testing),
    .testTarget(
      name: "MachinesTests",
      dependencies: [
        "MonotonicTime", "LinkLayer", "IPMI", "Proxies", "OpenSSL", "Machines", "Support",
      ],
      swiftSettings: testing),
    .testTarget(
      name: "EventLoopTests", dependencies: ["CLinux", "MonotonicTime", "EventLoop", "Support"],
      swiftSettings: testing),
    .testTarget(
      name: "LinksTests",
      dependencies: [
        "CLinux", "MonotonicTime", "LinkLayer", "CaptureFile", "EventLoop", "Links", "Support",
      ],
      swiftSettings: testing),
    .testTarget(
      name: "SocketsTests",
      dependencies: ["LinkLayer", "EventLoop", "Links", "Sockets", "SocketSupport", "Support"],
      swiftSettings: testing),
    .testTarget(
      name: "TLSTests",
      dependencies: [
        "DynamicLibrary", "LinkLayer", "EventLoop", "Sockets", "TLS", "SocketSupport", "Support",
      ],
      swiftSettings: testing),
    .testTarget(
      name: "RelayTests",
      dependencies: [
        "MonotonicTime", "LinkLayer", "IPMI", "Proxies", "HostFiles", "Machines", "EventLoop",
        "Sockets", "TLS",
        "Relay",
        "SocketSupport", "Support",
      ],
      swiftSettings: testing),
    .testTarget(
      name: "DriversTests",
      dependencies: [
        "MonotonicTime", "LinkLayer", "IPMI", "CaptureFile", "Machines", "EventLoop", "OpenSSL",
        "Links", "Sockets", "Drivers", "Laboratory", "Support",
      ],
      swiftSettings: testing),
    .testTarget(
      name: "BMCSimulatorTests",
      dependencies: [
        "MonotonicTime", "LinkLayer", "IPMI", "OpenSSL", "Machines", "EventLoop", "Sockets",
        "BMCSimulator", "Support",
      ],
      swiftSettings: testing),
    .testTarget(
      name: "LinkLayerTestingTests",
      dependencies: [
        "MonotonicTime", "LinkLayer", "IPMI", "CaptureFile", "Machines", "EventLoop", "OpenSSL",
        "Links", "BMCSimulator", "LinkLayerTesting", "Support",
      ],
      swiftSettings: testing),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "CLinux", "MonotonicTime", "LinkLayer", "IPMI", "CaptureFile", "HostFiles", "Machines",
        "EventLoop", "Links", "Drivers", "Laboratory", "BMCSimulator", "LinkLayerTesting", "crimp",
        "Support",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: testing),
  ],
  swiftLanguageModes: [.v6]
)

// Fuzz targets get their `main` from libFuzzer, which an ordinary build does not link: they are there
// only when asked for (Fuzz/run.sh).
if Context.environment["FUZZ"] != nil {
  let fuzzed = [
    (product: "fuzz-capture-file", target: "CaptureFileFuzz", dependencies: ["CaptureFile"]),
    (
      product: "fuzz-decoding", target: "DecodingFuzz",
      dependencies: ["Decoding", "CaptureFile", "LinkLayer"]
    ),
    (product: "fuzz-crafting", target: "CraftingFuzz", dependencies: ["Crafting"]),
    (product: "fuzz-link-layer", target: "LinkLayerFuzz", dependencies: ["LinkLayer"]),
    (product: "fuzz-ipmi", target: "IPMIFuzz", dependencies: ["IPMI", "OpenSSL"]),
    (
      product: "fuzz-simulated-bmc", target: "SimulatedBMCFuzz",
      dependencies: [
        "MonotonicTime", "LinkLayer", "IPMI", "OpenSSL", "Sockets", "BMCSimulator",
      ]
    ),
    (
      product: "fuzz-session", target: "SessionFuzz",
      dependencies: [
        "MonotonicTime", "LinkLayer", "IPMI", "Machines", "OpenSSL", "Sockets", "BMCSimulator",
      ]
    ),
    (
      product: "fuzz-serial-over-lan", target: "SerialOverLANFuzz",
      dependencies: ["MonotonicTime", "IPMI", "Machines"]
    ),
    (
      product: "fuzz-proxy-header", target: "ProxyHeaderFuzz",
      dependencies: ["LinkLayer", "Sockets", "Relay"]
    ),
    (product: "fuzz-control-request", target: "ControlRequestFuzz", dependencies: ["Relay"]),
    (product: "fuzz-proxies", target: "ProxiesFuzz", dependencies: ["Proxies", "Machines"]),
    (
      product: "fuzz-service-probes", target: "ServiceProbesFuzz", dependencies: ["ServiceProbes"]
    ),
    (
      product: "fuzz-address-specifications", target: "AddressSpecificationsFuzz",
      dependencies: ["AddressSpecifications"]
    ),
    (product: "fuzz-host-file", target: "HostFileFuzz", dependencies: ["HostFiles"]),
    (product: "fuzz-netlink", target: "NetlinkFuzz", dependencies: ["LinkLayer", "Links"]),
  ]
  for fuzz in fuzzed {
    package.products.append(.executable(name: fuzz.product, targets: [fuzz.target]))
    package.targets.append(
      .executableTarget(
        name: fuzz.target, dependencies: fuzz.dependencies.map { .byName(name: $0) },
        path: "Fuzz/\(fuzz.target)",
        swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
  }
}
