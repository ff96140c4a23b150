import JSONText
import Supervisor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which places hold messages that the next look would make dead letters, as the last look from this folder saw them.
///
/// How often a message was delivered is told only with the message, and then it is too late; so it is remembered.
struct LookMemory: Sendable {
    private let directory: StateDirectory
    private var path: String { "\(directory.root)/looks.json" }
    /// Of one place.
    private static let idLimit = 10

    init(in directory: StateDirectory = StateDirectory()) {
        self.directory = directory
    }

    /// The ids of messages with one delivery left.
    func exhausted(at place: MessagePlace, on bus: String) -> [String] {
        let ids = places.first { $0.name == Self.key(place, bus) }?.value.array ?? []
        return ids.compactMap(\.string)
    }

    func remember(_ exhausted: [String], at place: MessagePlace, on bus: String) throws {
        var places = places
        let key = Self.key(place, bus)
        guard !exhausted.isEmpty || places.contains(where: { $0.name == key }) else { return }
        places.removeAll { $0.name == key }
        if !exhausted.isEmpty {
            places.append(.init(key, .array(exhausted.prefix(Self.idLimit).map { .string($0) })))
        }
        try directory.create()
        try writeAtomically(JSON.object(places).bytes, to: path)
    }

    private static func key(_ place: MessagePlace, _ bus: String) -> String { "\(bus)/\(place.path)" }

    /// A file that cannot be read remembers nothing.
    private var places: [JSON.Member] {
        FileManager.default.contents(atPath: path).flatMap { try? JSON(parsing: $0) }?.members ?? []
    }
}
