// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

// A wrongly spelled feature is ignored without a word; `RuntimeFactTests` sees that these are on.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioConcurrency = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

// Without this trait swift-syntax is not built: what `@Activities` writes can be written by hand.
let macros: TargetDependencyCondition? = .when(traits: ["Macros"])
let compilerPlugin = syntax("SwiftCompilerPlugin")
let diagnostics = syntax("SwiftDiagnostics")
let swiftParser = syntax("SwiftParser")
let swiftSyntax = syntax("SwiftSyntax")
let syntaxBuilder = syntax("SwiftSyntaxBuilder")
let syntaxMacros = syntax("SwiftSyntaxMacros")

func syntax(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-syntax", condition: macros) }

// Debian's hiredis.pc names a preprocessor flag that SwiftPM refuses with a warning at every build, and its headers are
// found without help. Homebrew's are not.
#if os(Linux)
let hiredisPkgConfig: String? = nil
#else
let hiredisPkgConfig: String? = "hiredis"
#endif

/// A sample that is one program.
func sample(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["Aloft", "SampleKit"] + dependencies,
        path: "Samples/\(name)",
        swiftSettings: settings
    )
}

let package = Package(
    name: "aloft",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Aloft", targets: ["Aloft"]),
        .library(name: "AloftClient", targets: ["AloftClient"]),
        .library(name: "AloftCore", targets: ["AloftCore"]),
        .library(name: "AloftDashboard", targets: ["AloftDashboard"]),
        .library(name: "AloftEncryption", targets: ["AloftEncryption"]),
        .library(name: "AloftEndpoint", targets: ["AloftEndpoint"]),
        .library(name: "AloftInsight", targets: ["AloftInsight"]),
        .library(name: "AloftPrometheus", targets: ["AloftPrometheus"]),
        .library(name: "AloftRedis", targets: ["AloftRedis"]),
        .library(name: "AloftSupervisor", targets: ["AloftSupervisor"]),
        .library(name: "AloftTesting", targets: ["AloftTesting"]),
        .library(name: "RedisClient", targets: ["RedisClient"]),
        .executable(name: "aloft", targets: ["AloftCommand"]),
        .executable(name: "archive", targets: ["archive"]),
        .executable(name: "aloft-bench", targets: ["AloftBench"]),
        .executable(name: "aloft-chaos", targets: ["aloft-chaos"]),
        .executable(name: "redis-client-bench", targets: ["RedisBench"]),
    ],
    traits: [
        .trait(name: "Macros", description: "@Activities; builds swift-syntax."),
        .default(enabledTraits: ["Macros"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.7.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.86.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.3.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.20.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.0.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin.git", from: "1.4.0"),
        .package(url: "https://github.com/swiftlang/swift-syntax.git", from: "603.0.1"),
    ],
    targets: [
        // Redis
        .systemLibrary(
            name: "CHiredis",
            pkgConfig: hiredisPkgConfig,
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]
        ),
        .target(
            name: "RedisClient",
            dependencies: ["CHiredis", deque, logging, nioConcurrency, nioCore, nioPosix, nioSSL],
            swiftSettings: settings
        ),
        .target(name: "LocalRedis", swiftSettings: settings),

        // Aloft, from the bottom up
        .target(name: "AloftCore", swiftSettings: settings),
        .target(name: "AloftMetrics", dependencies: ["AloftCore", metrics], swiftSettings: settings),
        .target(name: "AloftPrometheus", dependencies: ["AloftMetrics", metrics], swiftSettings: settings),
        .target(
            name: "AloftRedis",
            dependencies: [
                "AloftCore", "AloftMetrics", "RedisClient", lifecycle, logging, metrics, nioCore, nioPosix,
            ],
            resources: [.embedInCode("Scripts")],
            swiftSettings: settings
        ),
        .target(name: "AloftClient", dependencies: ["AloftCore", metrics, tracing], swiftSettings: settings),
        .macro(
            name: "AloftMacros",
            dependencies: [compilerPlugin, diagnostics, swiftParser, swiftSyntax, syntaxBuilder, syntaxMacros],
            swiftSettings: settings
        ),
        .target(
            name: "Aloft",
            dependencies: [
                "AloftCore", "AloftClient", .byName(name: "AloftMacros", condition: macros), "AloftMetrics", deque,
                lifecycle, logging, metrics, tracing,
            ],
            swiftSettings: settings
        ),
        .target(name: "AloftEncryption", dependencies: ["AloftCore", crypto], swiftSettings: settings),
        .target(
            name: "AloftEndpoint",
            dependencies: ["Aloft", httpTypes, hummingbird, lifecycle, logging, nioCore],
            swiftSettings: settings
        ),
        .target(name: "AloftInsight", dependencies: ["AloftClient", "AloftCore"], swiftSettings: settings),
        .target(
            name: "AloftDashboard",
            dependencies: [
                "AloftClient", "AloftCore", "AloftInsight", "AloftMetrics", crypto, httpTypes, hummingbird, lifecycle,
                logging, metrics, mustache, nioCore, tracing,
            ],
            resources: [.embedInCode("Assets")],
            swiftSettings: settings
        ),
        .target(name: "AloftSupervisor", dependencies: ["AloftCore", logging], swiftSettings: settings),
        // Its module cannot be called as the program is: file systems without cases would take it for the library.
        .executableTarget(
            name: "AloftCommand",
            dependencies: [
                "Aloft", "AloftClient", "AloftCore", "AloftDashboard", "AloftEncryption", "AloftInsight",
                "AloftPrometheus", "AloftRedis", "RedisClient", argumentParser, configuration, lifecycle, logging,
                metrics, unixSignals,
            ],
            swiftSettings: settings
        ),
        .target(name: "AloftTesting", dependencies: ["Aloft", "AloftCore", deque, logging], swiftSettings: settings),
        .target(name: "StoreConformance", dependencies: ["AloftCore"], swiftSettings: settings),

        // Programs
        .executableTarget(
            name: "AloftBench",
            dependencies: ["Aloft", "AloftRedis", "LocalRedis", "RedisClient", argumentParser, logging],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "RedisBench",
            dependencies: ["LocalRedis", "RedisClient", logging],
            swiftSettings: settings
        ),

        // Samples
        .systemLibrary(name: "CZlib", path: "Samples/CZlib", providers: [.apt(["zlib1g-dev"])]),
        .executableTarget(
            name: "Hello",
            dependencies: ["Aloft", "AloftRedis", lifecycle, logging],
            path: "Samples/Hello",
            swiftSettings: settings
        ),
        .target(
            name: "SampleKit",
            dependencies: ["Aloft", "AloftRedis", "LocalRedis", lifecycle, logging, unixSignals],
            path: "Samples/Kit",
            swiftSettings: settings
        ),
        sample("Concurrency"),
        sample("ContinueAsNew"),
        sample("ErrorsAndRetries"),
        sample("Orders", logging),
        sample("Queues"),
        sample("Signals"),
        .executableTarget(
            name: "dashboard-demo",
            dependencies: [
                "Aloft", "AloftDashboard", "AloftRedis", "LocalRedis", hummingbird, lifecycle, logging, nioCore,
                unixSignals,
            ],
            path: "Samples/Dashboard",
            swiftSettings: settings
        ),
        .target(
            name: "SplitContract",
            dependencies: ["AloftCore"],
            path: "Samples/Split/Shared",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "shortener-worker",
            dependencies: [
                "Aloft", "AloftEndpoint", "AloftPrometheus", "AloftRedis", "SplitContract", lifecycle, logging, metrics,
                unixSignals,
            ],
            path: "Samples/Split/Worker",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "shortener-client",
            dependencies: ["AloftClient", "AloftRedis", "SplitContract", logging],
            path: "Samples/Split/Client",
            swiftSettings: settings
        ),
        .target(
            name: "ArchiveKit",
            dependencies: ["Aloft", "CZlib", crypto, logging],
            path: "Samples/Archive/Kit",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "archive",
            dependencies: [
                "Aloft", "AloftRedis", "ArchiveKit", "LocalRedis", argumentParser, lifecycle, logging, unixSignals,
            ],
            path: "Samples/Archive/Command",
            swiftSettings: settings
        ),

        // Tests
        .executableTarget(
            name: "fault-worker",
            dependencies: ["Aloft", "AloftRedis", "AloftSupervisor", lifecycle, logging, unixSignals],
            path: "Tests/FaultWorker",
            swiftSettings: settings
        ),
        .target(
            name: "ChaosKit",
            dependencies: ["Aloft"],
            path: "Tests/Chaos/Kit",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "aloft-chaos",
            dependencies: [
                "Aloft", "AloftRedis", "ChaosKit", "LocalRedis", "RedisClient", argumentParser, lifecycle, logging,
                unixSignals,
            ],
            path: "Tests/Chaos/Command",
            swiftSettings: settings
        ),
        .testTarget(name: "ChaosTests", dependencies: ["Aloft", "AloftTesting", "ChaosKit"], swiftSettings: settings),
        .testTarget(
            name: "FaultTests",
            dependencies: [
                "Aloft", "AloftRedis", "LocalRedis", "RedisClient", "fault-worker", logging, nioCore, nioPosix,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ArchiveTests",
            dependencies: ["Aloft", "AloftCore", "AloftRedis", "ArchiveKit", "LocalRedis", "archive", logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AloftCommandTests",
            dependencies: [
                "Aloft", "AloftClient", "AloftCommand", "AloftEncryption", "AloftInsight", "AloftRedis", "AloftTesting",
                "LocalRedis", "RedisClient", argumentParser, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AloftEncryptionTests",
            dependencies: ["AloftCore", "AloftEncryption"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SampleTests",
            dependencies: [
                "Aloft", "AloftTesting", "ArchiveKit", "Concurrency", "ContinueAsNew", "ErrorsAndRetries", "Hello",
                "Orders", "Queues", "Signals", "shortener-client", "shortener-worker",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Aloft", "AloftClient", "AloftCore", "AloftDashboard", "AloftInsight", "AloftPrometheus", "AloftRedis",
                "AloftTesting", "LocalRedis", "RedisClient", httpTypes, hummingbird, hummingbirdTesting,
                inMemoryTracing, lifecycle, logging, nioCore, tracing,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "Aloft", "AloftDashboard", "AloftEncryption", "AloftEndpoint", "AloftPrometheus", "AloftRedis",
                "AloftSupervisor", "AloftTesting", lifecycle, logging, metrics, tracing, unixSignals,
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "supervised-child",
            dependencies: ["AloftSupervisor", logging],
            path: "Tests/SupervisedChild",
            swiftSettings: settings
        ),
        .testTarget(
            name: "AloftSupervisorTests",
            dependencies: ["AloftCore", "AloftSupervisor", "supervised-child"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndpointTests",
            dependencies: [
                "Aloft", "AloftCore", "AloftEndpoint", "AloftRedis", "AloftTesting", "LocalRedis", lifecycle, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DeployTests",
            dependencies: [
                "Aloft", "AloftClient", "AloftCore", "AloftInsight", "AloftRedis", "LocalRedis", "RedisClient",
                "SplitContract", "shortener-worker", lifecycle, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HostileTests",
            dependencies: [
                "Aloft", "AloftCore", "AloftRedis", "LocalRedis", "RedisClient", logging, nioCore, nioPosix,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MetricsTests",
            dependencies: [
                "Aloft", "AloftMetrics", "AloftPrometheus", "AloftRedis", "AloftTesting", "LocalRedis", "RedisClient",
                logging, metrics, metricsTestKit,
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "SetupTests", swiftSettings: settings),
        .testTarget(name: "PackageTests", swiftSettings: settings),
        .testTarget(
            name: "RedisClientTests",
            dependencies: ["LocalRedis", "RedisClient", logging, nioCore, nioPosix],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AloftRedisTests",
            dependencies: [
                "AloftCore", "AloftRedis", "LocalRedis", "RedisClient", "StoreConformance", lifecycle, logging,
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "AloftCoreTests", dependencies: ["AloftCore"], swiftSettings: settings),
        .testTarget(
            name: "AloftTestingTests",
            dependencies: ["Aloft", "AloftCore", "AloftTesting", "StoreConformance", logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AloftMacrosTests",
            // Not the macro itself: SwiftPM would build every test a second time, for the plug-in's side.
            dependencies: ["Aloft", "AloftTesting", logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AloftTests",
            dependencies: ["Aloft", "AloftCore", "AloftTesting", inMemoryTracing, lifecycle, logging, tracing],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LanguageTests",
            dependencies: [
                "Aloft", "AloftRedis", "AloftTesting", "LocalRedis", "RedisClient", inMemoryTracing, lifecycle, logging,
                tracing,
            ],
            swiftSettings: settings
        ),
    ]
)
