import Events
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSONText
import Messaging
import ServiceKit
import Testing

@testable import EventFunctions
@testable import FunctionHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct ScheduleAPITests {
    private static let event = #""event":{"source":"t","type":"tick","metadata":{"n":1.00,"a":[1e400]}}"#

    @Test func `a schedule is made, shown, listed and deleted`() async throws {
        let queue = SentMessages()
        try await answering(queue: queue) { client in
            let made = try await client.post("{\(Self.event),\"cron\":\"0 * * * *\"}")
            #expect(made.status == .created)
            #expect(made.json?["next"]?.string == "2026-03-01T13:00:00.000Z")
            let id = try #require(made.json?["id"]?.string)
            #expect(made.json?.members?.map(\.name) == ["id", "next"])
            #expect(queue.messages.map(\.subject) == [DueMessage.subject])
            #expect(queue.messages[0].scheduledAt == Schedule.start + 3600)

            let shown = try await client.get("/schedule/\(id)")
            #expect(shown.status == .ok)
            #expect(shown.json?["cron"]?.string == "0 * * * *")
            #expect(shown.json?["timezone"]?.string == "UTC")
            #expect(shown.json?["event"]?["metadata"]?.text == #"{"n":1.00,"a":[1e400]}"#)
            #expect(shown.json?["event"]?["timestamp"] == nil)
            let list = try await client.get("/schedule")
            #expect(list.json?["schedules"]?.array == shown.json.map { [$0] })

            #expect(try await client.execute(uri: "/schedule/\(id)", method: .delete).status == .noContent)
            #expect(try await client.execute(uri: "/schedule/\(id)", method: .delete).status == .notFound)
            #expect(try await client.get("/schedule/\(id)").status == .notFound)
        }
    }

    @Test func `a schedule of one time may be due at once`() async throws {
        let queue = SentMessages()
        let store = InMemoryScheduleStore()
        try await answering(queue: queue, store: store) { client in
            let made = try await client.post(
                "{\(Self.event),\"timestamp\":\"2026-03-01T12:59:30+01:00\",\"cron\":null}"
            )
            #expect(made.status == .created)
            #expect(made.json?["next"]?.string == "2026-03-01T11:59:30.000Z")
            let id = try #require(made.json?["id"]?.string)
            #expect(try await store.schedule(id, of: "ada")?.schedule.isArmed == true)
        }
    }

    @Test func `schedules of others are not there`() async throws {
        let store = InMemoryScheduleStore()
        _ = try await store.insert(try .sample("x", owner: "grace"), limit: 1)
        try await answering(store: store) { client in
            let shown = try await client.get("/schedule/x")
            #expect(shown.status == .notFound)
            let deleted = try await client.execute(uri: "/schedule/x", method: .delete)
            #expect(deleted.status == .notFound)
            let list = try await client.get("/schedule")
            #expect(list.json?["schedules"]?.array == [])
        }
        #expect(try await store.schedule("x", of: "grace") != nil)
    }

    @Test(arguments: [
        ("[]", 400, [""]), ("{}", 400, ["event", "timestamp"]),
        (
            #"{"event":{"source":1},"cron":"61 * 32 * *","timezone":"Mars/Base"}"#, 400,
            ["event.source", "event.type", "timezone", "cron", "cron"]
        ),
        (#"{"event":3,"cron":5}"#, 400, ["event", "cron"]),
        ("{\(event),\"cron\":\"* * * * *\",\"timestamp\":\"2027-01-01T00:00:00Z\"}", 400, ["timestamp"]),
        ("{\(event),\"timestamp\":\"2026-03-01T11:58:00Z\"}", 400, ["timestamp"]),
        ("{\(event),\"timestamp\":\"2032-01-01T00:00:00Z\"}", 400, ["timestamp"]),
        ("{\(event),\"timestamp\":\"soon\"}", 400, ["timestamp"]),
        ("{\(event),\"cron\":\"0 0 31 2 *\"}", 400, ["cron"]),
        ("{\(event),\"cron\":\"@daily\",\"timezone\":\"../../etc/passwd\"}", 400, ["timezone"]),
        ("{\(event),\"cron\":\"@daily\",\"timezone\":\"europe/berlin/\"}", 400, ["timezone"]),
        (#"{"event":{"source":"t","type":"a","userID":"grace"},"cron":"@daily"}"#, 403, []),
        (String(repeating: " ", count: 256 * 1024 + 1), 413, []),
        (
            #"{"cron":"@daily","event":{"source":"t","type":"a","metadata":{"a":""#
                + String(repeating: "x", count: 261_000)
                + #""}}}"#, 413, []
        ),
    ])
    func `a bad schedule is refused with all its problems`(body: String, status: Int, fields: [String]) async throws {
        let queue = SentMessages()
        let store = InMemoryScheduleStore()
        try await answering(queue: queue, store: store) { client in
            let answer = try await client.post(body)
            #expect(answer.status.code == status)
            let details = answer.json?["error"]?["details"]?.array?.map { $0["field"]?.string }
            #expect(details == fields)
        }
        #expect(queue.messages.isEmpty)
        #expect(try await store.schedules(of: "ada", after: nil, limit: 1).schedules.isEmpty)
    }

    @Test func `a problem of a cron field names the field`() async throws {
        try await answering { client in
            let answer = try await client.post("{\(Self.event),\"cron\":\"* 24 * * *\"}")
            #expect(
                answer.json?["error"]?["details"]?[0]?["problem"]?.string
                    == "hour: '24' is not allowed; allowed are 0 to 23, *, lists, ranges and steps"
            )
        }
    }

    @Test func `nothing is kept that the broker will not wake`() async throws {
        let store = InMemoryScheduleStore()
        try await answering(queue: AwayQueue(), store: store) { client in
            let answer = try await client.post("{\(Self.event),\"cron\":\"@daily\"}")
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.headers[.retryAfter] != nil)
        }
        #expect(try await store.schedules(of: "ada", after: nil, limit: 1).schedules.isEmpty)
    }

    @Test func `a user has no more schedules than allowed`() async throws {
        try await answering(limit: 2) { client in
            for status in [201, 201, 409] {
                let answer = try await client.post("{\(Self.event),\"cron\":\"@daily\"}")
                #expect(answer.status.code == status)
            }
        }
    }

    @Test func `a request that is repeated under its id makes one schedule`() async throws {
        let queue = SentMessages()
        try await answering(queue: queue, identify: { _, user in "\(user)-1" }) { client in
            let body = "{\(Self.event),\"cron\":\"@daily\"}"
            let answers = [try await client.post(body), try await client.post(body)]
            #expect(answers.map(\.status.code) == [201, 201])
            #expect(answers[0].json == answers[1].json)
            #expect(try await client.get("/schedule").json?["schedules"]?.array?.count == 1)
        }
        #expect(queue.messages.count == 1)
    }

    @Test func `a list comes in pages`() async throws {
        let store = InMemoryScheduleStore()
        for id in ["a", "b", "c"] { _ = try await store.insert(try .sample(id), limit: 9) }
        try await answering(store: store) { client in
            let first = try await client.get("/schedule?limit=2")
            #expect(first.json?["schedules"]?.array?.compactMap { $0["id"]?.string } == ["a", "b"])
            let continuation = try #require(first.json?["continuation"]?.string)
            let rest = try await client.get("/schedule?limit=2&continuation=\(continuation)")
            #expect(rest.json?["schedules"]?.array?.compactMap { $0["id"]?.string } == ["c"])
            #expect(rest.json?["continuation"] == nil)
            #expect(try await client.get("/schedule?limit=0").status == .badRequest)
        }
    }

    private func answering(
        queue: any MessageSender = SentMessages(),
        store: any ScheduleStore = InMemoryScheduleStore(),
        limit: Int = 100,
        identify: @escaping @Sendable (Request, String) throws -> String = { _, _ in RandomIdentifier.next() },
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let functions = ScheduleFunctions(
            store: store,
            queue: queue,
            limit: limit,
            logger: .silent,
            now: { Schedule.start },
            identify: identify
        )
        let server = WebServer(identity: App.identity, host: "127.0.0.1", port: 0, logger: .silent) { router in
            for function in functions.all {
                guard case .http(let declaration, let handler) = function.trigger else { continue }
                router.on(declaration.path, method: declaration.httpMethod) { request, context in
                    var context = context
                    context.user = "ada"
                    return try await handler(request, context)
                }
            }
        }
        try await server.application.test(.router) { try await test($0) }
    }
}

private struct AwayQueue: MessageSender {
    func send(_ messages: [OutgoingMessage]) async throws {
        throw MessagingError.unavailable(reason: "away")
    }
}

extension TestClientProtocol {
    fileprivate func post(_ body: String) async throws -> TestResponse {
        try await execute(
            uri: "/schedule",
            method: .post,
            headers: [.contentType: "application/json"],
            body: ByteBuffer(string: body)
        )
    }

    fileprivate func get(_ path: String) async throws -> TestResponse {
        try await execute(uri: path, method: .get)
    }
}

extension TestResponse {
    fileprivate var json: JSON? { try? JSON(parsing: body.readableBytesView) }
}

extension JSON {
    fileprivate subscript(index: Int) -> JSON? {
        array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
    }
}
