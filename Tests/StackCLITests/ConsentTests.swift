import SystemPackage
import TestInstruments
import Deployment
import Testing

@testable import StackCLI

struct ConsentTests {
    private static func consent(
        _ answer: String?,
        isAgreed: Bool = false,
        isInteractive: Bool = true,
        asked: Shared<[String]> = Shared([])
    ) -> Consent {
        Consent(isAgreed: isAgreed, isInteractive: isInteractive) { question in
            asked.withLock { $0.append(question) }
            return answer
        }
    }

    @Test(arguments: ["y", "Y", "yes", " YES \r"])
    func `a yes is a yes`(answer: String) async throws {
        let asked = Shared<[String]>([])
        try await Self.consent(answer, asked: asked).apply()
        #expect(asked.withLock { $0 } == ["Apply these changes? [y/N]"])
    }

    @Test(arguments: ["", " ", "n", "no", "yesterday", "да", nil])
    func `all else is a no`(answer: String?) async {
        await #expect(throws: Failure("Nothing was changed.")) { try await Self.consent(answer).apply() }
    }

    @Test func `who agreed before is not asked`() async throws {
        let asked = Shared<[String]>([])
        for isInteractive in [true, false] {
            let consent = Self.consent(nil, isAgreed: true, isInteractive: isInteractive, asked: asked)
            try await consent.apply()
            try await consent.remove("shop")
        }
        #expect(asked.withLock { $0 }.isEmpty)
    }

    @Test func `where there is nobody to ask, it says what to do`() async {
        let failure = await #expect(throws: Failure.self) {
            try await Self.consent("y", isInteractive: false).apply()
        }
        #expect(failure?.code == 64)
        #expect(
            failure?.description
                == "There is nobody to ask here. Review the changes with `infra preview`, then run this with --yes."
        )
    }

    @Test func `who removes a stack types its name`() async throws {
        let asked = Shared<[String]>([])
        try await Self.consent("shop-dev ", asked: asked).remove("shop-dev")
        #expect(asked.withLock { $0 } == ["Type 'shop-dev' to remove it:"])
        for answer in ["y", "yes", "shop", "Shop-dev", ""] {
            await #expect(throws: Failure.self) { try await Self.consent(answer).remove("shop-dev") }
        }
    }

    static let answers: [(String?, Interruption)] = [
        ("c", .cancel), (" Cancel\n", .cancel), ("l", .leave), ("", .leave), ("x", .leave), (nil, .leave),
        ("can", .leave),
    ]

    @Test(arguments: answers)
    func `only who says so cancels what runs`(row: (String?, Interruption)) {
        #expect(Interruption(row.0) == row.1)
    }

    @Test func `a line is read up to its end, and no further than anybody types`() throws {
        let pipe = try FileDescriptor.pipe()
        defer { try? pipe.readEnd.close() }
        let long = String(repeating: "x", count: 2000)
        try pipe.writeEnd.writeAll("yes\n\n\(long)\nlast".utf8)
        try pipe.writeEnd.close()
        let terminal = Terminal(descriptor: pipe.readEnd.rawValue)
        #expect(terminal.readLine() == "yes")
        #expect(terminal.readLine() == "")
        #expect(terminal.readLine()?.count == 1024)
        #expect(terminal.readLine()?.count == 976)
        #expect(terminal.readLine() == "last")
        #expect(terminal.readLine() == nil)
    }
}
