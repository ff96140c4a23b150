import Settings
import Testing

@testable import Supervisor

struct BackoffTests {
    @Test func `the first restart is at once and the next ones wait longer, up to ten seconds`() {
        var backoff = Backoff()
        let delays = (0..<10).map { _ in backoff.delay(afterRunning: .seconds(1)) }
        #expect(delays.prefix(4) == [.zero, .milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(delays.last == .seconds(10))
    }

    @Test func `a process that stayed up is forgiven`() {
        var backoff = Backoff()
        for _ in 0..<5 { _ = backoff.delay(afterRunning: .zero) }
        #expect(backoff.delay(afterRunning: .seconds(30)) == .zero)
    }
}

struct LineSplitterTests {
    @Test func `lines are the same whatever pieces they arrive in`() {
        let text = Array("eins\nzw\u{e9}i\r\n\ndrei".utf8)
        for cut in 0...text.count {
            var splitter = LineSplitter()
            let lines = splitter.lines(adding: text[..<cut]) + splitter.lines(adding: text[cut...])
            #expect(lines == ["eins", "zw\u{e9}i", ""])
            #expect(splitter.last() == "drei")
        }
    }

    @Test func `a line without end is cut and its rest dropped`() {
        var splitter = LineSplitter()
        let endless = Array(repeating: UInt8(ascii: "x"), count: LineSplitter.limit * 3)
        let lines = splitter.lines(adding: endless) + splitter.lines(adding: Array("\nnext\n".utf8))
        #expect(lines.count == 2)
        #expect(lines[0].utf8.count == LineSplitter.limit + "…".utf8.count)
        #expect(lines[1] == "next")
    }
}

struct RedactionTests {
    @Test func `every secret is taken out of a line, the longer one first`() {
        let redaction = Redaction(of: [SecretValue("canary-1234"), SecretValue("canary-1234-long")])
        #expect(redaction.applied(to: "a canary-1234-long b canary-1234 c") == "a <secret> b <secret> c")
    }

    @Test func `short values may be parts of words and stay`() {
        #expect(Redaction(of: [SecretValue("8000")]).applied(to: "port 8000") == "port 8000")
    }
}

struct GateTests {
    @Test func `all who wait pass when it opens, and later ones at once`() async throws {
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { try await gate.wait() } }
            gate.open()
            try await group.waitForAll()
        }
        try await gate.wait()
        #expect(gate.isOpen)
    }

    @Test func `a cancelled wait ends`() async {
        let gate = Gate()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await gate.wait()) == nil }
            group.cancelAll()
            #expect(await group.next() == true)
        }
        #expect(!gate.isOpen)
    }
}
