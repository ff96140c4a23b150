extension Scaffold {
    /// Targets begin with the name of the project, because names of targets are unique among all packages of a build.
    var manifest: String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "\(name.text)",
            platforms: [.macOS(.v15)],
            products: [
                .executable(name: "infra", targets: ["\(type)Infra"])
            ],
            dependencies: [
                \(source.dependency)
            ],
            targets: [
                // What services read, for them and for the stack.
                .target(
                    name: "\(type)Contracts",
                    dependencies: [.product(name: "Settings", package: "\(source.package)")],
                    path: "services/Contracts"
                ),
                .executableTarget(
                    name: "\(type)Hello",
                    dependencies: [
                        "\(type)Contracts",
                        .product(name: "ServiceKit", package: "\(source.package)"),
                        .product(name: "Settings", package: "\(source.package)"),
                    ],
                    path: "services/Hello"
                ),
                // The description of everything, and the program that runs and deploys it.
                .executableTarget(
                    name: "\(type)Infra",
                    dependencies: [
                        "\(type)Contracts", "\(type)Hello",
                        .product(name: "StackCLI", package: "\(source.package)"),
                        .product(name: "StackModel", package: "\(source.package)"),
                    ],
                    path: "infra",
                    exclude: ["rendered"]
                ),
            ]
        )

        """
    }

    var ignored: String {
        """
        .build/
        .slipway/
        .swiftpm/
        .env

        """
    }

    var readMe: String {
        """
        # \(type)

        ```sh
        swift run infra up          # runs everything on this machine; on Debian, libsqlite3-dev and zlib1g-dev are needed
        curl http://127.0.0.1:8000/ # says hello
        swift run infra graph       # what there is, and who needs what of whom
        swift run infra render --all-stages
        swift run infra preview --location westeurope
        ```

        `infra/\(type)Stack.swift` describes the system, `services/` holds the programs. `swift run infra --help` tells the
        rest; `swift run infra pipeline init --repository OWNER/NAME` lets a workflow of GitHub deploy it.

        """
    }

    var renderedReadMe: String {
        """
        `swift run infra render --all-stages` writes the stack here, for every target. Keep it in the repository: a change
        of the stack shows in review as a change of these files.

        """
    }

    var program: String {
        """
        import StackCLI

        await Infra<\(type)Stack>.run()

        """
    }

    var stack: String {
        """
        import \(type)Contracts
        import StackModel

        /// Everything that runs: so far, a service that says hello, and nothing while nobody calls.
        struct \(type)Stack: StackDefinition {
            enum Stage: String, CaseIterable { case dev, production }

            var stage: Stage

            var stack: Stack {
                let images = ContainerRegistry("images")
                let hello = WebContainer(
                    "hello",
                    running: HelloSettings.self,
                    image: images.image("hello", tag: Self.version),
                    scale: .toZero(upTo: 3, when: .requests(perReplica: 50)),
                    settings: [.set(HelloSettings.greeting, to: greeting)]
                )
                return Stack("\(name.text)-\\(stage)", version: Self.version, [images, hello])
            }

            private var greeting: Output<String> {
                switch stage {
                case .dev: "Hello, developer"
                case .production: "Hello, world"
                }
            }

            static let version = "0.1.0"
        }

        """
    }

    var contract: String {
        """
        public import Settings

        /// What the service that says hello reads.
        public enum HelloSettings: ServiceContract {
            public static let executable = "\(type)Hello"

            public static let greeting = Setting<String>("GREETING")
            public static let port = Setting<String>("PORT", required: false)
            /// The address to listen on; loopback where nothing is said, everything in a container.
            public static let host = Setting<String>("HOST", required: false)
            public static let logLevel = Setting<String>("LOG_LEVEL", required: false)

            public static let settings = [
                greeting.declaration, port.declaration, host.declaration, logLevel.declaration,
            ]
        }

        """
    }

    var service: String {
        """
        import \(type)Contracts
        import ServiceKit
        import Settings

        /// Says hello.
        @main
        struct App {
            static func main() async {
                await ServiceMain.run(identity, contract: HelloSettings.self) { settings, logger in
                    let greeting = try settings.required(HelloSettings.greeting)
                    return [
                        WebServer(
                            identity: identity,
                            host: settings.value(of: HelloSettings.host) ?? "127.0.0.1",
                            port: try settings.port(HelloSettings.port, default: 8000),
                            logger: logger
                        ) { router in
                            router.get("/") { _, _ in greeting }
                        }
                    ]
                }
            }

            static let identity = ServiceIdentity(name: "hello", version: "0.1.0")
        }

        """
    }
}
