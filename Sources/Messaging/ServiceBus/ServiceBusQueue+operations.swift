import NIOHTTP1

/// How many messages a queue or subscription holds, by what the broker says.
package struct QueueCounts: Sendable, Hashable {
    /// Free, or in somebody's hands.
    package let active: Int
    package let scheduled: Int
    /// In the dead-letter queue that belongs to it.
    package let deadLetters: Int

    package init(active: Int, scheduled: Int, deadLetters: Int) {
        self.active = active
        self.scheduled = scheduled
        self.deadLetters = deadLetters
    }
}

// What operators do, and services do not.
extension ServiceBusQueue {
    /// The newest version of the description that is known to be answered everywhere.
    private static let descriptionVersion = "2017-04"

    /// Asks how many messages there are; needs the right to manage, and touches none of them.
    ///
    /// Source: learn.microsoft.com/rest/api/servicebus/get-entity
    ///
    /// - Throws: ``MessagingError``, `CancellationError`.
    package func counts() async throws -> QueueCounts {
        try await connection.final {
            let target = "/\(path)?api-version=\(Self.descriptionVersion)"
            let answer = try await connection.perform(.GET, target, headers: [:], body: [])
            switch answer.status.code {
            case 200:
                // From memory: of an entity that is not there, the service gives an empty list.
                guard let counts = QueueCounts(description: answer.body) else {
                    throw MessagingError.unknownEntity(path)
                }
                return counts
            case 404, 410: throw MessagingError.unknownEntity(path)
            default: throw connection.failure(answer, "describe")
            }
        }
    }

    /// Takes the oldest free message away for good.
    ///
    /// Source: learn.microsoft.com/rest/api/servicebus/receive-and-delete-message-destructive-read
    ///
    /// - Parameter seconds: How long the broker may look for one.
    /// - Returns: `false` when there was none.
    /// - Throws: ``MessagingError``, `CancellationError`.
    package func removeOldest(waitingAtMost seconds: Int) async throws -> Bool {
        try await connection.final {
            let target = "/\(path)/messages/head?timeout=\(seconds)"
            let answer = try await connection.perform(.DELETE, target, headers: [:], body: [])
            switch answer.status.code {
            case 200: return true
            case 204: return false
            case 404, 410: throw MessagingError.unknownEntity(path)
            default: throw connection.failure(answer, "remove")
            }
        }
    }
}

extension QueueCounts {
    /// Reads the `CountDetails` of a description; `nil` where it has none.
    ///
    /// Nothing but an element can look like one, for texts have their brackets escaped.
    init?(description: [UInt8]) {
        let text = String(decoding: description, as: UTF8.self)
        func count(_ name: String) -> Int? {
            guard let place = text.firstRange(of: ":\(name)>") ?? text.firstRange(of: "<\(name)>") else { return nil }
            return Int(text[place.upperBound...].prefix { $0 != "<" })
        }
        guard let active = count("ActiveMessageCount") else { return nil }
        self.init(
            active: active,
            scheduled: count("ScheduledMessageCount") ?? 0,
            deadLetters: count("DeadLetterMessageCount") ?? 0
        )
    }
}
