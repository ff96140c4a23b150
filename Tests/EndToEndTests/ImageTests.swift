import AsyncHTTPClient
import Foundation
import NIOCore
import Subprocess
import SystemPackage
import Testing
import ValidatorTools

/// The image of the chat container, as a container engine would run it.
struct ImageTests {
    private static var hasTools: Bool {
        ["/usr/bin/umoci", "/usr/bin/unshare", "/usr/sbin/chroot"].allSatisfy(FileManager.default.isExecutableFile)
    }

    @Test(
        .enabled(if: ReleaseProgram.isExpected("ChatAPI"), ReleaseProgram.missing),
        .enabled(if: hasTools, "umoci is missing"),
        .timeLimit(.minutes(40))
    )
    func `the image of the chat container is small, and answers soon`() async throws {
        let system = try LocalSystem()
        let program = try await ReleaseProgram.path(of: "ChatAPI")
        let image = ["image", "build", "chat", "--binary", program, "--output", "oci:image", "--tag", "1"]
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
