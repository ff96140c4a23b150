import Renderers
import Testing
import ValidatorTools

@testable import StackCLI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct RenderedFolderTests {
    private let rendering = Rendering(files: [
        RenderedFile("a.txt", "first\n"), RenderedFile("deep/b.sh", "#!/bin/sh\n", isExecutable: true),
    ])

    @Test func `what was written is not different, and is not written again`() async throws {
        try await Validators.withFolder(of: []) { root in
            let folder = RenderedFolder(root, stage: "dev", format: .compose)
            let lines = try folder.write(rendering)
            #expect(lines == ["wrote \(folder.path)/a.txt", "wrote \(folder.path)/deep/b.sh"])
            #expect(folder.differences(from: rendering) == [])
            #expect(try folder.write(rendering) == [])
            #expect(FileManager.default.isExecutableFile(atPath: "\(folder.path)/deep/b.sh"))
        }
    }

    @Test func `a file that is missing, changed or too many is named`() async throws {
        let files = [("dev/arm/a.txt", "other"), ("dev/arm/old.txt", ""), ("dev/arm/.env", "SECRET=1")]
        try await Validators.withFolder(of: files) { root in
            let folder = RenderedFolder(root, stage: "dev", format: .arm)
            #expect(
                folder.differences(from: rendering) == [
                    "changed \(root)/dev/arm/a.txt", "missing \(root)/dev/arm/deep/b.sh",
                    "extra \(root)/dev/arm/old.txt",
                ]
            )
        }
    }

    @Test func `rendering deletes nothing and leaves a person's own values alone`() async throws {
        let files = [("dev/arm/old.txt", "mine"), ("dev/arm/.env", "SECRET=1")]
        try await Validators.withFolder(of: files) { root in
            let folder = RenderedFolder(root, stage: "dev", format: .arm)
            let lines = try folder.write(rendering)
            #expect(lines.last == "\(root)/dev/arm/old.txt is not rendered any more; delete it")
            #expect(try String(contentsOfFile: "\(root)/dev/arm/old.txt", encoding: .utf8) == "mine")
            #expect(try String(contentsOfFile: "\(root)/dev/arm/.env", encoding: .utf8) == "SECRET=1")
        }
    }

    @Test func `a folder that cannot be written is told by name`() async throws {
        try await Validators.withFolder(of: [("dev", "a file where a folder should be")]) { root in
            let folder = RenderedFolder(root, stage: "dev", format: .arm)
            let error = #expect(throws: Failure.self) { try folder.write(rendering) }
            #expect(error?.lines.first?.contains("\(root)/dev/arm/a.txt") == true)
        }
    }
}
