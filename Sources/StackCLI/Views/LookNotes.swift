import JSONText

extension Look.Report {
    /// What somebody who looked should know besides the messages.
    func notes(at place: MessagePlace, ofQueue queue: String) -> [String] {
        let shown = exhausted.prefix(3).map(\.onOneLine).joined(separator: ", ")
        let why: String? =
            switch end {
            case .empty: nil
            case .limit: taken == 0 ? nil : "There may be more: this stopped after \(taken), by --limit."
            case .time: "There may be more: this stopped after \(taken), before the first locks ran out."
            case .interrupted: "Interrupted after \(taken)."
            case .lastDelivery:
                "The last message had no delivery left, and by this look becomes a dead letter. See `infra queue dead-letters \(queue)`."
            }
        let counted =
            taken > 0 && place.maxDeliveries != nil
            ? "Over HTTP a look is a delivery: the counts are one higher now than before it." : nil
        let last =
            exhausted.isEmpty
            ? nil
            : "With one delivery left: \(shown)\(exhausted.count > 3 ? " …" : ""). Another look would make dead letters."
        let lost =
            unreturned == 0
            ? nil
            : "\(unreturned) could not be given back; they come back within \(place.lockSeconds) s, when their locks run out."
        return [why, counted, last, lost].compactMap(\.self)
    }
}

extension Look.End {
    /// The reason in one word, for programs.
    var word: String {
        switch self {
        case .empty: "empty"
        case .limit: "limit"
        case .time: "time"
        case .interrupted: "interrupted"
        case .lastDelivery: "lastDelivery"
        }
    }
}

extension Failure {
    /// For a command that ended early by Ctrl-C, with everything given back.
    static let interruptedLook = Failure("Interrupted; what was taken is in its queue again.", code: interrupted)
}
