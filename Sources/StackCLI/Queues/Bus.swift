import AsyncHTTPClient
import Messaging
import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The bus that the queues of a stack are on.
struct Bus: Sendable {
    let endpoint: BusEndpoint
    /// What precedes the name of a queue where several buses share a server, as simulated ones do.
    var root = ""
    let credential: any BusCredential
    let client: HTTPClient
    let origin: Origin

    /// How it was found, for those who must find out why it does not answer.
    enum Origin: Sendable, Hashable {
        /// The broker of the stack that runs in this folder.
        case local
        /// A variable of the user's names it.
        case variable(String)
        case azure(namespace: String)
    }

    /// The name of the bus for people.
    var name: String {
        switch origin {
        case .local, .variable: endpoint.authority
        case .azure(let namespace): namespace
        }
    }

    /// How long the broker may look for a message: a second where its parts lie apart, no time on this machine.
    var wait: Duration {
        switch origin {
        case .local: .zero
        case .variable, .azure: .seconds(1)
        }
    }

    func queue(_ path: String) -> ServiceBusQueue {
        ServiceBusQueue(root + path, at: endpoint, credential: credential, client: client)
    }

    /// How many messages there are; `nil` where whoever asks may not know.
    func counts(of path: String) async throws -> QueueCounts? {
        do {
            return try await queue(path).counts()
        } catch MessagingError.unauthorized {
            return nil
        }
    }

    /// How many messages a place holds, without those that are scheduled; `nil` where whoever asks may not know.
    func total(at place: MessagePlace) async throws -> Int? {
        guard let owner = place.owner else { return try await counts(of: place.path)?.active }
        return try await counts(of: owner)?.deadLetters
    }

    /// Where dead letters of a queue may be, without what is known to be empty.
    ///
    /// A dead-letter queue that forwards all it gets to another is one that cannot be received from.
    func deadLetterPlaces(of queue: StackQueue) async throws -> [MessagePlace] {
        var places: [MessagePlace] = []
        for place in queue.deadLetterPlaces {
            if place.owner != nil, try await total(at: place) == 0 { continue }
            places.append(place)
        }
        return places
    }

    /// Why a place should not be looked at: messages in it would become dead letters by that.
    func refusal(to lookAt: MessagePlace, _ memory: LookMemory = LookMemory()) async throws -> Failure? {
        let exhausted = memory.exhausted(at: lookAt, on: name)
        guard !exhausted.isEmpty, try await total(at: lookAt) != 0 else { return nil }
        return .exhausted(exhausted, at: lookAt)
    }

    /// A look at a place, which is remembered.
    ///
    /// - Throws: As ``Look/run(until:_:)``.
    func look(
        at place: MessagePlace,
        limit: Int,
        until notice: SignalNotice,
        _ use: (ReceivedMessage) async throws -> Bool
    ) async throws -> Look.Report {
        let look = Look(receiver: queue(place.path), place: place, limit: limit, wait: wait)
        let report = try await look.run(until: notice, use)
        try LookMemory().remember(report.exhausted, at: place, on: name)
        return report
    }

    /// When the next message of a place was enqueued; `nil` where there is none, or one must not be looked at.
    func oldest(in place: MessagePlace, until notice: SignalNotice) async throws -> Date? {
        guard try await refusal(to: place) == nil else { return nil }
        var date: Date?
        _ = try await look(at: place, limit: 1, until: notice) { message in
            date = message.enqueuedAt
            return false
        }
        return date
    }
}

extension Failure {
    fileprivate static func exhausted(_ ids: [String], at place: MessagePlace) -> Failure {
        let names = ids.prefix(3).map(\.onOneLine).joined(separator: ", ")
        return Failure(
            "When '\(place.path)' was last looked at, messages had one delivery left: \(names)\(ids.count > 3 ? " …" : "").",
            "Another look may make them dead letters. Let their consumer have them, or look nonetheless with --last-delivery."
        )
    }
}
