/// Why a file cannot be read as what its name says, and where.
public struct ReadingError: Error, Sendable, Hashable {
    /// The line, from 1; `nil` where the fault is the whole file's.
    public let line: Int?
    /// The fault as a part of a sentence: `unexpected '}'`.
    public let reason: String

    init(_ reason: String, line: Int?) {
        self.reason = reason
        self.line = line
    }
}
