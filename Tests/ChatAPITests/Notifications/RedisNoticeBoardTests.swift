import Logging
import Redis
import RedisServer
import ServiceLifecycle
import Testing

@testable import ChatAPI

@Suite(.enabled(if: RedisServer.isExpected, RedisServer.missing), .timeLimit(.minutes(1)))
struct RedisNoticeBoardTests {
    /// One replica of the service, as far as notices go.
    private struct Replica {
        let hub = NoticeHub()
        let client: RedisClient
        let board: RedisNoticeBoard

        init(_ server: RedisServer) {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            client = RedisClient(server.address, logger: logger)
            board = RedisNoticeBoard(client: client, hub: hub, logger: logger)
        }

        func run(_ test: () async throws -> Void) async throws {
            let group = ServiceGroup(
                services: [client, board, hub],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await attempt(test) { await group.triggerGracefulShutdown() }
                try await tasks.waitForAll()
            }
        }
    }

    private static func entries(_ reader: NoticeReader) async throws -> [NoticeLog.Entry] {
        guard case .notices(let entries) = await reader.next() else { throw CancellationError() }
        return entries
    }

    @Test func `every replica hears what one was told, under the same id, and one that starts catches up`() async throws
    {
        try await RedisServer.run { server in
            let (one, other) = (Replica(server), Replica(server))
            try await one.run {
                let near = try #require(one.hub.follow("ada", after: nil))
                try await one.board.post(Notice(user: "ada", text: "first"))
                let first = try await Self.entries(near)
                #expect(first.map(\.notice.text) == ["first"])
                try await other.run {
                    // It was not there when the first was told.
                    let far = try #require(other.hub.follow("ada", after: .zero))
                    #expect(try await Self.entries(far) == first)
                    try await other.board.post(Notice(user: "ada", text: "second"))
                    let second = try await Self.entries(near)
                    #expect(second.map(\.notice.text) == ["second"])
                    #expect(try await Self.entries(far) == second)
                }
            }
        }
    }
}
