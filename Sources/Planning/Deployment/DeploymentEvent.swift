/// What happens while a plan is carried out, in the order of happening.
///
/// Resources are named by their identifiers, as ``Plan/Step/id``.
package enum DeploymentEvent: Sendable, Hashable {
    case started(String, Activity)
    /// A step waits this long before it goes on; `nil` where it is not known which.
    case waiting(String?, Duration, because: String)
    case succeeded(String, after: Duration)
    case failed(String, DeploymentProblem, after: Duration)
    /// It was not started, because this step failed.
    case skipped(String, because: String)
    /// A sentence about the deployment as a whole.
    case noted(String)

    package enum Activity: String, Sendable, Hashable, CaseIterable {
        case creating
        case updating
        case deleting
        case replacing
        /// An image is sent to a registry.
        case pushing
        /// A package is put in place in a site.
        case publishing
        /// Somebody else's operation is followed to its end.
        case adopting
    }
}

/// Why a step failed, as facts; words for people are made of them.
package struct DeploymentProblem: Error, Sendable, Hashable {
    /// The innermost code that a service gave: `SkuNotAvailable`.
    package var code: String
    package var message: String
    /// Method and path.
    package var request: String
    /// The id by which Azure finds the request in its logs.
    package var requestID: String?
    package var correlationID: String?
    /// The one thing to do next, as a sentence.
    package var remedy: String
    /// The last lines of a log that tells more, without secrets.
    package var log: [String] = []

    package init(
        code: String,
        message: String,
        request: String,
        requestID: String? = nil,
        correlationID: String? = nil,
        remedy: String,
        log: [String] = []
    ) {
        self.code = code
        self.message = message
        self.request = request
        self.requestID = requestID
        self.correlationID = correlationID
        self.remedy = remedy
        self.log = log
    }
}
