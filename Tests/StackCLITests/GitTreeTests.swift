import Planning
import Renderers
import Subprocess
import SystemPackage
import Testing
import ValidatorTools

@testable import StackCLI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct GitTreeTests {
    /// Contents that line-based tools trip over.
    private static let files: [(path: String, contents: String)] = [
        ("infra/rendered/dev/bicep/main.bicep", "var a = 1\n"),
        ("infra/rendered/dev/compose/.env.example", "no newline at the end"),
        ("infra/rendered/dev/compose/.env", "SECRET=never\n"),
        ("infra/rendered/dev/compose/.env.local", "SECRET=never\n"),
        ("infra/rendered/dev/compose/secrets/API_KEY", "never"),
        ("infra/rendered/dev/compose/empty.txt", ""),
        ("infra/rendered/dev/compose/größe \"x\".txt", "a\r\nb\n\nblob 12\n"),
        ("infra/rendered/dev/systemd/install.sh", "#!/bin/sh\n"),
        ("infra/rendered/production/bicep/main.bicep", "var b = 1\n"),
    ]

    @Test func `the files of a commit come as they were, and a .env not at all`() async throws {
        try await withRepository { root in
            try Data("changed since".utf8).write(to: URL(filePath: "\(root)/infra/rendered/dev/bicep/main.bicep"))
            let tree = GitTree(reference: "HEAD", directory: root)
            let compose = try await tree.files(in: folder(.compose))
            #expect(
                compose == [
                    RenderedFile(".env.example", "no newline at the end"), RenderedFile("empty.txt", ""),
                    RenderedFile("größe \"x\".txt", "a\r\nb\n\nblob 12\n"),
                ]
            )
            #expect(try await tree.files(in: folder(.bicep)) == [RenderedFile("main.bicep", "var a = 1\n")])
            #expect(
                try await tree.files(in: folder(.systemd)) == [
                    RenderedFile("install.sh", "#!/bin/sh\n", isExecutable: true)
                ]
            )
            #expect(try await tree.files(in: folder(.arm)) == [])
            #expect(try await tree.commit().count >= 7)
        }
    }

    @Test(arguments: ["nothing", "", "--help", "HEAD:infra", "-x"])
    func `a commit that is not there is named`(reference: String) async throws {
        try await withRepository { root in
            await #expect(throws: Failure("git knows no commit '\(reference)'. Fetch it, or name another.")) {
                try await GitTree(reference: reference, directory: root).files(in: folder(.bicep))
            }
        }
    }

    @Test func `a folder outside of git is said to be that`() async throws {
        let failure = Failure("This folder is in no git repository, so that there is nothing to compare with.")
        _ = try await Validators.withFolder(of: [("a.txt", "")]) { root in
            await #expect(throws: failure) { _ = try await GitTree(reference: "HEAD", directory: root).commit() }
        }
    }

    @Test func `the files on disk come as they are, and a .env or a link not at all`() async throws {
        try await Validators.withFolder(of: Self.files) { root in
            let path = "\(root)/infra/rendered/dev/compose"
            try FileManager.default.createSymbolicLink(atPath: "\(path)/link.txt", withDestinationPath: ".env")
            let found = try RenderedFolder("\(root)/infra/rendered", stage: "dev", format: .compose).files()
            #expect(found.map(\.path) == [".env.example", "empty.txt", "größe \"x\".txt"])
            #expect(found[2].contents.utf8.elementsEqual("a\r\nb\n\nblob 12\n".utf8))
            #expect(try RenderedFolder(root, stage: "none", format: .arm).files() == [])
        }
    }

    /// `git apply` is the judge of what a patch means.
    @Test func `the difference of lines is a patch that git applies`() async throws {
        let old: RenderedFiles = [
            .bicep: [RenderedFile("main.bicep", (1...40).map { "line \($0)\n" }.joined())],
            .compose: [RenderedFile("gone.txt", "a\nb"), RenderedFile("same.txt", "same\n")],
            .systemd: [RenderedFile("install.sh", "#!/bin/sh\necho 1")],
        ]
        let new: RenderedFiles = [
            .bicep: [
                RenderedFile(
                    "main.bicep",
                    "first\n" + (2...40).map { "line \($0)\n" }.joined().replacing("20", with: "é")
                )
            ],
            .compose: [RenderedFile("new/file.txt", "x\r\n\ny"), RenderedFile("same.txt", "same\n")],
            .systemd: [RenderedFile("install.sh", "#!/bin/sh\necho 1\n", isExecutable: true)],
        ]
        let before = old.flatMap { format, files in files.map { ("\(format.rawValue)/\($0.path)", $0.contents) } }
        try await Validators.withFolder(of: before) { root in
            try await git("init", "--quiet", in: root)
            let patch = TextDifferenceView(palette: Palette(isOn: false)).lines(TextDifference(from: old, to: new))
            try Data((patch.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: "\(root)/p.patch"))
            try await git("apply", "p.patch", in: root)
            for (format, files) in new {
                for file in files {
                    let path = "\(root)/\(format.rawValue)/\(file.path)"
                    #expect(FileManager.default.contents(atPath: path) == Data(file.contents.utf8))
                    #expect(FileManager.default.isExecutableFile(atPath: path) == file.isExecutable)
                }
            }
            #expect(!FileManager.default.fileExists(atPath: "\(root)/compose/gone.txt"))
        }
    }

    private func folder(_ format: RenderFormat) -> RenderedFolder {
        RenderedFolder(RenderedFolder.usual, stage: "dev", format: format)
    }

    /// Calls a body in a repository that has the files in one commit.
    private func withRepository(_ body: (String) async throws -> Void) async throws {
        try await Validators.withFolder(of: Self.files) { root in
            let script = "\(root)/infra/rendered/dev/systemd/install.sh"
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
            try await git("init", "--quiet", in: root)
            try await git("add", "--all", "--force", in: root)
            try await git(
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@example.com",
                "-c",
                "commit.gpgsign=false",
                "commit",
                "--quiet",
                "--message=One",
                in: root
            )
            try await body(root)
        }
    }

    private func git(_ words: String..., in folder: String) async throws {
        let result = try await Subprocess.run(
            .name("git"),
            arguments: Arguments(words),
            workingDirectory: FilePath(folder),
            output: .discarded,
            error: .string(limit: 1 << 16)
        )
        try #require(result.terminationStatus == .exited(0), "\(result.standardError)")
    }
}
