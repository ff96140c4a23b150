import JSONText
import Planning
import Renderers

/// A difference for programs: one document, whole values, and a version that says how to read it.
enum DifferenceJSON {
    static let version = 1

    static func document(_ difference: Difference, _ names: (old: String, new: String)) -> JSON {
        [
            "version": JSON(version),
            "old": .string(names.old),
            "new": .string(names.new),
            "counts": [
                "added": JSON(difference.counts.added),
                "changed": JSON(difference.counts.changed),
                "removed": JSON(difference.counts.removed),
                "unchanged": JSON(difference.counts.unchanged),
            ],
            "files": .array(difference.files.map(file)),
            "respelled": .array(difference.respelled.map { .string($0.description) }),
        ]
    }

    private static func file(_ file: FileDifference) -> JSON {
        let members: KeyValuePairs<String, JSON?> = [
            "format": .string(file.path.format.rawValue),
            "path": .string(file.path.path),
            "change": .string(file.fate.rawValue),
            "executable": file.becomesExecutable.map { .bool($0) },
            "notes": file.notes.isEmpty ? nil : .array(file.notes.map(note)),
            "things": things(file.content),
            "hunks": hunks(file.content),
        ]
        return .compact(members)
    }

    private static func note(_ note: FileDifference.Note) -> JSON {
        switch note {
        case .unknownKind: ["reason": "unknown kind of file"]
        case .unreadable(let side, let error):
            .compact([
                "side": .string(side.rawValue), "line": error.line.map { JSON($0) }, "reason": .string(error.reason),
            ])
        }
    }

    private static func things(_ content: FileDifference.Content) -> JSON? {
        guard case .things(let changes) = content else { return nil }
        return .array(changes.map(thing))
    }

    private static func thing(_ thing: ThingChange) -> JSON {
        let (old, new, properties): (JSON?, JSON?, JSON?) =
            switch thing.change {
            case .added(let value): (nil, JSON(value), nil)
            case .removed(let value): (JSON(value), nil, nil)
            case .changed(let changes): (nil, nil, .array(changes.map { JSON($0) }))
            }
        return .compact([
            "kind": .string(thing.id.kind.rawValue), "type": thing.id.type.map { .string($0) },
            "name": .string(thing.id.name), "change": .string(thing.fate.rawValue), "old": old, "new": new,
            "properties": properties,
        ])
    }

    private static func hunks(_ content: FileDifference.Content) -> JSON? {
        guard case .lines(let difference) = content else { return nil }
        return .array(
            difference.hunks.map { hunk in
                [
                    "header": .string(hunk.header),
                    "lines": .array(hunk.lines.map { .string($0.mark.rawValue + $0.text) }),
                ]
            }
        )
    }
}
