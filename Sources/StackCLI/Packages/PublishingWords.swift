import Deployment

/// What happens to packages, in words.
enum PublishingWords {
    static func sentence(for event: PublishingEvent, of app: String) -> String {
        switch event {
        case .waitingForOther: "\(app): another package is on its way; this one follows."
        case .waitingForApp: "\(app): the app is new, and takes no package yet; waiting."
        case .uploading(let bytes): "\(app): sending \(Amounts.bytes(bytes))."
        case .entered(let state): "\(app): \(words(for: state))."
        case .starting: "\(app): the package is in place; waiting for the app to answer."
        }
    }

    static func sentence(for publication: Publication, of app: String) -> String {
        let what = publication.isUnchanged ? "has this package already, and" : "is published, and"
        return "\(app) \(what) answers at \(publication.address) (HTTP \(publication.status))."
    }

    static func words(for state: PublishingState) -> String {
        switch state {
        case .cancelled: "somebody cancelled it"
        case .pending: "received"
        case .building: "being built"
        case .deploying: "being put in place"
        case .failed: "failed"
        case .succeeded: "in place"
        case .superseded: "another package came in between; sending it again"
        case .partlySucceeded: "only parts of it are in place"
        }
    }
}
