import StackGraph
import Subprocess
import SystemPackage

/// Builds products of the package in this folder as programs that need nothing else to run on Linux.
///
/// In a folder of its own, so that the builds of every day stay as they are, and without secrets in the environment:
/// the compiler runs code of every package that the stack is made of.
/// Source: swift.org/documentation/articles/static-linux-getting-started.html; `-s` leaves out what debuggers read.
struct ReleaseBuild: Sendable {
    /// A Swift SDK that builds for Linux, where this machine is none; `swift sdk list` names them.
    var sdk: String?
    private let hidden: Set<String>

    /// Prepares to build.
    ///
    /// - Parameters:
    ///   - graph: The stack, whose secrets the compiler does not see.
    ///   - sdk: A Swift SDK.
    init(for graph: Graph, sdk: String? = nil) {
        self.sdk = sdk
        self.hidden = Set(graph.secrets.map(\.name)).union(Self.credentials)
    }

    private static let credentials = [
        "AZURE_CLIENT_SECRET", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "IDENTITY_HEADER", "GITHUB_TOKEN", "GH_TOKEN",
    ]

    private var environment: Environment {
        .inherit.updating(Dictionary(uniqueKeysWithValues: hidden.map { (.init(stringLiteral: $0), nil) }))
    }

    private static let pathLimit = 64 << 10

    /// Builds a product; what the compiler says goes to standard error, as it comes.
    ///
    /// - Parameter product: The name of an executable product.
    /// - Returns: Where its program is.
    /// - Throws: ``Failure`` where it cannot be built, `CancellationError`.
    func binary(of product: String) async throws -> FilePath {
        Terminal.error.write("Building \(product) for release; the first time takes minutes.")
        let screen = FileDescriptorOutput.fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        let build = try await told {
            try await Subprocess.run(
                .name("swift"),
                arguments: Arguments(words + ["--product", product]),
                environment: environment,
                input: .none,
                output: screen,
                error: screen
            )
        }
        guard build.terminationStatus.isSuccess else {
            throw Failure("\(product) cannot be built. See what the compiler says above.")
        }
        let place = try await told {
            try await Subprocess.run(
                .name("swift"),
                arguments: Arguments(words + ["--show-bin-path"]),
                environment: environment,
                input: .none,
                output: .string(limit: Self.pathLimit),
                error: .discarded
            )
        }
        guard let folder = place.standardOutput.split(whereSeparator: \.isNewline).first else {
            throw Failure("swift does not tell where it has built \(product).")
        }
        return FilePath(String(folder)).appending(product)
    }

    private var words: [String] {
        // An SDK for static programs brings all libraries along.
        let kind = sdk.map { ["--swift-sdk", $0] } ?? ["--static-swift-stdlib", "-Xswiftc", "-static-executable"]
        return ["build", "--configuration", "release", "--scratch-path", ".build/programs", "-Xlinker", "-s"] + kind
    }

    private func told<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch is SubprocessError {
            try Task.checkCancellation()
            throw Failure("swift cannot be run. Install it, or name a program that is built with --binary.")
        }
    }
}
