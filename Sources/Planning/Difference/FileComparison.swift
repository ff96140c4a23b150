/// Compares the two sides of one path.
struct FileComparison {
    let difference: FileDifference?
    private(set) var counts = Difference.Counts()

    init(_ pair: FilePair) {
        let content: FileDifference.Content
        if let old = pair.things(.old), let new = pair.things(.new) {
            content = .things(Self.changes(from: old, to: new, counting: &counts))
        } else {
            let lines = pair.lineDifference
            Self.count(pair, isEmpty: lines.isEmpty, in: &counts)
            content = .lines(lines)
        }
        self.difference =
            pair.fate == .changed && content.isEmpty && pair.modeChange == nil
            ? nil
            : FileDifference(
                path: pair.path,
                fate: pair.fate,
                content: content,
                becomesExecutable: pair.modeChange,
                notes: pair.notes
            )
    }

    private static func count(_ pair: FilePair, isEmpty: Bool, in counts: inout Difference.Counts) {
        switch pair.fate {
        case .added: counts.added += 1
        case .removed: counts.removed += 1
        case .changed: if isEmpty { counts.unchanged += 1 } else { counts.changed += 1 }
        }
    }

    private static func changes(
        from old: [Thing],
        to new: [Thing],
        counting counts: inout Difference.Counts
    ) -> [ThingChange] {
        let after = Dictionary(new.map { ($0.id, $0.properties) }) { first, _ in first }
        let before = Set(old.map(\.id))
        var changes: [ThingChange] = []
        for thing in old {
            guard let properties = after[thing.id] else {
                changes.append(ThingChange(id: thing.id, change: .removed(thing.properties)))
                counts.removed += 1
                continue
            }
            let found = ValueComparison.changes(from: thing.properties, to: properties)
            if found.isEmpty {
                counts.unchanged += 1
            } else {
                changes.append(ThingChange(id: thing.id, change: .changed(found)))
                counts.changed += 1
            }
        }
        for thing in new where !before.contains(thing.id) {
            changes.append(ThingChange(id: thing.id, change: .added(thing.properties)))
            counts.added += 1
        }
        return changes.sorted { $0.id < $1.id }
    }
}

extension FileDifference.Content {
    fileprivate var isEmpty: Bool {
        switch self {
        case .things(let changes): changes.isEmpty
        case .lines(let lines): lines.isEmpty
        }
    }
}
