import Events
import Foundation
import JSONText
import Testing

struct EventTests {
    static let whole = """
        {"timestamp":"2023-01-01T00:00:00Z","source":"sensor-1","type":"movement","userID":"abc123",\
        "metadata":{"x":1.50,"y":12345678901234567890,"z":[{"deep":1e400}],"unicode":"\u{1F980}"}}
        """

    @Test func `an event reads back as it was written, numbers included`() throws {
        let event = try Event(try JSON(parsing: Self.whole))
        #expect(event.json.text == Self.whole)
    }

    @Test func `what is left out gets its default`() throws {
        let now = try #require(Timestamp("2024-02-29T12:00:00Z"))
        let event = try Event(["source": "s", "type": "t"], defaultUser: "ada", now: now)
        #expect(event.userID == "ada")
        #expect(event.timestamp == now)
        #expect(event.metadata.isEmpty)
    }

    @Test func `every field with a problem is told at once`() {
        let json: JSON = [
            "timestamp": "yesterday", "source": 7, "type": "two words", "userID": "", "metadata": [1],
        ]
        do {
            _ = try Event(json)
            Issue.record("an event with five problems was taken")
        } catch {
            #expect(error.problems.map(\.field) == ["source", "type", "userID", "timestamp", "metadata"])
        }
    }

    @Test(arguments: [
        ("a", true), (String(repeating: "a", count: 128), true), (String(repeating: "a", count: 129), false),
        ("A.b_c-9", true), ("caf\u{e9}", false), ("a/b", false), ("", false),
    ])
    func `a type is 1 to 128 harmless characters`(type: String, isGood: Bool) {
        let event = try? Event(["source": "s", "type": .string(type)], defaultUser: "ada")
        #expect((event != nil) == isGood)
    }

    @Test(arguments: [JSON.null, 1, "text", [1]])
    func `only an object is an event`(json: JSON) {
        #expect(throws: EventError.self) { try Event(json, defaultUser: "ada") }
    }
}

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0.0), ("2023-01-01T00:00:00Z", 1_672_531_200), ("2000-02-29T23:59:59Z", 951_868_799),
        ("2023-01-01T01:00:00.25+01:00", 1_672_531_200.25), ("1969-12-31T23:59:59Z", -1),
        ("2023-01-01t00:00:00z", 1_672_531_200), ("2016-12-31T23:59:60Z", 1_483_228_800),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
    ])
    func `a time of RFC 3339 is read`(text: String, seconds: Double) throws {
        let timestamp = try #require(Timestamp(text))
        #expect(timestamp.date.timeIntervalSince1970 == seconds)
        #expect(timestamp.text == text)
    }

    @Test(arguments: [
        "", "2023-01-01", "2023-01-01T00:00:00", "2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2023-13-01T00:00:00Z",
        "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z", "2023-01-01 00:00:00Z", "2023-01-01T00:00:00.Z",
        "2023-01-01T00:00:00+1:00", "2023-01-01T00:00:00Zjunk", "2023-1-1T00:00:00Z0000",
    ])
    func `anything else is not`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `a time that is written reads back to the millisecond`() throws {
        let written = try #require(Timestamp("2024-05-06T07:08:09.123Z"))
        let text = Timestamp(written.date).text
        #expect(Timestamp(text)?.date == written.date, "\(text)")
    }
}

struct LLMChatEventTests {
    @Test func `messages stand under metadata and read back`() throws {
        let chat = LLMChatEvent(source: "web", userID: "ada", messages: [.init(role: "user", content: "Hi")])
        #expect(chat.event.json["metadata"]?["messages"]?.text == #"[{"role":"user","content":"Hi"}]"#)
        #expect(try LLMChatEvent(chat.event) == chat)
    }

    @Test(arguments: [#"{}"#, #"{"messages":[]}"#, #"{"messages":"Hi"}"#, #"{"messages":[{"role":"user"}]}"#])
    func `a chat without messages is refused`(metadata: String) throws {
        let members = try #require(try JSON(parsing: metadata).members)
        let event = Event(source: "s", type: LLMChatEvent.type, userID: "ada", metadata: members)
        #expect(throws: EventError.self) { try LLMChatEvent(event) }
    }
}
