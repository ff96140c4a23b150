import JSONText
public import Logging
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes each log entry as one JSON object a line to standard output.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level = .info
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let service: String

    public init(service: String, level: Logger.Level = .info) {
        self.service = service
        self.logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        StandardOutput.write(line(for: event, at: Date()))
    }

    /// Time, level, service and message come first; the metadata follows, sorted by name.
    func line(for event: LogEvent, at time: Date) -> [UInt8] {
        var merged = metadata.merging(metadataProvider?.get() ?? [:]) { _, provided in provided }
        merged.merge(event.metadata ?? [:]) { _, given in given }
        let members: [JSON.Member] = [
            .init("time", .string(LogTime.text(of: time))),
            .init("level", .string(event.level.rawValue)),
            .init("service", .string(service)),
            .init("message", .string(event.message.description)),
        ]
        let facts = merged.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value.json) }
        return JSON.object(members + facts).bytes + [UInt8(ascii: "\n")]
    }
}

extension Logger.MetadataValue {
    var json: JSON {
        switch self {
        case .string(let text): .string(text)
        case .stringConvertible(let value as Int): JSON(value)
        case .stringConvertible(let value as Bool): .bool(value)
        case .stringConvertible(let value as Double): value.isFinite ? .number(String(value)) : .string(String(value))
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map(\.json))
        case .dictionary(let values):
            .object(values.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value.json) })
        }
    }
}
