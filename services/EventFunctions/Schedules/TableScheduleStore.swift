import Azure
import Events
import JSONText
import Scheduling

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Schedules in a table of Azure: a partition for each owner, a row for each schedule.
struct TableScheduleStore: ScheduleStore {
    private let table: TableClient

    init(_ table: TableClient) {
        self.table = table
    }

    func insert(_ schedule: Schedule, limit: Int) async throws -> StoredSchedule {
        // One that exists is told so, even where there is no room for another.
        if try await self.schedule(schedule.id, of: schedule.owner) != nil { throw ScheduleStoreError.exists }
        let others = try await table.query(.partition(schedule.owner), limit: limit)
        guard others.entities.count < limit else { throw ScheduleStoreError.full }
        switch try await table.insert(TableEntity(schedule)) {
        case .done(let tag): return StoredSchedule(schedule: schedule, version: tag)
        case .conflict, .missing: throw ScheduleStoreError.exists
        }
    }

    func schedule(_ id: String, of owner: String) async throws -> StoredSchedule? {
        try await table.entity(TableKey(partition: owner, row: id)).map(StoredSchedule.init)
    }

    func schedules(of owner: String, after continuation: String?, limit: Int) async throws -> SchedulePage {
        let inPartition = TableFilter.partition(owner)
        let filter = continuation.map { inPartition.and(.row(.greater, $0)) } ?? inPartition
        var schedules: [StoredSchedule] = []
        var next: TableContinuation?
        // The service may end a page early, and one more than is wanted tells whether there are more.
        repeat {
            let page = try await table.query(filter, limit: limit + 1 - schedules.count, after: next)
            schedules += try page.entities.map(StoredSchedule.init)
            next = page.next
        } while next != nil && schedules.count <= limit
        let hasMore = schedules.count > limit
        let shown = Array(schedules.prefix(limit))
        return SchedulePage(schedules: shown, continuation: hasMore ? shown.last?.schedule.id : nil)
    }

    func replace(_ stored: StoredSchedule, with schedule: Schedule) async throws -> StoredSchedule {
        switch try await table.replace(TableEntity(schedule), ifMatch: stored.version) {
        case .done(let tag): return StoredSchedule(schedule: schedule, version: tag)
        case .conflict, .missing: throw ScheduleStoreError.changed
        }
    }

    func delete(_ stored: StoredSchedule) async throws {
        guard try await table.delete(TableEntity(stored.schedule).key, ifMatch: stored.version) == .done else {
            throw ScheduleStoreError.changed
        }
    }

    func delete(_ id: String, of owner: String) async throws -> Bool {
        try await table.delete(TableKey(partition: owner, row: id)) == .done
    }

    func neglected(_ neglect: Neglect, after continuation: String?, limit: Int) async throws -> SchedulePage {
        let isLate = TableFilter.compare("Next", .less, .seconds(neglect.dueBefore))
        let isUnarmed = TableFilter.compare("IsArmed", .equal, .bool(false))
            .and(.compare("CreatedAt", .less, .seconds(neglect.unarmedAndCreatedBefore)))
        let page = try await table.query(
            .either(isLate, isUnarmed),
            limit: limit,
            after: try continuation.map { try TableContinuation($0) }
        )
        return SchedulePage(
            schedules: try page.entities.map(StoredSchedule.init),
            continuation: page.next?.text
        )
    }
}

extension TableContinuation {
    fileprivate init(_ text: String) throws(ScheduleStoreError) {
        guard let words = (try? JSON(parsing: text))?.array?.compactMap(\.string), let partition = words.first else {
            throw .invalidContinuation
        }
        self.init(partition: partition, row: words.dropFirst().first)
    }

    fileprivate var text: String {
        JSON.array([.string(partition)] + (row.map { [.string($0)] } ?? [])).text
    }
}

extension TableValue {
    fileprivate static func seconds(_ date: Date) -> TableValue { .double(date.timeIntervalSince1970) }
}

// MARK: Entities

extension TableEntity {
    fileprivate init(_ schedule: Schedule) {
        var properties = TableText.properties("Event", TableText.parts(of: schedule.event.json.text))
        properties["CreatedAt"] = .seconds(schedule.createdAt)
        properties["Next"] = .seconds(schedule.next)
        properties["IsArmed"] = .bool(schedule.isArmed)
        switch schedule.timing {
        case .once(let date): properties["Due"] = .seconds(date)
        case .cron(let expression, let zone):
            properties["Cron"] = .string(expression.text)
            properties["TimeZone"] = .string(zone)
        }
        self.init(TableKey(partition: schedule.owner, row: schedule.id), properties)
    }

    fileprivate func date(_ name: String) throws(ScheduleStoreError) -> Date {
        guard case .double(let seconds) = self[name] else { throw .unreadable(name) }
        return Date(timeIntervalSince1970: seconds)
    }
}

extension StoredSchedule {
    fileprivate init(_ entity: TableEntity) throws {
        guard let tag = entity.tag, case .bool(let isArmed) = entity["IsArmed"] else {
            throw ScheduleStoreError.unreadable("IsArmed")
        }
        let schedule = Schedule(
            id: entity.key.row,
            owner: entity.key.partition,
            event: try ScheduledEvent(JSON(parsing: entity.wholeText("Event"))),
            timing: try Schedule.Timing(entity),
            createdAt: try entity.date("CreatedAt"),
            next: try entity.date("Next"),
            isArmed: isArmed
        )
        self.init(schedule: schedule, version: tag)
    }
}

extension Schedule.Timing {
    fileprivate init(_ entity: TableEntity) throws {
        if let cron = entity.text("Cron"), let zone = entity.text("TimeZone") {
            self = .cron(try CronExpression(cron), zone: zone)
        } else {
            self = .once(try entity.date("Due"))
        }
    }
}
