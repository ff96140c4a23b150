import Subprocess
import SystemPackage

/// Builds products of the package in this folder for the machines that services are deployed to.
struct ReleaseBuild: Sendable {
    private static let pathLimit = 64 << 10

    /// A Swift SDK that builds for Linux, where this machine is none; `swift sdk list` names them.
    var sdk: String?

    /// Builds a product for release, with the libraries of Swift inside.
    ///
    /// What the compiler says goes to standard error, as it comes.
    /// Source: docs.swift.org/swiftpm/documentation/packagemanagerdocs/swiftbuild
    ///
    /// - Parameter product: An executable product.
    /// - Returns: Where its program is.
    /// - Throws: ``Failure`` where it cannot be built, `CancellationError`.
    func binary(of product: String) async throws -> FilePath {
        do {
            let build = try await Subprocess.run(
                .name("swift"),
                arguments: Arguments(words + ["--product", product]),
                output: .fileDescriptor(.standardError, closeAfterSpawningProcess: false),
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
            )
            guard build.terminationStatus.isSuccess else {
                throw Failure("'\(product)' cannot be built; the compiler says why above.")
            }
            let place = try await Subprocess.run(
                .name("swift"),
                arguments: Arguments(words + ["--show-bin-path"]),
                output: .string(limit: Self.pathLimit),
                error: .discarded
            )
            guard let folder = place.standardOutput.split(whereSeparator: \.isNewline).first else {
                throw Failure("swift does not tell where it has built '\(product)'.")
            }
            return FilePath(String(folder)).appending(product)
        } catch let failure as Failure {
            throw failure
        } catch {
            try Task.checkCancellation()
            throw Failure("swift cannot be run. Install it, or name a program with --binary.")
        }
    }

    private var words: [String] {
        // An SDK for static programs brings all libraries along.
        ["build", "--configuration", "release"] + (sdk.map { ["--swift-sdk", $0] } ?? ["--static-swift-stdlib"])
    }
}
