/// What is wrong with a cron expression: every field with a problem.
public struct CronError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// The field that has the problem; `nil` where the expression as a whole has it.
        public let field: CronField?
        public let text: String

        public var description: String { field.map { "\($0.rawValue): \(text)" } ?? text }
    }

    public let problems: [Problem]

    public var description: String { problems.map(\.description).joined(separator: "; ") }
}
