#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where schedules are kept; the truth about what is due.
///
/// Everything but ``neglected(_:after:limit:)`` asks for the schedules of one owner, so that owners can be partitions.
protocol ScheduleStore: Sendable {
    /// Keeps a new schedule.
    ///
    /// - Parameters:
    ///   - schedule: What to keep.
    ///   - limit: How many the owner may have; a store that is not transactional may let a few more pass.
    /// - Returns: The schedule with its first version.
    /// - Throws: ``ScheduleStoreError/exists`` where the owner has one with this id, ``ScheduleStoreError/full``.
    func insert(_ schedule: Schedule, limit: Int) async throws -> StoredSchedule

    func schedule(_ id: String, of owner: String) async throws -> StoredSchedule?

    /// Some of an owner's schedules, in the order of their ids.
    ///
    /// - Throws: ``ScheduleStoreError/invalidContinuation``.
    func schedules(of owner: String, after continuation: String?, limit: Int) async throws -> SchedulePage

    /// Keeps a schedule in the place of the one that was read.
    ///
    /// - Throws: ``ScheduleStoreError/changed`` where that is not what the store has any more.
    func replace(_ stored: StoredSchedule, with schedule: Schedule) async throws -> StoredSchedule

    /// Removes a schedule, where the store has it still as it was read.
    ///
    /// - Throws: ``ScheduleStoreError/changed``.
    func delete(_ stored: StoredSchedule) async throws

    /// Removes a schedule, as it may be.
    ///
    /// - Returns: Whether there was one.
    func delete(_ id: String, of owner: String) async throws -> Bool

    /// Some of the schedules of all owners that nothing seems to wake.
    func neglected(_ neglect: Neglect, after continuation: String?, limit: Int) async throws -> SchedulePage
}

/// Schedules that nothing seems to wake: never armed although there was time, or overdue for long.
struct Neglect: Sendable, Hashable {
    var unarmedAndCreatedBefore: Date
    var dueBefore: Date

    func includes(_ schedule: Schedule) -> Bool {
        schedule.next < dueBefore || (!schedule.isArmed && schedule.createdAt < unarmedAndCreatedBefore)
    }
}

/// A schedule as a store has it.
struct StoredSchedule: Sendable, Hashable {
    let schedule: Schedule
    /// Another one after each change; opaque to all but the store.
    let version: String
}

struct SchedulePage: Sendable {
    let schedules: [StoredSchedule]
    /// Where the next page begins; `nil` after the last.
    let continuation: String?
}

enum ScheduleStoreError: Error, Sendable, Hashable {
    case exists
    case full
    case changed
    case invalidContinuation
    /// What is kept cannot be understood; says what.
    case unreadable(String)
}
