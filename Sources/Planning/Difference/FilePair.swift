import Renderers

/// One path with what stands there on either side.
struct FilePair {
    let path: FilePath
    let old: ReadFile?
    let new: ReadFile?
    /// The parameters of the format that hold secrets on either side.
    private var secureNames: Set<String> = []
    /// The settings that hold secrets.
    private let secrets: Set<String>

    init(_ path: FilePath, old: RenderedFile?, new: RenderedFile?, hiding secrets: Set<String>) {
        self.path = path
        self.secrets = secrets
        let old = old.map { ReadFile($0, at: path) }
        self.old = old
        // Two files of the same bytes say the same.
        self.new = new.map { new in
            old.flatMap { $0.hasBytes(of: new) ? ReadFile(new, reading: $0.reading) : nil } ?? ReadFile(new, at: path)
        }
    }

    /// Every path that one of the sides has, in order.
    static func all(_ old: RenderedFiles, _ new: RenderedFiles, hiding secrets: Set<String>) -> [FilePair] {
        RenderFormat.allCases.flatMap { format in
            let before = byPath(old[format] ?? [])
            let after = byPath(new[format] ?? [])
            var pairs = Set(before.keys).union(after.keys).sorted().map { path in
                FilePair(FilePath(format, path), old: before[path], new: after[path], hiding: secrets)
            }
            let secureNames = SecureParameters.names(in: pairs.flatMap { [$0.old, $0.new].compactMap(\.self) })
            for index in pairs.indices { pairs[index].secureNames = secureNames }
            return pairs
        }
    }

    private static func byPath(_ files: [RenderedFile]) -> [String: RenderedFile] {
        Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
    }

    // MARK: What is different as files

    var hasSameBytes: Bool {
        guard let old, let new else { return false }
        return old.hasBytes(of: new.file)
    }

    /// Whether nothing at all is different.
    var isSame: Bool { hasSameBytes && modeChange == nil }

    /// Whether the new file may be run as a program, where the old one differs.
    var modeChange: Bool? {
        guard let old, let new, old.file.isExecutable != new.file.isExecutable else { return nil }
        return new.file.isExecutable
    }

    var fate: FileDifference.Fate {
        switch (old, new) {
        case (nil, _): .added
        case (_, nil): .removed
        default: .changed
        }
    }

    // MARK: What they say

    /// The things of a side, with what nobody may see hidden: none where there is no file, and `nil` where it is a text.
    func things(_ side: FileDifference.Side) -> [Thing]? {
        guard let file = self[side] else { return kind.isText ? nil : [] }
        return file.things.map { things in
            SecretSettings.hide(secrets, in: SecureParameters.hide(secureNames, in: things)).toldApart
        }
    }

    var notes: [FileDifference.Note] {
        let unreadable = [FileDifference.Side.old, .new].compactMap { side in
            self[side]?.error.map { FileDifference.Note.unreadable(side, $0) }
        }
        return (kind == .text(isExpected: false) ? [.unknownKind] : []) + unreadable
    }

    /// The lines that differ, with what nobody may see taken out of them.
    var lineDifference: LineDifference {
        let things = (things(.old) ?? []) + (things(.new) ?? [])
        let mask = TextMask(
            hiding: things.map(\.properties),
            settings: secrets,
            inUnreadable: notes.isEmpty ? [] : secureNames
        )
        let lines = [old, new].map { Lines($0?.file.contents ?? "") }
        return LineDifference(from: lines[0], to: lines[1], masking: mask)
    }

    private var kind: FileKind { FileKind(path.path, in: path.format) }

    private subscript(side: FileDifference.Side) -> ReadFile? {
        switch side {
        case .old: old
        case .new: new
        }
    }
}
