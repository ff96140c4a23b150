// swift-tools-version: 6.2
import PackageDescription

/// Language settings that every target shares.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let database = product(name: "GRDB", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let heapModule = product(name: "HeapModule", package: "swift-collections")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let jwt = product(name: "JWTKit", package: "jwt-kit")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging = product(name: "Logging", package: "swift-log")
    static let coreMetrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let orderedCollections = product(name: "OrderedCollections", package: "swift-collections")
    static let dequeModule = product(name: "DequeModule", package: "swift-collections")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let systemPackage = product(name: "SystemPackage", package: "swift-system")
    static let tracing = product(name: "Tracing", package: "swift-distributed-tracing")
    static let yaml = product(name: "Yams", package: "Yams")
    static let toml = product(name: "TOMLKit", package: "TOMLKit")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
}

let package = Package(
    name: "slipway",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "StackModel", targets: ["StackModel"]),
        .library(name: "Settings", targets: ["Settings"]),
        .library(name: "StackCLI", targets: ["StackCLI"]),
        .library(name: "Events", targets: ["Events", "EventsClient"]),
        .library(name: "ServiceKit", targets: ["ServiceKit"]),
        .executable(name: "EventFunctions", targets: ["EventFunctions"]),
        .executable(name: "ChatAPI", targets: ["ChatAPI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // MARK: The model: values and pure functions
        .target(name: "JSONText", swiftSettings: strict),
        .target(name: "Settings", swiftSettings: strict),
        .target(name: "WebFormats", swiftSettings: strict),
        .target(name: "Scheduling", swiftSettings: strict),
        .target(name: "StackGraph", swiftSettings: strict),
        .target(name: "StackModel", dependencies: ["Settings", "StackGraph"], swiftSettings: strict),
        .target(name: "Renderers", dependencies: ["JSONText", "StackGraph"], swiftSettings: strict),
        .target(
            name: "Planning",
            dependencies: ["JSONText", "Renderers", "StackGraph", "WebFormats", .crypto, .yaml],
            swiftSettings: strict
        ),

        .target(name: "Engine", swiftSettings: strict),
        // MARK: Packages and images
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Artifacts", dependencies: ["CZlib", .systemPackage], swiftSettings: strict),
        .target(
            name: "Packaging",
            dependencies: ["Artifacts", "Renderers", "StackGraph", "WebFormats", .crypto, .systemPackage],
            swiftSettings: strict
        ),
        // MARK: Talking to Azure
        .target(
            name: "Azure",
            dependencies: [
                "JSONText", "Settings", "WebFormats", .asyncHTTPClient, .crypto, .logging, .nioCore, .nioHTTP1,
                .nioPosix,
                .subprocess, .systemPackage,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "Deployment",
            dependencies: [
                "Azure", "Engine", "Images", "JSONText", "Packaging", "Planning", "Renderers", "Settings", "StackGraph",
                .asyncHTTPClient, .crypto, .logging,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "Rehearsal",
            dependencies: [
                "Azure", "AzureSimulator", "Deployment", "Settings", .asyncHTTPClient, .lifecycle, .logging,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "Images",
            dependencies: [
                "Artifacts", "Azure", "JSONText", "Settings", "WebFormats", .asyncHTTPClient, .crypto, .logging,
                .nioCore, .nioHTTP1, .systemPackage,
            ],
            swiftSettings: strict
        ),

        // MARK: Running and the command line
        .target(
            name: "Supervisor",
            dependencies: [
                "JSONText", "Settings", "StackGraph", .configuration, .lifecycle, .nioCore, .nioPosix, .subprocess,
                .systemPackage,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "AzureSimulator",
            dependencies: [
                "CZlib", "JSONText", "Renderers", "Settings", "WebFormats", .crypto, .httpTypes, .hummingbird,
                .hummingbirdCore, .lifecycle, .logging, .nioCore,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "StackCLI",
            dependencies: [
                "Azure", "AzureSimulator", "Deployment", "Images", "JSONText", "Messaging", "Packaging", "Planning",
                "Rehearsal", "Renderers", "ServiceBusEmulator", "ServiceKit", "Settings", "StackGraph", "StackModel",
                "Supervisor", "WebFormats",
                .argumentParser, .asyncHTTPClient,
                .configuration, .crypto, .lifecycle, .logging, .subprocess, .systemPackage, .unixSignals,
                .nioCore, .nioHTTP1,
            ],
            swiftSettings: strict
        ),

        // MARK: What services are made of
        .target(
            name: "LoopExecution",
            dependencies: [.asyncHTTPClient, .hummingbirdCore, .logging, .nioCore, .nioPosix],
            swiftSettings: strict
        ),
        .target(name: "Events", dependencies: ["JSONText"], swiftSettings: strict),
        .target(
            name: "EventsClient",
            dependencies: ["Events", "JSONText", "Settings", .asyncHTTPClient, .nioCore, .nioHTTP1],
            swiftSettings: strict
        ),
        .target(
            name: "Telemetry",
            dependencies: [
                "Settings", "WebFormats", .asyncHTTPClient, .coreMetrics, .dequeModule, .lifecycle, .logging, .nioCore,
                .nioHTTP1, .tracing,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Redis",
            dependencies: [
                "Settings", "WebFormats", .crypto, .dequeModule, .lifecycle, .logging, .nioCore, .nioPosix, .nioSSL,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Messaging",
            dependencies: [
                "Azure", "JSONText", "Redis", "Settings", "Telemetry", "WebFormats", .asyncHTTPClient, .crypto,
                .dequeModule, .heapModule, .httpTypes, .lifecycle, .logging, .nioCore, .nioHTTP1, .tracing,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ServiceBusEmulator",
            dependencies: [
                "JSONText", "LoopExecution", "Messaging", "Settings", "WebFormats", .crypto, .database, .httpTypes,
                .hummingbird, .hummingbirdCore, .lifecycle, .logging, .nioCore,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ModelStreaming",
            dependencies: [
                "Azure", "JSONText", "LoopExecution", "Settings", "Telemetry", "WebFormats", .asyncHTTPClient,
                .coreMetrics, .dequeModule, .logging, .nioCore, .nioHTTP1, .tracing,
            ],
            swiftSettings: strict
        ),
        .target(name: "SQLiteStores", dependencies: [.database], swiftSettings: strict),
        .target(
            name: "FunctionHost",
            dependencies: [
                "JSONText", "Messaging", "ServiceKit", "Settings", .httpTypes, .hummingbird, .lifecycle, .logging,
                .nioCore,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ServiceKit",
            dependencies: [
                "JSONText", "LoopExecution", "Settings", "Telemetry", "WebFormats", .asyncHTTPClient,
                .configuration, .coreMetrics, .httpTypes, .hummingbird, .hummingbirdCore, .jwt, .lifecycle,
                .logging, .nioCore, .nioHTTP1, .nioHTTPTypes, .nioPosix, .systemPackage, .tracing, .unixSignals,
            ],
            swiftSettings: strict
        ),

        // MARK: The system that ships with Slipway
        .target(
            name: "Contracts",
            dependencies: ["Events", "Settings"],
            path: "services/Contracts",
            packageAccess: false,
            swiftSettings: strict
        ),
        .target(
            name: "ChatResponding",
            dependencies: [
                "Contracts", "Events", "JSONText", "Messaging", "ModelStreaming", "ServiceKit", "Settings",
                "WebFormats",
                .crypto, .logging,
            ],
            path: "services/ChatResponding",
            packageAccess: false,
            swiftSettings: strict
        ),
        .executableTarget(
            name: "EventFunctions",
            dependencies: [
                "Azure", "ChatResponding", "Contracts", "Events", "FunctionHost", "JSONText", "LoopExecution",
                "Messaging", "ModelStreaming", "SQLiteStores", "Scheduling", "ServiceKit", "Settings", "Telemetry",
                "WebFormats", .asyncHTTPClient, .coreMetrics, .crypto, .database, .httpTypes, .hummingbird, .lifecycle,
                .logging, .nioCore, .nioHTTP1,
            ],
            path: "services/EventFunctions",
            exclude: ["Dockerfile"],
            resources: [.embedInCode("API")],
            packageAccess: false,
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ChatAPI",
            dependencies: [
                "Azure", "ChatResponding", "Contracts", "Events", "EventsClient", "JSONText", "LoopExecution",
                "Messaging", "ModelStreaming", "Redis", "SQLiteStores", "ServiceKit", "Settings", "WebFormats",
                .asyncHTTPClient, .crypto, .database, .dequeModule, .httpTypes, .hummingbird, .lifecycle, .logging,
                .nioCore, .toml,
            ],
            path: "services/ChatAPI",
            exclude: ["Dockerfile"],
            resources: [.embedInCode("Page"), .embedInCode("API"), .embedInCode("config")],
            packageAccess: false,
            swiftSettings: strict
        ),
        .executableTarget(
            name: "infra",
            dependencies: ["ChatAPI", "Contracts", "EventFunctions", "Events", "StackCLI", "StackModel"],
            path: "infra",
            exclude: ["rendered"],
            packageAccess: false,
            swiftSettings: strict
        ),

        // MARK: What measurements of deployments need
        .executableTarget(
            name: "DeploymentBenchmark",
            dependencies: [
                "AzureSimulator", "JSONText", "Planning", "Rehearsal", "Renderers", "Settings", "StackGraph",
                "StackModel", .argumentParser, .systemPackage,
            ],
            path: "Benchmarks/Deployment",
            swiftSettings: strict
        ),

        // MARK: Tests
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "AzureSimulator", "FakeCollector", "FakeUpstream", "JSONText", "Messaging", "ModelStreaming",
                "Planning",
                "RedisServer", "Renderers", "ServiceKit", "Settings", "StackCLI",
                "StackGraph", "StackModel", "TestNetwork", "ValidatorTools", "infra",
                "TestInstruments", .asyncHTTPClient, .httpTypes, .hummingbird, .lifecycle, .logging,
                .nioCore, .nioHTTP1,
                .nioPosix, .subprocess, .systemPackage,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EventFunctionsTests",
            dependencies: [
                "Azure", "AzureSimulator", "ChatResponding", "Contracts", "EventFunctions", "Events",
                "FakeUpstream", "FunctionHost", "JSONText", "Messaging", "ModelStreaming", "Scheduling",
                "ServiceKit", "Settings", "SimulatedData", "SQLiteStores", "TestInstruments", .asyncHTTPClient,
                .database, .httpTypes, .hummingbird, .hummingbirdTesting, .lifecycle, .logging, .nioCore, .nioHTTP1,
                .nioPosix,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FunctionHostTests",
            dependencies: [
                "EventFunctions", "FakeUpstream", "FunctionHost", "FunctionsHostSimulator", "JSONText", "Messaging",
                "Renderers", "ServiceBusEmulator", "ServiceKit", "Settings", "StackGraph", "TestInstruments",
                "TestNetwork", "ValidatorTools", .asyncHTTPClient, .httpTypes,
                .hummingbird, .hummingbirdTesting, .lifecycle, .logging, .nioCore, .nioHTTP1,
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "EventsTests", dependencies: ["Events", "JSONText"], swiftSettings: strict),
        .testTarget(
            name: "EventsClientTests",
            dependencies: [
                "Events", "EventsClient", "FakeUpstream", "JSONText", "Settings", "TestInstruments", .asyncHTTPClient,
                .nioCore, .nioHTTP1,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SchedulingTests",
            dependencies: ["Scheduling", "TestInstruments", "ValidatorTools"],
            swiftSettings: strict
        ),
        .target(
            name: "FakeCollector",
            dependencies: ["JSONText", "ValidatorTools", "WebFormats", .httpTypes, .hummingbird, .logging, .nioCore],
            path: "Tests/FakeCollector",
            swiftSettings: strict
        ),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "FakeCollector", "JSONText", "ServiceKit", "Settings", "Telemetry", "TestInstruments",
                "ValidatorTools", .coreMetrics, .lifecycle, .logging, .tracing,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "FunctionsHostSimulator",
            dependencies: [
                "JSONText", "Messaging", "TestInstruments", "TestNetwork", .asyncHTTPClient, .lifecycle, .logging,
                .nioCore, .nioHTTP1, .nioPosix, .subprocess, .systemPackage,
            ],
            path: "Tests/FunctionsHostSimulator",
            swiftSettings: strict
        ),
        .testTarget(
            name: "ServiceKitTests",
            dependencies: [
                "JSONText", "ServiceKit", "Settings", "Telemetry", "TestInstruments", .asyncHTTPClient, .coreMetrics,
                .crypto, .httpTypes, .hummingbird, .hummingbirdTesting, .jwt, .lifecycle, .logging, .nioCore,
                .nioEmbedded, .nioHTTP1, .nioPosix, .tracing,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SupervisorTests",
            dependencies: [
                "JSONText", "Settings", "StackGraph", "StackModel", "Supervisor", "TestInstruments", .lifecycle,
                .logging, .nioCore, .nioPosix,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StackCLITests",
            dependencies: [
                "Azure", "AzureSimulator", "Deployment", "FakeUpstream", "Images", "JSONText", "Messaging", "Packaging",
                "Planning", "Renderers", "SampleStacks", "ServiceBusEmulator", "Settings", "StackCLI", "StackGraph",
                "StackModel", "Supervisor", "TestInstruments", "ValidatorTools", .argumentParser, .asyncHTTPClient,
                .logging, .nioHTTP1, .subprocess, .systemPackage,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AzureSimulatorTests",
            dependencies: [
                "AzureSimulator", "JSONText", "Renderers", "Settings", "TestInstruments", "ValidatorTools",
                .asyncHTTPClient, .httpTypes, .lifecycle, .logging, .nioCore, .nioHTTP1,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StackModelTests",
            dependencies: ["Settings", "StackGraph", "StackModel", "TestInstruments"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RenderersTests",
            dependencies: [
                "Contracts", "JSONText", "Renderers", "SampleStacks", "ServiceBusEmulator", "Settings", "StackGraph",
                "StackModel", "TestInstruments", "ValidatorTools", "infra", .asyncHTTPClient, .nioCore, .nioHTTP1,
                .subprocess, .systemPackage, .yaml,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DeploymentTests",
            dependencies: [
                "Azure", "AzureSimulator", "Contracts", "Deployment", "Engine", "Images", "JSONText", "Packaging",
                "Planning", "Rehearsal", "Renderers", "SampleStacks", "Settings", "StackCLI", "StackGraph",
                "StackModel", "TestInstruments", "ValidatorTools", "infra",
                .asyncHTTPClient, .httpTypes, .lifecycle, .logging, .nioHTTP1, .systemPackage,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PackagingTests",
            dependencies: [
                "Packaging", "Renderers", "StackGraph", "StackModel", "TestInstruments", "ValidatorTools", "infra",
                .subprocess, .systemPackage,
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "EngineTests", dependencies: ["Engine", "TestInstruments"], swiftSettings: strict),
        .testTarget(
            name: "PlanningTests",
            dependencies: [
                "Contracts", "Engine", "JSONText", "Planning", "Renderers", "SampleStacks", "Settings", "StackGraph",
                "StackModel", "TestInstruments", "ValidatorTools", "infra",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AzureTests",
            dependencies: [
                "Azure", "AzureSimulator", "JSONText", "Settings", "SimulatedData", "TestInstruments",
                "ValidatorTools", "WebFormats", .asyncHTTPClient, .httpTypes, .logging, .nioCore, .nioHTTP1,
                .nioPosix,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "FakeUpstream",
            dependencies: ["JSONText", .nioCore, .nioHTTP1, .nioPosix],
            path: "Tests/FakeUpstream",
            swiftSettings: strict
        ),
        .testTarget(
            name: "ModelStreamingTests",
            dependencies: [
                "Azure", "ChatResponding", "FakeUpstream", "JSONText", "LoopExecution", "ModelStreaming",
                "ServiceKit", "Settings", "Telemetry", "TestInstruments", .asyncHTTPClient, .coreMetrics, .logging,
                .nioCore, .nioEmbedded, .nioHTTP1, .tracing,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SampleStacks",
            dependencies: ["Settings", "StackGraph", "StackModel", "TestInstruments"],
            path: "Tests/SampleStacks",
            swiftSettings: strict
        ),
        .target(
            name: "SimulatedData",
            dependencies: [
                "Azure", "AzureSimulator", "JSONText", "Settings", "TestInstruments", .asyncHTTPClient, .logging,
                .nioCore, .nioPosix,
            ],
            path: "Tests/SimulatedData",
            swiftSettings: strict
        ),
        .target(
            name: "ValidatorTools",
            dependencies: ["TestInstruments", .subprocess, .systemPackage],
            path: "Tests/ValidatorTools",
            swiftSettings: strict
        ),
        .target(
            name: "TestInstruments",
            dependencies: [.logging],
            path: "Tests/TestInstruments",
            swiftSettings: strict
        ),
        .target(
            name: "TestNetwork",
            dependencies: [.nioCore, .nioPosix],
            path: "Tests/TestNetwork",
            swiftSettings: strict
        ),
        .testTarget(name: "JSONTextTests", dependencies: ["JSONText", "TestInstruments"], swiftSettings: strict),
        .testTarget(
            name: "MessagingTests",
            dependencies: [
                "FakeUpstream", "JSONText", "Messaging", "Redis", "RedisServer", "ServiceKit", "Settings", "Telemetry",
                "TestInstruments", "TestNetwork", "WebFormats", .asyncHTTPClient, .lifecycle, .logging, .nioCore,
                .nioHTTP1, .nioPosix, .tracing,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "RedisServer",
            dependencies: ["Redis", "TestNetwork", .lifecycle, .logging, .subprocess, .systemPackage],
            path: "Tests/RedisServer",
            swiftSettings: strict
        ),
        .testTarget(
            name: "RedisTests",
            dependencies: [
                "Redis", "RedisServer", "Settings", "TestInstruments", "TestNetwork", "ValidatorTools", .lifecycle,
                .logging, .nioCore,
                .nioPosix, .nioSSL,
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "WebFormatsTests", dependencies: ["WebFormats"], swiftSettings: strict),
        .testTarget(
            name: "ArtifactsTests",
            dependencies: ["Artifacts", "TestInstruments", "ValidatorTools", .systemPackage],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ImagesTests",
            dependencies: [
                "Azure", "FakeUpstream", "Images", "JSONText", "Settings", "TestInstruments", "TestNetwork",
                "ValidatorTools",
                .asyncHTTPClient, .logging, .nioCore, .nioHTTP1, .nioPosix, .subprocess, .systemPackage,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ServiceBusEmulatorTests",
            dependencies: [
                "JSONText", "Messaging", "Redis", "RedisServer", "ServiceBusEmulator", "Settings",
                "TestInstruments", "ValidatorTools", .asyncHTTPClient, .crypto, .database, .httpTypes, .lifecycle,
                .logging, .nioCore, .nioHTTP1,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ChatAPITests",
            dependencies: [
                "Azure", "AzureSimulator", "ChatAPI", "Contracts", "Events", "FakeUpstream", "JSONText",
                "ModelStreaming", "Redis", "RedisServer", "ServiceKit", "Settings", "SimulatedData",
                "TestInstruments", "TestNetwork", "ValidatorTools", .asyncHTTPClient, .crypto, .database, .lifecycle,
                .logging, .nioCore, .nioHTTP1, .nioPosix, .subprocess, .systemPackage,
            ],
            swiftSettings: strict
        ),
    ]
)
