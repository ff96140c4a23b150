import JSONText
import Testing
import WebFormats

@testable import Messaging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct WireTests {
    @Test func `a schedule is never rounded to before its time`() {
        let date = Date(timeIntervalSince1970: 10.2)
        #expect(HTTPDate(notBefore: date).date.timeIntervalSince1970 == 11)
        #expect(HTTPDate(date).date.timeIntervalSince1970 == 10)
    }

    @Test(arguments: [
        ("Priority", "High", "Priority", "High"),
        ("traceparent", "00-ab-cd-01", "traceparent", "00-ab-cd-01"),
        ("a b", "", "utf8-612062", ""),
        ("Content-Type", "x", "utf8-436f6e74656e742d54797065", "x"),
        ("utf8-x", "x", "utf8-757466382d78", "x"),
        ("", "x", "utf8-", "x"),
        ("q", "say \"hi\"", "q", "utf-8''say%20%22hi%22"),
        ("n", "a\r\nEvil: b", "n", "utf-8''a%0D%0AEvil%3A%20b"),
        ("u", "é", "u", "utf-8''%C3%A9"),
        ("m", "utf-8''x", "m", "utf-8''utf-8%27%27x"),
        ("p", "100%", "p", "100%"),
    ])
    func `a property is spelt so that a header holds it`(name: String, value: String, header: String, text: String) {
        let encoded = PropertyCoding.encode([name: value])
        #expect(encoded.map(\.name) == [header])
        #expect(encoded.map(\.value) == [text])
        #expect(PropertyCoding.decode(name: header) == name)
        #expect(PropertyCoding.decode(value: text) == value)
    }

    @Test func `names that differ in case alone stay apart`() {
        let encoded = PropertyCoding.encode(["a": "1", "A": "2", "b": "3"])
        #expect(encoded.map(\.name) == ["utf8-41", "utf8-61", "b"])
    }

    @Test(arguments: ["utf8-6", "utf8-zz", "utf8-ff"])
    func `a name that only looks encoded stays as it is`(name: String) {
        #expect(PropertyCoding.decode(name: name) == name)
    }

    @Test func `one message goes with headers of ASCII`() throws {
        let message = OutgoingMessage(
            id: "1",
            subject: "é",
            correlationID: "2",
            contentType: "text/plain",
            body: [1, 2],
            properties: ["Priority": "High"],
            scheduledAt: Date(timeIntervalSince1970: 784_111_777)
        )
        let requests = SendRequest.requests(for: [message])
        #expect(requests.map(\.body) == [[1, 2]])
        #expect(
            requests.first?.headers == [
                .init(name: "Content-Type", value: "text/plain"),
                .init(
                    name: "BrokerProperties",
                    value: #"{"MessageId":"1","Label":"\u00e9","CorrelationId":"2","#
                        + #""ScheduledEnqueueTimeUtc":"Sun, 06 Nov 1994 08:49:37 GMT"}"#
                ),
                .init(name: "Priority", value: "\"High\""),
            ]
        )
    }

    @Test func `several messages go as one batch`() throws {
        let messages = [
            OutgoingMessage(id: "1", body: Array("{}".utf8), properties: ["a": "é"]),
            OutgoingMessage(id: "2", contentType: "x/y", body: [0xFF]),
        ]
        let requests = SendRequest.requests(for: messages)
        #expect(requests.map(\.headers) == [[.init(name: "Content-Type", value: SendRequest.batchType)]])
        let body = try JSON(parsing: try #require(requests.first).body)
        #expect(
            body == [
                [
                    "Body": "{}",
                    "BrokerProperties": ["MessageId": "1", "ContentType": "application/json"],
                    "UserProperties": ["a": "utf-8''%C3%A9"],
                ],
                ["Body": "/w==", "IsBodyBase64": true, "BrokerProperties": ["MessageId": "2", "ContentType": "x/y"]],
            ]
        )
    }

    @Test func `a batch is split at the limits of the broker, in order`() throws {
        let large = (0..<5).map { OutgoingMessage(id: "\($0)", body: Array(repeating: 0x61, count: 100_000)) }
        let requests = SendRequest.requests(for: large)
        #expect(requests.count == 3)
        #expect(requests.allSatisfy { $0.body.count <= MessageLimits.messageBytes })
        // The last one is alone, and goes in the form for single messages.
        #expect(requests.last?.body.count == 100_000)
        let many = (0..<9001).map { OutgoingMessage(id: "\($0)", contentType: "", body: []) }
        let ids = try SendRequest.requests(for: many).flatMap { request in
            try #require(request.body.isEmpty ? [JSON.null] : JSON(parsing: request.body).array)
        }
        #expect(ids.count == 9001)
        #expect(SendRequest.requests(for: []).isEmpty)
    }

    @Test(
        arguments: [
            ("https://name.servicebus.windows.net/jobs/messages/1/abc", "/jobs/messages/1/abc"),
            ("/jobs/messages/1/abc", "/jobs/messages/1/abc"),
            ("http://evil.example/x?y=z", "/x?y=z"),
            ("http://evil.example", nil),
            ("rubbish", nil),
        ] as [(String, String?)]
    )
    func `a lock is settled at its path, on our own host`(token: String, target: String?) {
        #expect(ServiceBusConnection.target(of: MessageLock(token: token)) == target)
    }
}
