import Foundation
import JSONText
import Logging
import Testing

@testable import ServiceKit

struct JSONLogHandlerTests {
    @Test func `an entry is one line of JSON, whatever it says`() throws {
        var handler = JSONLogHandler(service: "sample")
        handler.metadata = ["user": "ada", "count": .stringConvertible(3)]
        let event = LogEvent(
            level: .warning,
            message: "two\nlines \"quoted\" \u{1B}[31m",
            metadata: ["user": "grace", "list": ["a", "b"]],
            source: "s",
            file: "f",
            function: "f",
            line: 1
        )
        let line = handler.line(for: event, at: Date(timeIntervalSince1970: 0.25))
        #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        #expect(line.last == UInt8(ascii: "\n"))
        let json = try JSON(parsing: line.dropLast())
        #expect(json["time"]?.string == "1970-01-01T00:00:00.250Z")
        #expect(json["level"] == "warning")
        #expect(json["service"] == "sample")
        #expect(json["message"] == "two\nlines \"quoted\" \u{1B}[31m")
        #expect(json["user"] == "grace", "an entry's own fact wins over the logger's")
        #expect(json["count"] == 3)
        #expect(json["list"] == ["a", "b"])
    }

    @Test func `a fact with the name of a member of the line gets another, and none is lost`() throws {
        var handler = JSONLogHandler(service: "sample")
        handler.metadata = ["message": "outer", "level": "high", "metadata.message": "third"]
        let facts: Logger.Metadata = [
            "time": "noon", "service": "another", "message": "id", "metadata.other": "same", "messages": "same",
        ]
        let line = handler.line(for: event("text", facts), at: Date(timeIntervalSince1970: 0))
        let members = try #require(try JSON(parsing: line.dropLast()).members)
        #expect(
            members.map { "\($0.name)=\($0.value.string ?? "")" } == [
                "time=1970-01-01T00:00:00.000Z", "level=info", "service=sample", "message=text", "messages=same",
                "metadata.level=high", "metadata.message=id", "metadata.metadata.message=third",
                "metadata.other=same", "metadata.service=another", "metadata.time=noon",
            ]
        )
    }

    private func event(_ message: Logger.Message, _ metadata: Logger.Metadata) -> LogEvent {
        LogEvent(level: .info, message: message, metadata: metadata, source: "s", file: "f", function: "f", line: 1)
    }
}
