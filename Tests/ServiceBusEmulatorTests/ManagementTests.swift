import Foundation
import Messaging
import NIOHTTP1
import ServiceBusEmulator
import Testing
import TestInstruments

/// What tools see of the entities.
@Suite(.timeLimit(.minutes(1))) struct ManagementTests {
    private let configuration = BrokerConfiguration(
        queues: [
            .init("jobs", maxDeliveries: 1, lockSeconds: 90, deduplicationSeconds: 90_061, timeToLiveSeconds: 172_800),
            .init("other"),
        ],
        topics: [.init("news"), .init("quiet")],
        subscriptions: [.init("mail", topic: "News", subjects: ["it's", "<b>"]), .init("all", topic: "news")]
    )

    @Test func `a queue tells how it treats messages and how many it has`() async throws {
        try await withEmulator(configuration) { bus in
            for id in ["locked", "dead", "active"] {
                let headers: HTTPHeaders = ["BrokerProperties": #"{"MessageId":"\#(id)"}"#]
                #expect(try await bus.request(.POST, "/jobs/messages", headers: headers).status == 201)
            }
            let later: HTTPHeaders = [
                "BrokerProperties": #"{"ScheduledEnqueueTimeUtc":"Fri, 01 Jan 2100 00:00:00 GMT"}"#
            ]
            #expect(try await bus.request(.POST, "/jobs/messages", headers: later).status == 201)
            #expect(try await bus.request(.POST, "/jobs/messages/head?timeout=0").status == 201)
            let taken = try await bus.request(.POST, "/jobs/messages/head?timeout=0")
            let place = try #require(taken.headers.first(name: "Location")).dropFirst(bus.endpoint.url.count)
            #expect(try await bus.request(.PUT, String(place)).status == 200)

            let answer = try await bus.request(.GET, "/Jobs?api-version=2021-05")
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "Content-Type") == "application/atom+xml;type=entry;charset=utf-8")
            for part in [
                "<id>\(bus.endpoint.url)/jobs</id>", "<title type=\"text\">jobs</title>",
                "<LockDuration>PT1M30S</LockDuration>", "<RequiresDuplicateDetection>true<",
                "<DefaultMessageTimeToLive>P2D<", "<DuplicateDetectionHistoryTimeWindow>P1DT1H1M1S<",
                "<MaxDeliveryCount>1<", "<MessageCount>4<", ":ActiveMessageCount>2<", ":DeadLetterMessageCount>1<",
                ":ScheduledMessageCount>1<",
            ] { #expect(answer.body.contains(part), "\(part) in \(answer.body)") }
            let plain = try await bus.request(.GET, "/other").body
            #expect(plain.contains("<DefaultMessageTimeToLive>P10675199DT2H48M5.4775807S<"))
        }
    }

    @Test func `lists have pages, and rules are spelt as filters`() async throws {
        try await withEmulator(configuration) { bus in
            let queues = try await bus.request(.GET, "/$Resources/queues")
            #expect(queues.headers.first(name: "Content-Type") == "application/atom+xml;type=feed;charset=utf-8")
            #expect(queues.body.components(separatedBy: "<entry").count == 3)
            let page = try await bus.request(.GET, "/$Resources/queues?$skip=1&$top=5").body
            #expect(page.components(separatedBy: "<entry").count == 2)
            #expect(page.contains(">other</title>"))
            let topics = try await bus.request(.GET, "/$Resources/Topics").body
            #expect(topics.contains("<SubscriptionCount>2<"))
            let subscriptions = try await bus.request(.GET, "/news/subscriptions").body
            #expect(subscriptions.contains(">mail</title>") && subscriptions.contains(">all</title>"))
            let rules = try await bus.request(.GET, "/news/subscriptions/mail/rules").body
            #expect(rules.contains("<SqlExpression>sys.Label IN ('it''s','&lt;b&gt;')</SqlExpression>"))
            let rule = try await bus.request(.GET, "/news/subscriptions/all/rules/$default").body
            #expect(rule.contains("i:type=\"TrueFilter\"><SqlExpression>1=1<"))
        }
    }

    @Test func `what is not there is not found, and to look needs the right to manage`() async throws {
        try await withEmulator(configuration) { bus in
            for target in [
                "/nobody", "/nobody/subscriptions", "/news/subscriptions/x", "/news/subscriptions/x/rules",
                "/news/subscriptions/all/rules/other", "/$Resources/other",
            ] {
                let status = try await bus.request(.GET, target).status
                #expect(status == 404, "\(target)")
            }
            #expect(try await bus.request(.GET, "/$Resources/queues?$top=-1").status == 400)
            let reader: HTTPHeaders = ["Authorization": bus.token(keyName: "reader")]
            #expect(try await bus.request(.GET, "/jobs", headers: reader).status == 401)
            #expect(try await bus.request(.GET, "/jobs", authorized: false).status == 401)
        }
    }
}
