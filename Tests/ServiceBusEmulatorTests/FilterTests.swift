import Foundation
import JSONText
import Testing

@testable import ServiceBusEmulator

@Suite struct FilterTests {
    private static let message = BrokerMessage(
        id: "7",
        subject: "order.new",
        broker: [.init("MessageId", "7"), .init("Label", "order.new"), .init("CorrelationId", "it's")],
        properties: [
            .init("Size", 3), .init("color", "dark red"), .init("isUrgent", true), .init("half", .number("0.5")),
            .init("rate", "100%"), .init("order by", "x"),
        ],
        contentType: "text/plain",
        body: Data()
    )

    @Test(arguments: [
        "sys.Label = 'order.new'", "SYS.label='order.new'", "sys.Label IN ('a', 'order.new')",
        "sys.Label in('order.new')",
        "sys.Label LIKE 'order.%'", "sys.Label LIKE '_rder%n_w'", "sys.Label LIKE '%'", "NOT sys.Label = 'x'",
        "sys.Label <> 'x'", "sys.Label != 'x'", "sys.Label NOT IN ('x')", "sys.Label NOT LIKE 'x%'", "size = 3",
        "user.SIZE >= 3", "size > -1.5", "half < 1e0", "[order by] = 'x'", "\"order by\" = 'x'",
        "user.[order by] = 'x'",
        "isUrgent = TRUE", "isUrgent <> false", "1 = 1", "absent IS NULL", "size IS NOT NULL", "EXISTS(size)",
        "NOT EXISTS(absent)", "sys.CorrelationId = 'it''s'", "sys.MessageId = '7'", "sys.ContentType = 'text/plain'",
        "rate LIKE '100!%' ESCAPE '!'", "size = 3 OR absent = 1", "absent = 1 OR size = 3",
        // AND binds closer than OR, and NOT closer than AND.
        "1 = 1 OR 1 = 2 AND 1 = 2", "NOT 1 = 2 AND 1 = 1", "NOT (1 = 1 AND 1 = 2)", "((color > 'dark') AND size < 4)",
    ])
    func `a message that meets the condition is taken`(condition: String) throws {
        #expect(try MessageFilter(parsing: condition).takes(Self.message))
    }

    @Test(arguments: [
        "sys.Label = 'Order.New'", "sys.Label IN ('a')", "sys.Label LIKE 'order'", "sys.Label LIKE 'order._'",
        "rate LIKE '100!%5' ESCAPE '!'", "color LIKE '%blue'", "size > 3", "size < 3", "(1 = 1 OR 1 = 2) AND 1 = 2",
        // Nobody can say, and so neither the condition nor its opposite holds.
        "absent = 1", "NOT absent = 1", "absent <> 1", "absent NOT IN (1)", "absent LIKE '%'", "size = '3'",
        "NOT size = '3'", "isUrgent > FALSE", "absent = 1 AND size = 3", "label = 'order.new'", "sys.Nothing = 'x'",
        "size LIKE '3'",
    ])
    func `a message that does not meet the condition is not taken`(condition: String) throws {
        #expect(try !MessageFilter(parsing: condition).takes(Self.message))
    }

    @Test(
        arguments: [
            ("", "a property or a value is expected, after 0 characters"),
            ("size", "a comparison is expected, after 4 characters"),
            ("size =", "a property or a value is expected, after 6 characters"),
            ("size = = 1", "a property or a value is expected, after 7 characters"),
            ("size == 1", "'==' is no comparison, after 5 characters"),
            ("size = 'x", "what begins here has no end, after 7 characters"),
            ("(size = 1", "')' is expected, after 9 characters"),
            ("size = 1)", "more follows than was expected, after 8 characters"),
            ("size NOT = 1", "a comparison is expected, after 9 characters"),
            ("size IN (x)", "IN is about values, after 10 characters"),
            ("size IN ()", "a property or a value is expected, after 9 characters"),
            ("size LIKE 3", "a text in single quotes is expected, after 10 characters"),
            ("size LIKE 'x' ESCAPE 'ab'", "ESCAPE is one character, after 25 characters"),
            ("size IS 3", "NULL is expected, after 8 characters"),
            ("EXISTS(3)", "EXISTS is about a property, after 8 characters"),
            ("and = 1", "'and' is no property, after 0 characters"),
            ("size = 1.2.3", "'1.2.3' is no number, after 7 characters"),
            ("size = ;", "';' means nothing here, after 7 characters"),
            ("sys. = 1", "the name of a property is expected, after 5 characters"),
            (
                String(repeating: "(", count: 1025), "a filter has at most 1024 characters, after 1025 characters"
            ),
        ]
    )
    func `a condition that makes no sense is refused with its place`(condition: String, reason: String) {
        let error = #expect(throws: FilterError.self) { try MessageFilter(parsing: condition) }
        #expect(error?.description == reason)
    }

    @Test func `a pattern is matched in no more than the product of both lengths`() {
        let text = String(repeating: "a", count: 20_000)
        #expect(!LikePattern(String(repeating: "a%", count: 200) + "b").matches(text))
        #expect(LikePattern(String(repeating: "a%", count: 200)).matches(text))
    }

    @Test func `a subscription takes what its subjects and its filter take`() async throws {
        let configuration = BrokerConfiguration(
            topics: [.init("news")],
            subscriptions: [
                .init("some", topic: "news", filter: "sys.Label LIKE 'a%' OR sys.MessageId = '3'"),
                .init("few", topic: "news", subjects: ["ab", "b"], filter: "sys.Label LIKE 'a%'"),
            ]
        )
        try await withBroker(configuration) { broker in
            try await broker.send("1", to: "news", subject: "ab")
            try await broker.send("2", to: "news", subject: "b")
            try await broker.send("3", to: "news")
            #expect(try await broker.drain("news/subscriptions/some") == ["1", "3"])
            #expect(try await broker.drain("news/subscriptions/few") == ["1"])
        }
    }
}
