// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "slipway", path: "..")],
    targets: [
        .executableTarget(
            name: "large",
            dependencies: [
                .product(name: "Settings", package: "slipway"),
                .product(name: "StackCLI", package: "slipway"),
                .product(name: "StackModel", package: "slipway"),
            ]
        )
    ]
)
