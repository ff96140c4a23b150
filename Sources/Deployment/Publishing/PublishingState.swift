/// How far a package is, in the numbers of the service that takes it.
///
/// Source: azure-cli `appservice/custom.py` (`_check_zip_deployment_status`)
package enum PublishingState: Int, Sendable, Hashable, CaseIterable {
    case cancelled = -1
    case pending = 0
    case building = 1
    case deploying = 2
    case failed = 3
    case succeeded = 4
    /// Another package came in between.
    case superseded = 5
    case partlySucceeded = 6

    var isOver: Bool {
        switch self {
        case .pending, .building, .deploying: false
        case .cancelled, .failed, .succeeded, .superseded, .partlySucceeded: true
        }
    }
}

/// What happens while a package is published.
package enum PublishingEvent: Sendable, Hashable {
    /// Another package is on its way to the app; this one follows.
    case waitingForOther
    /// The app was made a moment ago, and takes no package yet.
    case waitingForApp
    case uploading(bytes: Int64)
    case entered(PublishingState)
    /// The package is in place, and the app starts with it.
    case starting
}

/// What came of it.
package struct Publication: Sendable, Hashable {
    /// Whether the app had this very package already.
    package let isUnchanged: Bool
    /// Where the app answered, and how.
    package let address: String
    package let status: Int
}

/// Why a package is not published, beside what Azure says in general.
package enum PublishingError: Error, Sendable, Hashable {
    /// The app does not say where it takes packages.
    case noPlace(app: String)
    /// The one who is signed in may not, or not from here.
    case forbidden(app: String, said: String)
    /// The service would not have the package at all.
    case rejected(app: String, said: String)
    /// The service took the package, and could not put it in place; the last lines of its log.
    case failed(app: String, PublishingState, log: [String])
    case unfinished(app: String, after: Duration)
    /// The package is in place, and the app does not answer, or only with this status.
    case silent(app: String, address: String, status: Int?, after: Duration)
}
