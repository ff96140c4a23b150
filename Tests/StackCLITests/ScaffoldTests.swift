import Testing
import ValidatorTools

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@testable import StackCLI

struct ScaffoldTests {
    private func scaffold(_ name: String = "harbour-lights") throws -> Scaffold {
        Scaffold(name: try #require(ProjectName(name)), source: .path(Validators.package))
    }

    private func withScaffold<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        try await Validators.withFolder(of: [("x", "")]) { folder in
            let package = "\(folder)/package"
            try ScaffoldWriter(folder: URL(filePath: package)).write(try scaffold())
            return try await body(package)
        }
    }

    // MARK: Names

    static let folders: [(String, String?)] = [
        ("Harbour Lights", "harbour-lights"), ("chat_2", "chat-2"), ("x", nil), ("2nd", nil), ("été", nil), ("", nil),
        ("a--b", "a-b"),
    ]

    @Test(arguments: folders)
    func `a project is named after its folder where that goes`(row: (String, String?)) {
        #expect(ProjectName(folder: row.0)?.text == row.1)
    }

    @Test(arguments: ["Harbour", "a", "-a", "a-", "a--b", "a_b", "1a", "é1", String(repeating: "a", count: 31)])
    func `a name that Azure or Swift would not take is refused`(name: String) {
        #expect(ProjectName(name) == nil)
    }

    @Test func `a package finds Slipway in a checkout or a repository`() {
        let path = SlipwaySource.path(#"../sl"ip\way"#)
        #expect(path.dependency == #".package(name: "slipway", path: "../sl\"ip\\way")"#)
        let url = SlipwaySource.repository("https://example.org/ada/slipway.git", version: "1.2.3")
        #expect(url.dependency == #".package(url: "https://example.org/ada/slipway.git", from: "1.2.3")"#)
        #expect(url.package == "slipway")
    }

    // MARK: Writing

    @Test func `nothing is overwritten, and then nothing is written either`() async throws {
        try await Validators.withFolder(of: [("infra/main.swift", "mine")]) { folder in
            let writer = ScaffoldWriter(folder: URL(filePath: folder))
            let failure = #expect(throws: Failure.self) { try writer.write(try scaffold()) }
            #expect(failure?.lines.contains("  infra/main.swift") == true)
            let entries = try FileManager.default.contentsOfDirectory(atPath: folder)
            let mine = try String(contentsOfFile: "\(folder)/infra/main.swift", encoding: .utf8)
            #expect(entries == ["infra"] && mine == "mine")
        }
    }

    @Test func `a link that leads nowhere is there, too`() async throws {
        try await Validators.withFolder(of: [("x", "")]) { folder in
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/Package.swift",
                withDestinationPath: "\(folder)/nowhere"
            )
            let writer = ScaffoldWriter(folder: URL(filePath: folder))
            #expect(throws: Failure.self) { try writer.write(try scaffold()) }
        }
    }

    @Test func `the action is the one that this repository uses itself`() throws {
        for name in ["action.yml", "install.sh"] {
            let path = ".github/actions/infra/\(name)"
            let file = try #require(try scaffold().files.first { $0.path == path })
            let own = "\(Validators.package)/\(path)"
            #expect(try String(contentsOfFile: own, encoding: .utf8) == file.contents)
            #expect(FileManager.default.isExecutableFile(atPath: own) == file.isExecutable)
        }
    }

    // MARK: What others say

    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `GitHub would take its workflow, and nobody can abuse it`() async throws {
        try await withScaffold { folder in
            let words = [
                "-shellcheck", "\(Validators.package)/.build/validators/bin/shellcheck", ".github/workflows/infra.yml",
            ]
            let lint = try await Validators.tool("actionlint", words, in: folder)
            #expect(lint.isAccepted, "\(lint.words)")
            let audit = try await Validators.tool("zizmor", "--offline", "--no-progress", ".github", in: folder)
            #expect(audit.isAccepted, "\(audit.words)")
        }
    }
}
