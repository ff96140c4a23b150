import Renderers
import ServiceBusEmulator
import StackModel
import Testing

struct BrokerConfigurationTests {
    @Test func `the broker gets what the stack says of queues, topics and subscriptions, and nothing else`() throws {
        let news = Topic("news", of: String.self, deduplication: .minutes(1), timeToLive: .days(1))
        let stack = Stack(
            "sample",
            [
                Cache("cache"), news,
                Queue(
                    "jobs",
                    of: String.self,
                    maxDeliveries: 3,
                    lock: .seconds(30),
                    deduplication: .hours(1),
                    timeToLive: .days(2)
                ),
                Queue("plain", of: String.self),
                Subscription("mail", to: news, receiving: .subjects("a", "b"), maxDeliveries: 4, lock: .seconds(5)),
                Subscription("all", to: news),
            ]
        )
        #expect(
            try BrokerConfiguration(parsing: stack.lowered().brokerDocument)
                == BrokerConfiguration(
                    queues: [
                        .init(
                            "jobs",
                            maxDeliveries: 3,
                            lockSeconds: 30,
                            deduplicationSeconds: 3600,
                            timeToLiveSeconds: 172_800
                        ),
                        .init("plain"),
                    ],
                    topics: [.init("news", deduplicationSeconds: 60, timeToLiveSeconds: 86400)],
                    subscriptions: [
                        .init("all", topic: "news"),
                        .init("mail", topic: "news", subjects: ["a", "b"], maxDeliveries: 4, lockSeconds: 5),
                    ]
                )
        )
    }
}
