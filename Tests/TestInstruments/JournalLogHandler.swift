public import Logging

/// A log handler that keeps every line with all its facts.
public struct JournalLogHandler: LogHandler {
    private let journal: Shared<[String]>
    public var metadata: Logger.Metadata = [:]
    public var logLevel = Logger.Level.trace

    public init(journal: Shared<[String]>) {
        self.journal = journal
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        journal.withLock { $0.append((["\(event.message)"] + facts).joined(separator: " ")) }
    }
}
