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
        var line: [UInt8] = []
        line.reserveCapacity(512)
        line += #"{"time":""#.utf8
        line += LogTime.text(of: time).utf8
        line += #"","level":""#.utf8
        line += event.level.rawValue.utf8
        line += #"","service":"#.utf8
        JSON.write(service, to: &line)
        line += #","message":"#.utf8
        JSON.write(event.message.description, to: &line)
        for (name, value) in facts(event) {
            line.append(UInt8(ascii: ","))
            JSON.write(name, to: &line)
            line.append(UInt8(ascii: ":"))
            value.json.write(to: &line)
        }
        line += "}\n".utf8
        return line
    }

    /// What the entry says, what its logger knows, and what a provider adds, in this order of precedence.
    ///
    /// A fact that has the name of one of the line's own members gets a longer one, so that no name stands twice.
    private func facts(_ event: LogEvent) -> [(key: String, value: Logger.MetadataValue)] {
        var facts: [(key: String, value: Logger.MetadataValue)] = []
        for source in [event.metadata, metadataProvider?.get(), metadata] {
            for (key, value) in source ?? [:] {
                let name = Self.memberName(of: key)
                if !facts.contains(where: { $0.key == name }) { facts.append((name, value)) }
            }
        }
        return facts.sorted { $0.key < $1.key }
    }

    private static let ownMembers: Set = ["time", "level", "service", "message"]
    private static let prefix = "metadata."

    private static func memberName(of key: String) -> String { isTaken(key[...]) ? prefix + key : key }

    /// Whether a name is that of an own member, or what another fact may have become; so different facts stay different.
    private static func isTaken(_ name: Substring) -> Bool {
        name.hasPrefix(prefix) ? isTaken(name.dropFirst(prefix.count)) : ownMembers.contains(String(name))
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
