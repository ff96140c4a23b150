import Settings
import SystemPackage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@testable import StackCLI

struct GitHubTests {
    // MARK: Masks

    static let masks: [(values: [String], lines: [String])] = [
        (["secret"], ["::add-mask::secret"]),
        (["a", "a", ""], ["::add-mask::a"]),
        (["one\ntwo\r\nthree\r"], ["::add-mask::one", "::add-mask::two", "::add-mask::three"]),
        (["100%25\u{B}x"], ["::add-mask::100%2525", "::add-mask::x"]),
        ([" \n\t\n  x "], ["::add-mask::  x "]),
        (["\n", "   "], []),
    ]

    @Test(arguments: masks)
    func `each line of a secret is hidden`(row: (values: [String], lines: [String])) {
        #expect(WorkflowCommand.masks(row.values.map { SecretValue($0) }) == row.lines)
    }

    static let lines: [(String, String)] = [
        ("plain", "plain"), ("::error::x", "· ::error::x"), ("  ::error::x", "·   ::error::x"), ("a ::b", "a ::b"),
        ("a ##[error]b", "a ## [error]b"),
    ]

    @Test(arguments: lines)
    func `no line is a command by accident`(row: (String, String)) {
        #expect(WorkflowCommand.harmless(row.0) == row.1)
    }

    // MARK: The summary

    private func withFile(_ body: (String) throws -> Void) throws {
        let path = TemporaryPath.unique()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func `reports follow one another within the limit of the step`() throws {
        try withFile { path in
            let summary = StepSummary(["GITHUB_STEP_SUMMARY": path])
            summary.append { limit in
                #expect(limit == 1 << 20)
                return "# One\n"
            }
            summary.append { limit in
                #expect(limit == (1 << 20) - 7)
                return "# Two\n"
            }
            summary.append { _ in "" }
            let page = try String(contentsOfFile: path, encoding: .utf8)
            #expect(page == "# One\n\n# Two\n")
        }
    }

    @Test func `a full page takes no more`() throws {
        try withFile { path in
            try String(repeating: "x", count: 1 << 20).write(toFile: path, atomically: true, encoding: .utf8)
            StepSummary(["GITHUB_STEP_SUMMARY": path]).append { limit in
                PlanMarkdown.text(SamplePlans.mixed, of: SamplePlans.subject, byteLimit: limit)
            }
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            #expect(size == 1 << 20)
        }
    }

    @Test(arguments: [[:], ["GITHUB_STEP_SUMMARY": ""]])
    func `elsewhere no report is even made`(environment: [String: String]) {
        var isMade = false
        StepSummary(environment).append { _ in
            isMade = true
            return "x"
        }
        #expect(!isMade)
    }

    @Test func `a page that cannot be written harms nobody`() {
        StepSummary(["GITHUB_STEP_SUMMARY": "/nowhere/at/all"]).append { _ in "x" }
    }
}

private enum TemporaryPath {
    static func unique() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("summary-\(UUID().uuidString).md").path
    }
}
