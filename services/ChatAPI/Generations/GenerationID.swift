import Crypto
import WebFormats

/// What an answer in the making is known by, in every process that has a part in it.
struct GenerationID: Sendable, Hashable {
    /// Digits and small letters: it stands in keys, headers and addresses.
    let text: String

    private init(unchecked text: String) {
        self.text = text
    }

    /// Reads an id that a client has sent; `nil` where it cannot be one.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 32 || text.utf8.count == 64,
            text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        self.text = String(text)
    }

    /// An id that nobody can guess.
    static func random() -> GenerationID {
        GenerationID(unchecked: RandomDigits.hexadecimal(groups: 2))
    }

    /// The id that all who put the same question share.
    static func answer(to question: String) -> GenerationID {
        GenerationID(unchecked: SHA256.hash(data: Array(question.utf8)).hexadecimal)
    }

    /// Whether the answer is one to a question that others may put as well.
    var isShared: Bool { text.utf8.count == 64 }
}

/// A place in the events of an answer: what a client sends as `Last-Event-ID` when it comes back.
///
/// The place is counted in bytes of text and not in events, because it must mean the same wherever the text has been cut
/// into other pieces: in another replica, or after the answer is whole.
struct GenerationPlace: Sendable, Hashable {
    enum Place: Sendable, Hashable {
        /// Behind so many bytes of text.
        case text(Int)
        /// Behind everything.
        case end
    }

    var id: GenerationID
    var place: Place

    init(id: GenerationID, place: Place) {
        self.id = id
        self.place = place
    }

    /// Reads `<id>:<bytes>` or `<id>:end`.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = GenerationID(parts[0]) else { return nil }
        self.id = id
        if parts[1] == "end" {
            place = .end
        } else if let bytes = Int(parts[1]), bytes >= 0 {
            place = .text(bytes)
        } else {
            return nil
        }
    }

    var text: String {
        switch place {
        case .text(let bytes): "\(id.text):\(bytes)"
        case .end: "\(id.text):end"
        }
    }
}
