import HTTPTypes
import JSONText
import Messaging
import ServiceKit
import Testing

@testable import FunctionHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct InvocationTests {
    static let now = Date(timeIntervalSince1970: 1_767_225_600)

    /// The body that a payload with this trigger carries.
    private static func body(_ trigger: String, contentType: String? = nil) throws -> String {
        let type = contentType.map { #","ContentType":"\#($0)""# } ?? ""
        let payload = #"{"Data":{"message":\#(trigger)},"Metadata":{"MessageId":"m"\#(type)}}"#
        let message = ReceivedMessage(try Invocation(try JSON(parsing: payload)), now: now)
        return try #require(String(validating: message.body, as: UTF8.self))
    }

    @Test(arguments: [
        // An object that the host has parsed: members in their order, digits as they were.
        (#"{"b": 1.0, "a": 12345678901234567890}"#, #"{"b":1.0,"a":12345678901234567890}"#),
        // A text, encoded once more: nothing at all is changed.
        (#""{\"b\": 1.0,  \"a\": 1e400}""#, #"{"b": 1.0,  "a": 1e400}"#),
        (#""\"{\\\"b\\\": 1.0,  \\\"a\\\": 1e400}\"""#, #"{"b": 1.0,  "a": 1e400}"#),
        (#""\"stringTest\"""#, "stringTest"),
        (#""\"\\\"quoted\\\"\"""#, #""quoted""#),
        (#""\"\"""#, ""),
        (#""stringTest""#, "stringTest"),
        (#""\"half a quote""#, #""half a quote"#),
        ("\"\"", ""),
        (#""[1,2.50]""#, "[1,2.50]"),
        (#"[1,2.50]"#, "[1,2.50]"),
        (#""1""#, "1"),
        ("1", "1"),
        ("true", "true"),
        ("null", ""),
        (#""Grüße 👋""#, "Grüße 👋"),
        // Base64, but nobody says so.
        (#""abcd""#, "abcd"),
    ])
    func `a body arrives in every encoding`(trigger: String, body: String) throws {
        #expect(try Self.body(trigger) == body)
    }

    @Test func `bytes are base64 where the content type says that they are no text`() throws {
        #expect(try Self.body(#""aGVsbG8=""#, contentType: "application/octet-stream") == "hello")
        #expect(try Self.body(#""aGVsbG8=""#, contentType: "application/json") == "aGVsbG8=")
        #expect(try Self.body(#""no base64!""#, contentType: "application/octet-stream") == "no base64!")
    }

    @Test(arguments: [
        // As documented, with the names of extension 4.
        #"""
        {"MessageId":"m-1","CorrelationId":"c","Label":"l","ContentType":"application/json","DeliveryCount":3,
         "EnqueuedTimeUtc":"2026-01-02T03:04:05.6789Z","LockToken":"t","UserProperties":{"a":"1","n":2.50,"gone":null}}
        """#,
        // As the host's code does it, with the names of extension 5.
        #"""
        {"MessageId":"\"m-1\"","CorrelationId":"\"c\"","Subject":"\"l\"","ContentType":"\"application/json\"",
         "DeliveryCount":"3","EnqueuedTime":"2026-01-02T03:04:05","LockToken":"\"t\"",
         "ApplicationProperties":"{\"a\":\"1\",\"n\":2.50}"}
        """#,
        #"""
        {"MessageId":"m-1","CorrelationId":"c","Subject":"l","ContentType":"application/json","DeliveryCount":3,
         "EnqueuedTime":"2026-01-02T05:04:05+02:00","LockToken":"t","UserProperties":{"a":"1","n":2.50},
         "sys":{"MethodName":"HandleEvent"},"RetryContext":null}
        """#,
    ])
    func `facts arrive under all names and in every encoding`(metadata: String) throws {
        let payload = try JSON(parsing: #"{"Data":{"message":{}},"Metadata":\#(metadata)}"#)
        let message = ReceivedMessage(try Invocation(payload), now: Self.now)
        #expect(message.id == "m-1")
        #expect(message.correlationID == "c")
        #expect(message.subject == "l")
        #expect(message.contentType == "application/json")
        #expect(message.deliveryCount == 3)
        #expect(message.enqueuedAt.formatted(.iso8601) == "2026-01-02T03:04:05Z")
        #expect(message.lock.token == "t")
        #expect(message.properties == ["a": "1", "n": "2.50"])
    }

    @Test func `properties that were sent over HTTP get their own spelling back`() throws {
        let properties = ["Größe": "groß \"und\" 👋", "trace": "00-1"]
        let sent = PropertyCoding.encode(properties).map { JSON.Member($0.name, .string($0.value)) }
        let payload: JSON = ["Data": ["message": "x"], "Metadata": ["UserProperties": .object(sent)]]
        #expect(ReceivedMessage(try Invocation(payload), now: Self.now).properties == properties)
    }

    @Test(arguments: [
        "[]", "{}", #"{"Data":null}"#, #"{"Data":{}}"#, #"{"Data":"x"}"#, #"{"Data":{"m":1},"Metadata":[]}"#,
    ])
    func `what is no invocation is told so`(payload: String) throws {
        let error = #expect(throws: APIError.self) { try Invocation(try JSON(parsing: payload)) }
        #expect(error?.status == .badRequest)
        #expect(error?.details.isEmpty == false)
    }

    @Test func `a message without any facts is a first delivery`() throws {
        let message = ReceivedMessage(try Invocation(["Data": ["m": "x"]]), now: Self.now)
        #expect(message.deliveryCount == 1)
        #expect(message.enqueuedAt == Self.now)
        #expect(message.properties.isEmpty)
        let numbered: JSON = ["Data": ["m": "x"], "Metadata": ["SequenceNumber": "7"]]
        #expect(ReceivedMessage(try Invocation(numbered), now: Self.now).id == "7")
    }
}
