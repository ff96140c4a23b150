import TestInstruments

@testable import EventFunctions

/// Schedules that end with the test.
final class InMemoryScheduleStore: ScheduleStore {
    private struct Key: Hashable, Comparable {
        let owner: String
        let id: String

        static func < (one: Key, other: Key) -> Bool { (one.owner, one.id) < (other.owner, other.id) }
    }

    private struct State {
        var schedules: [Key: StoredSchedule] = [:]
        var version = 0

        mutating func keep(_ schedule: Schedule) -> StoredSchedule {
            version += 1
            let stored = StoredSchedule(schedule: schedule, version: String(version))
            schedules[Key(owner: schedule.owner, id: schedule.id)] = stored
            return stored
        }
    }

    private let state = Shared(State())

    func insert(_ schedule: Schedule, limit: Int) async throws -> StoredSchedule {
        try state.withLock { state -> Result<StoredSchedule, ScheduleStoreError> in
            let owned = state.schedules.keys.filter { $0.owner == schedule.owner }
            if owned.contains(where: { $0.id == schedule.id }) { return .failure(.exists) }
            return owned.count < limit ? .success(state.keep(schedule)) : .failure(.full)
        }.get()
    }

    func schedule(_ id: String, of owner: String) async throws -> StoredSchedule? {
        state.withLock { $0.schedules[Key(owner: owner, id: id)] }
    }

    func schedules(of owner: String, after continuation: String?, limit: Int) async throws -> SchedulePage {
        page(after: Key(owner: owner, id: continuation ?? ""), limit: limit) { $0.owner == owner }
    }

    func replace(_ stored: StoredSchedule, with schedule: Schedule) async throws -> StoredSchedule {
        try state.withLock { state -> Result<StoredSchedule, ScheduleStoreError> in
            guard state.schedules[Self.key(stored)] == stored else { return .failure(.changed) }
            return .success(state.keep(schedule))
        }.get()
    }

    func delete(_ stored: StoredSchedule) async throws {
        try state.withLock { state -> Result<Void, ScheduleStoreError> in
            guard state.schedules[Self.key(stored)] == stored else { return .failure(.changed) }
            state.schedules[Self.key(stored)] = nil
            return .success(())
        }.get()
    }

    func delete(_ id: String, of owner: String) async throws -> Bool {
        state.withLock { $0.schedules.removeValue(forKey: Key(owner: owner, id: id)) != nil }
    }

    func neglected(_ neglect: Neglect, after continuation: String?, limit: Int) async throws -> SchedulePage {
        let words = continuation?.split(separator: "\u{0}").map { String($0) } ?? []
        let start = words.count == 2 ? Key(owner: words[0], id: words[1]) : Key(owner: "", id: "")
        let page = page(after: start, limit: limit, where: neglect.includes)
        return SchedulePage(
            schedules: page.schedules,
            continuation: page.continuation.flatMap { _ in
                page.schedules.last.map { "\($0.schedule.owner)\u{0}\($0.schedule.id)" }
            }
        )
    }

    private func page(after key: Key, limit: Int, where isWanted: @Sendable (Schedule) -> Bool) -> SchedulePage {
        let rest = state.withLock { $0.schedules }.filter { $0.key > key && isWanted($0.value.schedule) }
        let page = rest.sorted { $0.key < $1.key }.prefix(limit).map(\.value)
        return SchedulePage(schedules: page, continuation: rest.count > limit ? page.last?.schedule.id : nil)
    }

    private static func key(_ stored: StoredSchedule) -> Key {
        Key(owner: stored.schedule.owner, id: stored.schedule.id)
    }
}
