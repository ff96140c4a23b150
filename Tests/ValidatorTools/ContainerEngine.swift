public import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A real Docker engine, with images of the programs of this package.
public enum ContainerEngine {
    public static let reason: Comment =
        "a Docker engine can only be started by root of a machine that allows namespaces"

    /// Whether one can be started here.
    public static func isPossible() async throws -> Bool {
        try await Validators.tool("bash", "\(scripts)/container-engine.sh", "--check", in: "/").isAccepted
    }

    /// Runs a script before an engine, in a folder of its own.
    ///
    /// The script finds the program `infra` in its path, and `docker-compose`.
    ///
    /// - Parameters:
    ///   - script: What to run.
    ///   - hasImages: Whether the engine has the images of the stack `Lightening`.
    /// - Returns: Whether it succeeded, and what it wrote.
    /// - Throws: An error where the shell cannot be started.
    public static func run(_ script: String, hasImages: Bool = true) async throws -> Validators.Verdict {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: "\(folder)/engine", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: "\(folder)/work", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let preparation = """
            set -euo pipefail
            export PATH='\(UserManager.products)':'\(Validators.package)/.build/validators/bin':$PATH
            image() { '\(scripts)/program-image.sh' "$(command -v "$1")" "$2:0.1.0"; }
            """
        let images = hasImages ? "image ChatAPI chat-api; image EventFunctions event-functions; image infra infra" : ""
        return try await Validators.tool(
            "bash",
            "\(scripts)/container-engine.sh",
            "\(folder)/engine",
            "bash",
            "-c",
            [preparation, images, script].joined(separator: "\n"),
            in: "\(folder)/work"
        )
    }

    private static var scripts: String { "\(Validators.package)/Tests/Validators" }
}
