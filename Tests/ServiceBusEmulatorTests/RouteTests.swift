import HTTPTypes
import Testing

@testable import ServiceBusEmulator

@Suite struct RouteTests {
    @Test(
        arguments: [
            (.get, "/health", .health),
            (.post, "/jobs/messages", .send("jobs")),
            (.post, "/a/b/Messages/", .send("a/b")),
            (.post, "/jobs/messages/head", .receive(.peekLock, "jobs")),
            (.post, "/news/subscriptions/mail/messages/head", .receive(.peekLock, "news/subscriptions/mail")),
            (.post, "/jobs/$deadletterqueue/messages/head", .receive(.peekLock, "jobs/$deadletterqueue")),
            (.post, "/jobs/%24DeadLetterQueue/messages/head", .receive(.peekLock, "jobs/$DeadLetterQueue")),
            (.delete, "/jobs/messages/head", .receive(.receiveAndDelete, "jobs")),
            (.delete, "/jobs/messages/7/t", .complete("jobs", LockReference(message: "7", token: "t"))),
            (.put, "/jobs/messages/7/t", .abandon("jobs", LockReference(message: "7", token: "t"))),
            (.post, "/jobs/messages/7/t", .renew("jobs", LockReference(message: "7", token: "t"))),
            (.delete, "/jobs/messages/abc/t", .complete("jobs", LockReference(message: "abc", token: "t"))),
            (.post, "/messages/messages", .send("messages")),
            (.post, "/health/messages", .send("health")),
            (.post, "/subscriptions/messages/head", .receive(.peekLock, "subscriptions")),
            (.post, "/jobs/messages/messages/head", .receive(.peekLock, "jobs/messages")),
            (.delete, "/jobs/messages/messages/t", .complete("jobs", LockReference(message: "messages", token: "t"))),
            (
                .put, "/messages/messages/messages/t",
                .abandon("messages", LockReference(message: "messages", token: "t"))
            ),
            (.post, "/health", .unknown), (.get, "/", .unknown),
            (.get, "/jobs/messages", .describe(.entity("jobs/messages"))), (.get, "/jobs", .describe(.entity("jobs"))),
            (.get, "/$Resources/Queues", .describe(.queues)), (.get, "/$resources/topics", .describe(.topics)),
            (.get, "/news/Subscriptions/", .describe(.subscriptions(topic: "news"))),
            (.get, "/subscriptions", .describe(.entity("subscriptions"))),
            (.get, "/news/subscriptions/mail", .describe(.entity("news/subscriptions/mail"))),
            (.get, "/news/subscriptions/mail/rules", .describe(.rules(subscription: "news/subscriptions/mail"))),
            (
                .get, "/news/subscriptions/mail/rules/$Default",
                .describe(.rule(subscription: "news/subscriptions/mail", name: "$Default"))
            ),
            (.post, "/messages", .unknown), (.post, "/messages/head", .unknown),
            (.put, "/jobs/messages/head", .unknown),
            (.post, "/jobs/messages/7/t/x", .unknown),
            (.post, "/jobs", .unknown),
        ] as [(HTTPRequest.Method, String, BrokerRoute)]
    )
    func `a request is read from its method and path`(method: HTTPRequest.Method, path: String, route: BrokerRoute) {
        #expect(BrokerRoute(method, path: path) == route)
    }

    @Test(
        arguments: [
            ("0.00:00:40", 40), ("1.02:03:04.5", 93784.5), ("00:01:00", 60), ("00:00:00", nil), ("1:60:00", nil),
            ("24:00:00", nil), ("x", nil), ("-1.00:00:00", nil), ("1.1.00:00:00", nil), ("::", nil),
        ] as [(String, Double?)]
    )
    func `a span of time is read as .NET writes it`(text: String, seconds: Double?) {
        #expect(TimeSpan(parsing: text)?.seconds == seconds)
    }
}
