import JSONText
import TestInstruments
import Testing

@testable import Deployment

struct ConsoleTests {
    private func line(_ time: String?, _ text: String) -> ConsoleLine { ConsoleLine(time: time, text: text) }

    @Test(arguments: [
        (#"{"TimeStamp":"2026-01-01T00:00:00+00:00","Log":"hello\n"}"#, "2026-01-01T00:00:00+00:00", "hello"),
        (#"{"Log":"hello"}"#, nil, "hello"), ("plain", nil, "plain"), (#"{"time":"x"}"#, nil, #"{"time":"x"}"#),
    ])
    func `a line is what the container wrote, in whichever form it comes`(raw: String, time: String?, text: String) {
        #expect(ConsoleLine(raw) == line(time, text))
    }

    @Test func `a stream that is opened again is told from where it broke off`() {
        var cursor = ConsoleCursor()
        #expect(cursor.backlog(first: 20) == 20)
        cursor.reopen()
        let first = [line("1", "a"), line("2", "b"), line("2", "c")]
        #expect(first.filter { cursor.take($0) } == first)
        #expect(cursor.backlog(first: 20) == 300)
        cursor.reopen()
        let second = [line("1", "a"), line("2", "b"), line("2", "c"), line("2", "d"), line("3", "e")]
        let seen = second.filter { cursor.take($0) }
        #expect(seen.map(\.text) == ["d", "e"])
    }

    @Test func `a stream without times is not asked for what it told already`() {
        var cursor = ConsoleCursor()
        let isNew = cursor.take(line(nil, "a"))
        #expect(isNew)
        #expect(cursor.backlog(first: 20) == 0)
    }

    @Test func `however often a stream breaks off, every line comes once and in order`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            var time = 10
            let lines = (0..<30).map { index in
                time += Int.random(in: 0...1, using: &generator)
                return line("\(time)", "\(index)")
            }
            var cursor = ConsoleCursor()
            var seen: [String] = []
            var written = 0
            while written < lines.count {
                cursor.reopen()
                // What is repeated begins anywhere before what is new, as the server keeps a part only; but never
                // in the middle of what was written at one time.
                let start = lines[..<written].last.flatMap { last in lines.firstIndex { $0.time == last.time } } ?? 0
                written = Int.random(in: written...lines.count, using: &generator)
                for line in lines[Int.random(in: 0...start, using: &generator)..<written] where cursor.take(line) {
                    seen.append(line.text)
                }
            }
            #expect(seen == lines.map(\.text))
        }
    }

    @Test(arguments: [
        ("Microsoft.App/containerApps/write", "*", true), ("a/b/write", "*/read", false), ("a/b/Read", "*/read", true),
        ("Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/*/Write", true),
        ("a/b", "a/b", true), ("a/b/c", "a/b", false), ("a/write/read", "a/*write", false),
    ])
    func `an action is one of a pattern, whatever its case`(action: String, pattern: String, isOne: Bool) {
        #expect(CallerPermissions.matches(action, pattern) == isOne)
    }

    @Test func `what one role takes away another one gives`() {
        let contributor = CallerPermissions([["actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]]])
        let action = "Microsoft.Authorization/roleAssignments/write"
        #expect(!contributor.allows(action) && contributor.allows("Microsoft.App/containerApps/write"))
        let both = CallerPermissions([
            ["actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]], ["actions": [.string(action)]],
        ])
        #expect(both.allows(action))
        #expect(!CallerPermissions([]).allows(action))
    }
}
