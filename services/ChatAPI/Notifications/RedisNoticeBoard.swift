import Logging
import Redis
import ServiceLifecycle

/// A board on Redis: one stream that all replicas write to and read along.
///
/// Source: redis.io/docs/latest/commands/xread
struct RedisNoticeBoard: NoticeBoard, Service {
    let client: RedisClient
    let hub: NoticeHub
    let logger: Logger
    var key = "chat:notices"
    var clock: any Clock<Duration> = ContinuousClock()

    /// How long one question waits for something new.
    private static let wait = Duration.seconds(10)
    /// Notices of one answer; with the limit of `/notify` they are less than a connection takes.
    private static let count = 32

    /// A stream that nobody writes to any more is gone soon.
    private static let append = RedisScript(
        """
        local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', 1024, '*', 'user', ARGV[1], 'text', ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return id
        """
    )

    /// What is older than this is of no use to anybody.
    private static let lifetime = 300_000

    func post(_ notice: Notice) async throws {
        _ = try await client.run(
            Self.append,
            keys: [key],
            [.init(notice.user), .init(notice.text), .init(Self.lifetime)]
        )
    }

    /// Hands what anybody posts to the readers of this process, until the service is told to stop.
    func run() async throws {
        await cancelWhenGracefulShutdown { await follow() }
    }

    private func follow() async {
        var position: NoticeID?
        while !Task.isCancelled {
            do {
                position = try await step(after: position)
            } catch {
                if Task.isCancelled { return }
                logger.warning("notices cannot be read from Redis", metadata: ["error": "\(error)"])
                try? await clock.sleep(for: .seconds(1))
            }
        }
    }

    /// Reads what comes next; first of all what was posted in the last minutes, for those who come back to this replica.
    private func step(after position: NoticeID?) async throws -> NoticeID {
        guard let position else { return try await beginning() }
        let command = RedisCommand(
            "XREAD",
            "COUNT",
            .init(Self.count),
            "BLOCK",
            .init(Int(Self.wait / .milliseconds(1))),
            "STREAMS",
            .init(key),
            .init(position.description)
        )
        let answer = try await client.send(command, waitingAtMost: Self.wait)
        // The name of the stream and its entries: in an array of their own in version 2 of the protocol, not in 3.
        let parts = answer.array ?? []
        var latest = position
        for entry in (parts.first?.array ?? parts).last?.array ?? [] {
            guard let parts = entry.array, parts.count == 2, let id = parts[0].text.flatMap({ NoticeID($0) }) else {
                continue
            }
            latest = id
            let fields = parts[1].fields
            guard let user = fields["user"]?.text, let text = fields["text"]?.text else { continue }
            hub.take(Notice(user: user, text: text), id: id)
        }
        return latest
    }

    /// A place some minutes back, by the server's own clock.
    private func beginning() async throws -> NoticeID {
        let time = try await client.send(RedisCommand("TIME"))
        let seconds = time.array?.first?.integer ?? 0
        return NoticeID(milliseconds: UInt64(max(0, seconds * 1000 - Self.lifetime)), sequence: 0)
    }
}
