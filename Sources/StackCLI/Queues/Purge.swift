import Messaging

/// The removal of what a place holds.
struct Purge: Sendable {
    let place: MessagePlace
    /// How many there are at the start; `nil` where whoever asks may not know.
    let count: Int?

    /// How many requests are on their way at once.
    private static let width = 8
    /// After how many to say so.
    private static let step = 1000

    /// Finds out how many there are.
    static func all(of places: [MessagePlace], on bus: Bus) async throws -> [Purge] {
        var purges: [Purge] = []
        for place in places { purges.append(Purge(place: place, count: try await bus.total(at: place))) }
        return purges
    }

    /// Removes as many as there were, or until there are none.
    ///
    /// - Parameters:
    ///   - bus: Where.
    ///   - notice: Ends it early.
    ///   - progress: Is told after every thousand.
    ///   - onRemoved: Is told of each, also of those before a failure.
    /// - Throws: ``MessagingError``.
    func run(
        on bus: Bus,
        until notice: SignalNotice,
        progress: (Int) -> Void,
        onRemoved: () -> Void
    ) async throws {
        let queue = bus.queue(place.path)
        let seconds = Int(bus.wait.components.seconds)
        var (started, removed) = (0, 0)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            func mayStart() -> Bool { started < count ?? .max && !notice.isNoticed }
            while started < Self.width, mayStart() {
                started += 1
                group.addTask { try await queue.removeOldest(waitingAtMost: seconds) }
            }
            var isEmpty = false
            while let wasThere = try await group.next() {
                isEmpty = isEmpty || !wasThere
                guard wasThere else { continue }
                onRemoved()
                removed += 1
                if removed.isMultiple(of: Self.step) { progress(removed) }
                guard !isEmpty, mayStart() else { continue }
                started += 1
                group.addTask { try await queue.removeOldest(waitingAtMost: seconds) }
            }
        }
    }

    /// `12 messages of events`.
    static func words(_ purges: [Purge]) -> String {
        purges.filter { $0.count != 0 }.map { purge in
            let count = purge.count.map { "\($0) message\($0 == 1 ? "" : "s")" } ?? "all messages, however many,"
            return "\(count) of '\(purge.place.path)'"
        }
        .joined(separator: " and ")
    }

    static func names(_ purges: [Purge]) -> String {
        purges.map { "'\($0.place.path)'" }.joined(separator: ", ")
    }
}
