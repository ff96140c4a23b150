import TestInstruments
public import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Programs as they are published: static, and built for release.
///
/// A release build takes minutes, so only a thorough run makes one; others take the one that is there.
public enum ReleaseProgram {
    public static let missing: Comment = "no release build is there, and this is no thorough run"

    /// Whether tests should run a product so.
    public static func isExpected(_ product: String) -> Bool {
        Thoroughness.isFull || FileManager.default.isExecutableFile(atPath: place(of: product))
    }

    /// Where the program of a product is, which a thorough run builds first as `infra` does.
    public static func path(of product: String) async throws -> String {
        guard Thoroughness.isFull else { return place(of: product) }
        let words =
            ["swift", "build", "-c", "release", "--product", product, "--static-swift-stdlib"]
            + ["-Xswiftc", "-static-executable", "-Xlinker", "-s", "--scratch-path", ".build/programs"]
        let built = try await Validators.tool("env", words, in: Validators.package)
        try #require(built.isAccepted, "\(built.words)")
        return place(of: product)
    }

    private static func place(of product: String) -> String {
        "\(Validators.package)/.build/programs/release/\(product)"
    }
}
