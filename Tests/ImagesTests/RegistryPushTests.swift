import Foundation
import Images
import JSONText
import Settings
import TestInstruments
import TestNetwork
import Testing
import ValidatorTools

/// Images on their way to the registry that Debian has.
@Suite(
    .enabled(if: SampleProgram.compilerIsExpected, SampleProgram.noCompiler),
    .enabled(if: Tools.areThere("docker-registry", "skopeo"), Tools.missing)
)
struct RegistryPushTests {
    private static func run(
        passwords: String? = nil,
        _ body: @Sendable (PushBench, RegistryServer) async throws -> Void
    ) async throws {
        try await PushBench.run { bench in
            try await RegistryServer.run(in: bench.folder, passwords: passwords) { registry in
                try await body(bench, registry)
            }
        }
    }

    @Test func `others find the image under its tag, and what is about it beside it`() async throws {
        try await Self.run { bench, registry in
            let outcome = try await bench.push(to: "\(registry.host)/shop/hello:1.0.0", chunk: 100_000)
            #expect(!outcome.isUnchanged)
            let source = "docker://\(registry.host)/shop/hello:1.0.0"
            let inspected = try await Tools.run("skopeo", ["inspect", "--tls-verify=false", source], in: bench.folder)
            #expect(try JSON(parsing: inspected.words)["Digest"] == .string("\(outcome.digest)"))
            let copied = try await Tools.run(
                "skopeo",
                ["copy", "--src-tls-verify=false", source, "oci:pulled:1.0.0"],
                in: bench.folder
            )
            #expect(copied.isAccepted, "\(copied.words)")
            let list = source.replacing(":1.0.0", with: ":sha256-\(outcome.digest.hexadecimal)")
            let raw = try await Tools.run("skopeo", ["inspect", "--raw", "--tls-verify=false", list], in: bench.folder)
            let referrers = try JSON(parsing: raw.words)["manifests"]?.array ?? []
            #expect(referrers.map { $0["artifactType"] } == ["application/spdx+json"])
        }
    }

    @Test func `an image that is there already is not sent again`() async throws {
        try await Self.run { bench, registry in
            let first = try await bench.push(to: "\(registry.host)/hello:1")
            #expect(first.sent.count == 5)
            let again = try await bench.push(to: "\(registry.host)/hello:1")
            #expect(again.isUnchanged && again.sent.isEmpty && again.bytes == 0)
            let other = try await bench.push(to: "\(registry.host)/hello:2")
            #expect(!other.isUnchanged && other.sent.isEmpty && other.digest == first.digest)
        }
    }

    @Test func `a new version sends what is new`() async throws {
        try await Self.run { bench, registry in
            _ = try await bench.push(to: "\(registry.host)/hello:1")
            let program = try await SampleProgram.compile(in: bench.folder, name: "next", flags: ["-static", "-O3"])
            _ = try ImageBuild.build(.sample(program, in: bench.folder, tag: "2"), at: "\(bench.folder)/next-image")
            let layout = try ImageLayout(reading: "\(bench.folder)/next-image")
            let second = try await bench.push(to: "\(registry.host)/hello:2", layout)
            // The configuration, the program, and the list of materials.
            #expect(second.sent.count == 3)
        }
    }

    @Test func `what another repository holds is taken from there`() async throws {
        try await Self.run { bench, registry in
            _ = try await bench.push(to: "\(registry.host)/first:1")
            let second = try await bench.push(to: "\(registry.host)/second:1", mountingFrom: "first")
            #expect(second.mounted.count == 5 && second.sent.isEmpty)
        }
    }

    @Test func `a list of materials that was lost is sent when the image is pushed again`() async throws {
        try await Self.run { bench, registry in
            let outcome = try await bench.push(to: "\(registry.host)/hello:1")
            let tags = "\(bench.folder)/registry/docker/registry/v2/repositories/hello/_manifests/tags"
            let tag = "\(tags)/sha256-\(outcome.digest.hexadecimal)"
            try FileManager.default.removeItem(atPath: tag)
            let again = try await bench.push(to: "\(registry.host)/hello:1")
            #expect(again.isUnchanged)
            #expect(FileManager.default.fileExists(atPath: tag))
        }
    }

    @Test func `a registry with passwords takes the right one, and the wrong one is refused without a word of it`()
        async throws
    {
        let line = "anna:$2b$05$abcdefghijklmnopqrstuuQbLfdQZSxZ9gjhA5V9o8Tyc6aQRO0Qi\n"
        try await Self.run(passwords: line) { bench, registry in
            let place = "\(registry.host)/hello:1"
            let right = RegistryCredential.password(user: "anna", SecretValue("opensesame"))
            let pushed = try await bench.push(to: place, credential: right)
            #expect(pushed.sent.count == 5)
            let canary = "canary-5f0e7c"
            let wrong = RegistryCredential.password(user: "anna", SecretValue(canary))
            for credential in [wrong, .anonymous] {
                let error = await #expect(throws: RegistryError.self) {
                    try await bench.push(to: place, credential: credential)
                }
                guard case .unauthorized = error else {
                    Issue.record("\(error as Any)")
                    return
                }
                #expect(!"\(error as Any)".contains(canary))
            }
            let encoded = Data("anna:\(canary)".utf8).base64EncodedString()
            let log = bench.log.withLock { $0.joined() }
            #expect(!log.isEmpty && !log.contains(canary) && !log.contains(encoded) && !log.contains("opensesame"))
        }
    }

    @Test func `a layout that is damaged is not sent`() async throws {
        try await Self.run { bench, registry in
            let blobs = "\(bench.folder)/image/blobs/sha256"
            let largest = try FileManager.default.contentsOfDirectory(atPath: blobs)
                .max {
                    try Data(contentsOf: URL(filePath: "\(blobs)/\($0)")).count
                        < Data(contentsOf: URL(filePath: "\(blobs)/\($1)")).count
                }
            let path = "\(blobs)/\(try #require(largest))"
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[1000] ^= 1
            try bytes.write(to: URL(filePath: path))
            await #expect(throws: ImageError.self) { try await bench.push(to: "\(registry.host)/hello:1") }
        }
    }

    @Test func `a push gets through however often the connection breaks and the registry dies`() async throws {
        try await Self.run { bench, registry in
            let blobs = "\(bench.folder)/image/blobs/sha256"
            let size = try FileManager.default.contentsOfDirectory(atPath: blobs)
                .reduce(0) { try $0 + Data(contentsOf: URL(filePath: "\(blobs)/\($1)")).count }
            let broken = Shared(0)
            for seed in 1...100 {
                var generator = SeededGenerator(seed: seed)
                let cuts = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                    Int.random(in: 1...size, using: &generator) / 2
                }
                let chunk = [20_000, 70_000, 1 << 20].randomElement(using: &generator) ?? 1
                let kills = seed.isMultiple(of: 5)
                let onCut: @Sendable () -> Void = {
                    broken.withLock { $0 += 1 }
                    if kills { registry.kill() }
                }
                try await CuttingProxy.run(before: registry.port, cuts: cuts, onCut: onCut) { proxy in
                    let outcome = try await bench.push(to: "127.0.0.1:\(proxy.port)/seed-\(seed):1", chunk: chunk)
                    // Through another way than the one it came.
                    let again = try await bench.push(to: "\(registry.host)/seed-\(seed):1")
                    #expect(again.isUnchanged && again.sent.isEmpty && again.digest == outcome.digest, "seed \(seed)")
                }
            }
            #expect(broken.withLock { $0 } >= 100)
            for name in try FileManager.default.contentsOfDirectory(atPath: blobs) {
                let kept = try registry.blob("sha256:\(name)")
                let sent = try Data(contentsOf: URL(filePath: "\(blobs)/\(name)"))
                #expect(kept == sent)
            }
        }
    }
}
