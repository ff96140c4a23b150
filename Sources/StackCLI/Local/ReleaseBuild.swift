import Subprocess
import SystemPackage

/// Builds programs that need nothing else to run on Linux.
///
/// In a folder of its own, so that the builds of every day stay as they are.
/// Source: swift.org/documentation/articles/static-linux-getting-started.html; `-s` leaves out what debuggers read.
enum ReleaseBuild {
    private static let flags = [
        "-c", "release", "--static-swift-stdlib", "-Xswiftc", "-static-executable", "-Xlinker", "-s",
        "--scratch-path", ".build/images",
    ]

    /// Builds a product of the package in this folder; what the compiler says goes to standard error.
    ///
    /// - Parameter product: The name of the executable product.
    /// - Returns: The path of the program.
    /// - Throws: ``Failure``.
    static func binary(of product: String) async throws -> String {
        Terminal.error.write("Building \(product) for release; the first time takes minutes.")
        let screen = FileDescriptorOutput.fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        let built = try await told {
            try await Subprocess.run(
                .name("swift"),
                arguments: Arguments(["build", "--product", product] + flags),
                input: .none,
                output: screen,
                error: screen
            )
            .terminationStatus
        }
        guard built.isSuccess else { throw Failure("\(product) cannot be built. See what the compiler says above.") }
        let place = try await told {
            try await Subprocess.run(
                .name("swift"),
                arguments: Arguments(["build", "--show-bin-path"] + flags),
                input: .none,
                output: .string(limit: 1 << 16),
                error: .discarded
            )
            .standardOutput
        }
        return "\(place.filter { !$0.isNewline })/\(product)"
    }

    private static func told<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch is SubprocessError {
            throw Failure("swift cannot be run. Install it, or name a program that is built with --binary.")
        }
    }
}
