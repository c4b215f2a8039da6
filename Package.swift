// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "aloft",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Aloft", targets: ["Aloft"]),
        .library(name: "AloftClient", targets: ["AloftClient"]),
        .library(name: "AloftCore", targets: ["AloftCore"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(name: "AloftCore", swiftSettings: settings),
        .target(name: "AloftClient", dependencies: ["AloftCore"], swiftSettings: settings),
        .target(
            name: "Aloft",
            dependencies: ["AloftCore", "AloftClient", logging, deque, lifecycle],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AloftTests",
            dependencies: ["Aloft", "AloftCore", logging, lifecycle],
            swiftSettings: settings
        ),
    ]
)
