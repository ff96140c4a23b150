import HTTPTypes
import JSONText
import ServiceBusEmulator
import Testing

@Suite struct ConfigurationTests {
    @Test func `what is written is read back`() throws {
        let configuration = BrokerConfiguration(
            queues: [
                .init("jobs", maxDeliveries: 3, lockSeconds: 5, deduplicationSeconds: 20, timeToLiveSeconds: 9),
                .init("a/b.c-d_e"),
            ],
            topics: [.init("news", deduplicationSeconds: 20, timeToLiveSeconds: 9)],
            subscriptions: [
                .init("all", topic: "news"), .init("mail", topic: "news", subjects: ["a", "b"], filter: "x = 1"),
            ]
        )
        #expect(try BrokerConfiguration(parsing: configuration.json) == configuration)
    }

    @Test func `what is absent has its default`() throws {
        let json = try JSON(parsing: #"{"queues":[{"name":"jobs","maxDeliveries":null}],"topics":null}"#)
        #expect(try BrokerConfiguration(parsing: json) == BrokerConfiguration(queues: [.init("jobs")]))
        #expect(try BrokerConfiguration(parsing: [:]) == BrokerConfiguration())
    }

    @Test(
        arguments: [
            ("[]", [.wrongKind(path: "the document", expected: "an object")]),
            (#"{"queue":[]}"#, [.unknownMember(path: ".queue")]),
            (#"{"queues":{}}"#, [.wrongKind(path: "queues", expected: "an array")]),
            (#"{"queues":[1]}"#, [.wrongKind(path: "queues[0]", expected: "an object")]),
            (
                #"{"queues":[{"lockSeconds":"x","lock":1}]}"#,
                [
                    .unknownMember(path: "queues[0].lock"),
                    .wrongKind(path: "queues[0].name", expected: "a string"),
                    .wrongKind(path: "queues[0].lockSeconds", expected: "a whole number"),
                ]
            ),
            (
                #"{"subscriptions":[{"name":"s","topic":"t","subjects":["a",1]}]}"#,
                [
                    .wrongKind(path: "subscriptions[0].subjects", expected: "an array of strings")
                ]
            ),
            (
                #"{"topics":[{"name":"t"}],"subscriptions":[{"name":"s","topic":"t","filter":"x ="}]}"#,
                [
                    .badFilter(
                        subscription: "t/subscriptions/s",
                        reason: "a property or a value is expected, after 3 characters"
                    )
                ]
            ),
            (#"{"subscriptions":[{"name":"s","topic":"t"}]}"#, [.unknownTopic("t", subscription: "s")]),
            (#"{"queues":[{"name":"a"},{"name":"A"}],"topics":[{"name":"a"}]}"#, [.duplicate("A"), .duplicate("a")]),
            (
                #"{"queues":[{"name":"a b"},{"name":""},{"name":"x//y"},{"name":"$x"}]}"#,
                [
                    .badName("a b"), .badName(""), .badName("x//y"), .badName("$x"),
                ]
            ),
            (
                #"{"queues":[{"name":"a","maxDeliveries":0,"lockSeconds":301}]}"#,
                [
                    .outOfRange(path: "a.maxDeliveries", value: 0, allowed: 1...2000),
                    .outOfRange(path: "a.lockSeconds", value: 301, allowed: 1...300),
                ]
            ),
        ] as [(String, [BrokerConfigurationError.Problem])]
    )
    func `all that is wrong is told at once`(text: String, problems: [BrokerConfigurationError.Problem]) throws {
        let json = try JSON(parsing: text)
        let error = #expect(throws: BrokerConfigurationError.self) { try BrokerConfiguration(parsing: json) }
        #expect(error?.problems == problems)
    }
}
