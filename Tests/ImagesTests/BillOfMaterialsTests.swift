import Foundation
import Images
import JSONText
import Testing
import ValidatorTools

/// The list of what is in an image, held against the tools of SPDX.
@Suite(.enabled(if: SampleProgram.compilerIsExpected, SampleProgram.noCompiler))
struct BillOfMaterialsTests {
    /// Builds an image, and reads the list that lies beside it.
    private static func withList(_ body: (JSON, _ program: String) async throws -> Void) async throws {
        try await Validators.withFolder(of: [("empty", "")]) { folder in
            let program = try await SampleProgram.compile(in: folder)
            _ = try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            let index = try ImageLayout(reading: "\(folder)/image").index
            let attachment = try #require(index.manifests.first { $0.artifactType != nil })
            func blob(_ digest: JSON?) throws -> JSON {
                let name = try #require(digest?.string).dropFirst("sha256:".count)
                return try JSON(parsing: Data(contentsOf: URL(filePath: "\(folder)/image/blobs/sha256/\(name)")))
            }
            let manifest = try blob(.string("\(attachment.digest)"))
            try await body(try blob(manifest["layers"]?.array?.first?["digest"]), program)
        }
    }

    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `the tools of SPDX find nothing wrong with it, and read all that is in it`() async throws {
        try await Self.withList { list, program in
            let verdict = try await Validators.python("spdx.py", input: list.text)
            #expect(verdict.isAccepted, "\(verdict.words)")
            let files = [
                "etc/group": "root:x:0:\nservice:x:10001:\n",
                "etc/passwd": """
                root:x:0:0:root:/:/sbin/nologin
                service:x:10001:10001:service:/data:/sbin/nologin

                """,
                "etc/ssl/certs/ca-certificates.crt": "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
            ]
            let names = files.keys.sorted() + ["app/Hello"]
            let (sha1, sha256) = try await Validators.withFolder(of: files.map { ($0.key, $0.value) }) { folder in
                try FileManager.default.createDirectory(atPath: "\(folder)/app", withIntermediateDirectories: true)
                try FileManager.default.copyItem(atPath: program, toPath: "\(folder)/app/Hello")
                return (
                    try await Self.sums("sha1sum", of: names, in: folder),
                    try await Self.sums("sha256sum", of: names, in: folder)
                )
            }
            // The recipe of the specification, by other means.
            let all = sha1.sorted().joined()
            let code = try await Validators.withFolder(of: [("all", all)]) {
                try await Self.sums("sha1sum", of: ["all"], in: $0)[0]
            }
            let lines = zip(names, zip(sha1, sha256)).map { "./\($0) SHA1:\($1.0) SHA256:\($1.1)" }
            let contained = names.map { name in
                "SPDXRef-Image CONTAINS SPDXRef-File-\(name.replacing("/", with: "-"))"
            }
            let expected = """
                hello 1.0.0 git+https://example.com/hello@0123456789abcdef \(code)
                swift-nio 2.1.0 git+https://github.com/apple/swift-nio.git@ab -
                  purl pkg:swift/github.com/apple/swift-nio@2.1.0
                local_package - NOASSERTION -
                \(lines.joined(separator: "\n"))
                SPDXRef-DOCUMENT DESCRIBES SPDXRef-Image
                \(contained.joined(separator: "\n"))
                SPDXRef-Image DEPENDS_ON SPDXRef-Package-swift-nio
                SPDXRef-Image DEPENDS_ON SPDXRef-Package-local-package
                """
            #expect(verdict.words.trimmingCharacters(in: .whitespacesAndNewlines) == expected)
        }
    }

    /// What a tool of the system says files are.
    private static func sums(_ tool: String, of names: [String], in folder: String) async throws -> [String] {
        let lines = try await Tools.run(tool, names, in: folder).words.split(separator: "\n")
        try #require(lines.count == names.count)
        return lines.map { String($0.prefix { $0 != " " }) }
    }

    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `a list that is wrong is not found right`() async throws {
        try await Self.withList { list, _ in
            let broken = list.text.replacing("SPDXRef-Package-local-package\",\"name", with: "Package_1\",\"name")
            #expect(broken != list.text)
            let verdict = try await Validators.python("spdx.py", input: broken)
            #expect(!verdict.isAccepted)
        }
    }
}
