/// Decides which steps may start, which must wait, and which can no longer start.
///
/// Plain state without tasks or clocks: whoever carries out the steps asks ``start()`` once and then tells the end of
/// each, and gets back what may start next. Every step is decided exactly once, in time that grows with the number of
/// steps and of what they wait for.
package struct Schedule<ID: Hashable & Comparable & Sendable>: Sendable {
    /// A step as far as its order matters.
    package struct Item: Sendable {
        package let id: ID
        /// The steps that must have succeeded first; those that are not scheduled are taken for done.
        package let after: Set<ID>
        /// Steps of one lane never run at the same time; `nil` for a lane of its own.
        package let lane: String?

        package init(_ id: ID, after: Set<ID> = [], lane: String? = nil) {
            self.id = id
            self.after = after
            self.lane = lane
        }
    }

    package enum Decision: Sendable, Hashable {
        case start(ID)
        /// It waits for a step that failed, over others or not.
        case skip(ID, because: ID)
    }

    /// For each step that is not decided, how many it waits for.
    private var waitingFor: [ID: Int] = [:]
    private var followers: [ID: [ID]] = [:]
    /// How many steps the longest chain of followers has: such a step should not wait longer than it must.
    private var heights: [ID: Int] = [:]
    private var laneOf: [ID: String] = [:]
    private var busyLanes: Set<String> = []
    /// Steps that could start but for their lane, the highest first.
    private var queues: [String: [ID]] = [:]
    private var running: Set<ID> = []

    /// Prepares the steps; circles never start and are told by ``isStuck``.
    package init(_ items: [Item]) {
        let known = Set(items.map(\.id))
        for item in items {
            let needs = item.after.filter { known.contains($0) && $0 != item.id }
            waitingFor[item.id] = needs.count
            for need in needs { followers[need, default: []].append(item.id) }
            if let lane = item.lane { laneOf[item.id] = lane }
        }
        heights = Self.heights(waitingFor, followers)
    }

    /// Whether steps are left that nothing will ever start.
    package var isStuck: Bool { running.isEmpty && !waitingFor.isEmpty }

    /// What may start at once, the steps with the longest chains behind them first.
    package mutating func start() -> [Decision] {
        admit(waitingFor.filter { $0.value == 0 }.map(\.key))
    }

    /// Takes note of the end of a step.
    ///
    /// - Returns: What may start now, and what can no longer start.
    package mutating func finished(_ id: ID, succeeded: Bool) -> [Decision] {
        guard running.remove(id) != nil else { return [] }
        let skips = succeeded ? [] : skips(after: id)
        var ready = succeeded ? released(by: id) : []
        if let lane = laneOf[id] {
            busyLanes.remove(lane)
            if let next = queues[lane]?.popLast() { ready.append(next) }
        }
        return skips + admit(ready)
    }

    // MARK: Steps

    private mutating func released(by id: ID) -> [ID] {
        (followers[id] ?? []).filter { follower in
            guard let count = waitingFor[follower] else { return false }
            waitingFor[follower] = count - 1
            return count == 1
        }
    }

    private mutating func skips(after culprit: ID) -> [Decision] {
        var decisions: [Decision] = []
        var pending = followers[culprit] ?? []
        while let id = pending.popLast() {
            guard waitingFor.removeValue(forKey: id) != nil else { continue }
            decisions.append(.skip(id, because: culprit))
            pending += followers[id] ?? []
        }
        return decisions.sorted { $0.id < $1.id }
    }

    /// Starts what its lane lets start, and queues the rest.
    private mutating func admit(_ ready: [ID]) -> [Decision] {
        let ordered = ready.sorted { (heights[$0, default: 0], $1) > (heights[$1, default: 0], $0) }
        return ordered.compactMap { id in
            if let lane = laneOf[id], !busyLanes.insert(lane).inserted {
                enqueue(id, in: lane)
                return nil
            }
            waitingFor[id] = nil
            running.insert(id)
            return .start(id)
        }
    }

    /// Keeps a queue in rising order, so that the next is its last.
    private mutating func enqueue(_ id: ID, in lane: String) {
        let height = heights[id, default: 0]
        let queue = queues[lane, default: []]
        var range = queue.indices
        while let middle = range.isEmpty ? nil : range.lowerBound + range.count / 2 {
            range =
                heights[queue[middle], default: 0] < height ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        let place = range.lowerBound
        queues[lane, default: []].insert(id, at: place)
    }

    private static func heights(_ counts: [ID: Int], _ followers: [ID: [ID]]) -> [ID: Int] {
        var waiting = counts
        var order = counts.filter { $0.value == 0 }.map(\.key)
        var index = 0
        while index < order.count {
            for follower in followers[order[index]] ?? [] {
                waiting[follower, default: 0] -= 1
                if waiting[follower] == 0 { order.append(follower) }
            }
            index += 1
        }
        var heights: [ID: Int] = [:]
        for id in order.reversed() {
            heights[id] = 1 + ((followers[id] ?? []).map { heights[$0, default: 0] }.max() ?? 0)
        }
        return heights
    }
}

extension Schedule.Decision {
    fileprivate var id: ID {
        switch self {
        case .start(let id), .skip(let id, _): id
        }
    }
}
