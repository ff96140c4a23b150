import AsyncHTTPClient
import Foundation
import NIOCore
import Subprocess
import SystemPackage
import Testing
import TestInstruments
import ValidatorTools

/// The image of the chat container, as a container engine would run it.
///
/// A release build takes minutes, so only a thorough run makes one; others take the one that is there.
struct ImageTests {
    private static let program = "\(Validators.package)/.build/programs/release/ChatAPI"

    private static var isWanted: Bool {
        let tools = ["/usr/bin/umoci", "/usr/bin/unshare", "/usr/sbin/chroot"] + (Thoroughness.isFull ? [] : [program])
        return tools.allSatisfy(FileManager.default.isExecutableFile)
    }

    private static let unwanted: Comment = "no release build is there, and no thorough run, or umoci is missing"

    @Test(.enabled(if: isWanted, unwanted), .timeLimit(.minutes(40)))
    func `the image of the chat container is small, and answers soon`() async throws {
        let system = try LocalSystem()
        if Thoroughness.isFull {
            let words =
                ["build", "-c", "release", "--product", "ChatAPI", "--static-swift-stdlib"]
                + ["-Xswiftc", "-static-executable", "-Xlinker", "-s", "--scratch-path", ".build/programs"]
            let built = try await Validators.tool("env", ["swift"] + words, in: Validators.package)
            try #require(built.isAccepted, "\(built.words)")
        }
        let image = ["image", "build", "chat", "--binary", Self.program, "--output", "oci:image", "--tag", "1"]
        let built = try await system.infra(image)
        try #require(built.code == 0, "\(built.errors)")
        let blobs = "\(system.folder.path)/image/blobs/sha256"
        let size = try FileManager.default.contentsOfDirectory(atPath: blobs)
            .reduce(0) { try $0 + Data(contentsOf: URL(filePath: "\(blobs)/\($1)")).count }
        print("image of ChatAPI: \(size) bytes compressed")
        #expect(size < 40_000_000)
        let unpacked = try await Validators.tool(
            "umoci",
            "unpack",
            "--image",
            "image:1",
            "bundle",
            in: system.folder.path
        )
        try #require(unpacked.isAccepted, "\(unpacked.words)")
        try await Self.start("\(system.folder.path)/bundle/rootfs")
        try FileManager.default.removeItem(at: system.folder)
    }

    /// Runs the program with nothing but its image and what every engine adds to it, until it answers.
    private static func start(_ root: String) async throws {
        let port = 18_000 + Int(ProcessInfo.processInfo.processIdentifier) % 1000
        try FileManager.default.createDirectory(atPath: "\(root)/proc", withIntermediateDirectories: true)
        let script = """
            mount -t proc none '\(root)/proc' && exec env -i PORT=\(port) DATA_DIRECTORY=/data \
            /usr/sbin/chroot --userspec=10001:10001 '\(root)' /app/ChatAPI
            """
        let clock = ContinuousClock()
        let start = clock.now
        _ = try await Subprocess.run(
            .path("/usr/bin/unshare"),
            arguments: ["--mount", "sh", "-c", script],
            input: .none,
            output: .discarded,
            error: .discarded
        ) { process in
            let body = try await firstAnswer("http://127.0.0.1:\(port)/health")
            print("image of ChatAPI: first answer after \(start.duration(to: clock.now))")
            #expect(body.contains(#""status":"healthy""#))
            try process.send(signal: .kill)
        }
    }

    private static func firstAnswer(_ url: String) async throws -> String {
        while true {
            try Task.checkCancellation()
            if let response = try? await HTTPClient.shared.execute(.init(url: url), timeout: .seconds(5)) {
                return String(buffer: try await response.body.collect(upTo: 1 << 16))
            }
            await Task.yield()
        }
    }
}
