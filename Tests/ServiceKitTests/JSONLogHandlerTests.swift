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
}
