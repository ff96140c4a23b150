import Renderers

/// What is different between two sets of rendered files to the byte, told in lines.
public struct TextDifference: Sendable, Hashable {
    public let files: [File]

    public struct File: Sendable, Hashable {
        public let path: FilePath
        public let fate: FileDifference.Fate
        /// Whether each side may be run as a program; `nil` where a side has no such file.
        public let wasExecutable: Bool?
        public let isExecutable: Bool?
        public let lines: LineDifference
    }

    public var isEmpty: Bool { files.isEmpty }

    /// Compares two sets of files, and hides what ``Difference`` hides.
    public init(from old: RenderedFiles, to new: RenderedFiles, hiding secrets: Set<String> = []) {
        self.files = FilePair.all(old, new, hiding: secrets).filter { !$0.isSame }.map { File($0) }
    }
}

extension TextDifference.File {
    init(_ pair: FilePair) {
        self.path = pair.path
        self.fate = pair.fate
        self.wasExecutable = pair.old?.file.isExecutable
        self.isExecutable = pair.new?.file.isExecutable
        self.lines = pair.lineDifference
    }
}
