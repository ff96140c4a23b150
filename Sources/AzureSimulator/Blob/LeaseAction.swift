#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a request wants with a lease, whichever plane it came through.
///
/// Sources: learn.microsoft.com/rest/api/storageservices/lease-container,
/// learn.microsoft.com/rest/api/storagerp/blob-containers/lease
enum LeaseAction: Sendable, Hashable {
    /// For some seconds, or for ever.
    case acquire(String, seconds: Int?)
    case renew(String)
    case change(String, to: String)
    case release(String)
    case breakOff(after: Int?)

    /// The words of a request, before they are known to be sound.
    struct Words {
        var action: String?
        var lease: String?
        var proposed: String?
        var duration: Int?
        var breakPeriod: Int?
    }

    /// What can be wrong with a request.
    enum Word: Sendable, Hashable { case action, lease, proposed, duration, breakPeriod }

    /// Reads what a request wants.
    ///
    /// - Parameters:
    ///   - words: As they came.
    ///   - name: Makes the name of a lease that the client left to the service.
    ///   - refusal: How the plane refuses a word that is missing or not sound.
    /// - Throws: The refusal.
    init(_ words: Words, naming name: () -> String, refusal: (Word) -> Refusal) throws(Refusal) {
        func guid(_ text: String?, _ word: Word) throws(Refusal) -> String {
            guard let text, UUID(uuidString: text) != nil else { throw refusal(word) }
            return text.lowercased()
        }
        switch words.action?.lowercased() {
        case "acquire":
            let id = try guid(words.proposed ?? name(), .proposed)
            guard let seconds = words.duration, seconds == -1 || (15...60).contains(seconds) else {
                throw refusal(.duration)
            }
            self = .acquire(id, seconds: seconds == -1 ? nil : seconds)
        case "renew": self = .renew(try guid(words.lease, .lease))
        case "change": self = .change(try guid(words.lease, .lease), to: try guid(words.proposed, .proposed))
        case "release": self = .release(try guid(words.lease, .lease))
        case "break":
            guard (0...60).contains(words.breakPeriod ?? 0) else { throw refusal(.breakPeriod) }
            self = .breakOff(after: words.breakPeriod)
        default: throw refusal(.action)
        }
    }
}

extension BlobLease {
    /// What a lease is after something was done with it.
    struct Outcome: Sendable, Hashable {
        var id: String?
        /// How many seconds a broken lease still lasts.
        var seconds: Int?
    }

    mutating func perform(_ action: LeaseAction, at now: Date) throws(Refusal) -> Outcome {
        switch action {
        case .acquire(let id, let seconds):
            try acquire(id, seconds: seconds, at: now)
            return Outcome(id: id)
        case .renew(let id):
            try renew(id, at: now)
            return Outcome(id: id)
        case .change(let id, let new):
            try change(id, to: new, at: now)
            return Outcome(id: new)
        case .release(let id):
            try release(id)
            return Outcome()
        case .breakOff(let period): return Outcome(seconds: try breakOff(after: period, at: now))
        }
    }
}
