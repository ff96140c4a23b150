import Testing

@testable import StackCLI

import Foundation

struct LogTailTests {
    @Test(arguments: [
        ("", 2, []), ("a\n", 2, ["a"]), ("a\nb\nc\n", 2, ["b", "c"]), ("a\nb\n", 0, []),
        ("a\n\nb\n", 3, ["a", "", "b"]),
        ("a\nb", 2, ["a"]), ("\n", 1, [""]),
    ])
    func `the last whole lines are shown`(text: String, count: Int, lines: [String]) throws {
        try withLog(text) { log in
            var tail = LogTail(service: "s", path: log.path)
            #expect(tail.last(count) == lines)
        }
    }

    @Test func `what was there before may be left out, unless the file was begun anew`() throws {
        try withLog("old\n") { log in
            var tail = LogTail.ofNews(of: "s", path: log.path)
            #expect(tail.last(5) == [])
            try log.append("a\nb\n")
            #expect(tail.last(5) == ["a", "b"])
            #expect(tail.last(1) == ["b"])
            try log.write("n\n")
            #expect(tail.last(5) == ["n"])
        }
    }

    @Test func `a file that is not there has no lines until it is`() throws {
        try withLog(nil) { log in
            var tail = LogTail(service: "s", path: log.path)
            #expect(tail.last(5) == [])
            #expect(tail.newLines() == [])
            try log.append("a\n")
            #expect(tail.newLines() == ["a"])
        }
    }

    @Test func `what is added is told once, each line when it is whole`() throws {
        try withLog("a\nb") { log in
            var tail = LogTail(service: "s", path: log.path)
            #expect(tail.last(5) == ["a"])
            #expect(tail.newLines() == [])
            try log.append("c\nd\né")
            #expect(tail.newLines() == ["bc", "d"])
            try log.append("e\n")
            #expect(tail.newLines() == ["ée"])
            #expect(tail.newLines() == [])
        }
    }

    @Test func `a character that comes in two pieces is read whole`() throws {
        try withLog("") { log in
            var tail = LogTail(service: "s", path: log.path)
            let bytes = Array("größe\n".utf8)
            try log.append(bytes[..<3])
            #expect(tail.newLines() == [])
            try log.append(bytes[3...])
            #expect(tail.newLines() == ["größe"])
        }
    }

    @Test func `a file that was begun anew is read from its start`() throws {
        try withLog("a long first line\nhalf") { log in
            var tail = LogTail(service: "s", path: log.path)
            #expect(tail.last(5) == ["a long first line"])
            try log.write("new\n")
            #expect(tail.newLines() == ["new"])
        }
    }

    @Test func `of a huge file only the window is read`() throws {
        try withLog("") { log in
            try log.grow(to: 1 << 33)
            try log.append("x\none\ntwo\n")
            var tail = LogTail(service: "s", path: log.path)
            #expect(tail.last(2) == ["one", "two"])
            try log.append("three\n")
            #expect(tail.newLines() == ["three"])
        }
    }

    @Test func `a cut line is not shown, and a burst is read window by window`() throws {
        let line = String(repeating: "x", count: 1023)
        let text = String(repeating: line + "\n", count: 2048)
        try withLog("123" + text) { log in
            var tail = LogTail(service: "s", path: log.path)
            #expect(tail.last(.max) == Array(repeating: line, count: 1023))
            try log.append(text)
            #expect(tail.newLines().count == 1024)
            #expect(tail.newLines().count == 1024)
            #expect(tail.newLines().count == 0)
        }
    }

    private struct Log {
        let path: String

        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: path))
        }

        func append(_ text: String) throws {
            try append(text.utf8)
        }

        func append(_ bytes: some Sequence<UInt8>) throws {
            if !FileManager.default.fileExists(atPath: path) { try write("") }
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Data(bytes))
            try file.close()
        }

        func grow(to size: UInt64) throws {
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            try file.truncate(atOffset: size)
            try file.close()
        }
    }

    private func withLog(_ text: String?, _ body: (Log) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = Log(path: folder.appending(path: "s.log").path())
        if let text { try log.write(text) }
        try body(log)
    }
}
