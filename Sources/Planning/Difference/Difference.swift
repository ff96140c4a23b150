public import Renderers

/// The files of several formats, by format.
public typealias RenderedFiles = [RenderFormat: [RenderedFile]]

/// What is different between two sets of rendered files, told in things and properties.
public struct Difference: Sendable, Hashable {
    /// The files that say something different, by format and path.
    public let files: [FileDifference]
    /// How many things of each fate there are; a file of text is one thing.
    public let counts: Counts
    /// Files whose bytes differ and that say the same.
    public let respelled: [FilePath]
    /// The formats that only one side has.
    public let wholeFormats: [RenderFormat: FileDifference.Fate]

    public struct Counts: Sendable, Hashable {
        public var added = 0
        public var changed = 0
        public var removed = 0
        public var unchanged = 0

        public init(added: Int = 0, changed: Int = 0, removed: Int = 0, unchanged: Int = 0) {
            self.added = added
            self.changed = changed
            self.removed = removed
            self.unchanged = unchanged
        }
    }

    public var isEmpty: Bool { files.isEmpty }

    /// Compares two sets of files.
    ///
    /// - Parameters:
    ///   - old: What is compared with.
    ///   - new: What the code says now.
    ///   - secrets: The names of settings that hold secrets, should somebody have written their values into a file.
    public init(from old: RenderedFiles, to new: RenderedFiles, hiding secrets: Set<String> = []) {
        var counts = Counts()
        var files: [FileDifference] = []
        var respelled: [FilePath] = []
        for pair in FilePair.all(old, new, hiding: secrets) {
            let comparison = FileComparison(pair)
            counts.add(comparison.counts)
            if let difference = comparison.difference {
                files.append(difference)
            } else if !pair.hasSameBytes {
                respelled.append(pair.path)
            }
        }
        self.files = files
        self.counts = counts
        self.respelled = respelled
        self.wholeFormats = Dictionary(
            uniqueKeysWithValues: RenderFormat.allCases.compactMap { format in
                let isOld = old[format]?.isEmpty == false
                let isNew = new[format]?.isEmpty == false
                return isOld == isNew ? nil : (format, isNew ? .added : .removed)
            }
        )
    }
}

/// Where a file is found below the folder of its stage.
public struct FilePath: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let format: RenderFormat
    public let path: String

    public init(_ format: RenderFormat, _ path: String) {
        self.format = format
        self.path = path
    }

    public var description: String { "\(format.rawValue)/\(path)" }

    public static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.format.place, lhs.path) < (rhs.format.place, rhs.path)
    }
}

extension RenderFormat {
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What is different in one file.
public struct FileDifference: Sendable, Hashable {
    public let path: FilePath
    public let fate: Fate
    public let content: Content
    /// Whether the new file may be run as a program, where the old one differs.
    public let becomesExecutable: Bool?
    public let notes: [Note]

    public enum Fate: String, Sendable, Hashable, CaseIterable { case added, changed, removed }

    /// How many of its things there are of a fate; a text is one thing.
    public func count(_ fate: Fate) -> Int {
        switch content {
        case .things(let changes): changes.count { $0.fate == fate }
        case .lines: self.fate == fate ? 1 : 0
        }
    }

    public enum Content: Sendable, Hashable {
        case things([ThingChange])
        case lines(LineDifference)
    }

    /// Why a file was not read as what it should be.
    public enum Note: Sendable, Hashable {
        /// The format has no such files.
        case unknownKind
        case unreadable(Side, ReadingError)
    }

    public enum Side: String, Sendable, Hashable { case old, new }
}

/// What happened to one thing.
public struct ThingChange: Sendable, Hashable {
    public let id: Thing.ID
    public let change: Change

    public enum Change: Sendable, Hashable {
        case added(Value)
        /// What changed in it; never empty.
        case changed([PropertyChange])
        case removed(Value)
    }

    public var fate: FileDifference.Fate {
        switch change {
        case .added: .added
        case .changed: .changed
        case .removed: .removed
        }
    }
}

/// What happened to one property.
public struct PropertyChange: Sendable, Hashable {
    public let path: PropertyPath
    public let change: Change

    public enum Change: Sendable, Hashable {
        case added(Value)
        case changed(from: Value, to: Value)
        case removed(Value)
    }

    package init(_ path: PropertyPath, _ change: Change) {
        self.path = path
        self.change = change
    }
}

extension Difference.Counts {
    fileprivate mutating func add(_ other: Self) {
        added += other.added
        changed += other.changed
        removed += other.removed
        unchanged += other.unchanged
    }
}
