#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// The packages that a site was given, and how far each is.
struct SitePackages: Sendable {
    /// The states of deployments, as numbers on the wire.
    ///
    /// Source: azure-cli `appservice/custom.py` (`_check_zip_deployment_status`)
    enum State: Int, Sendable { case pending = 0, deploying = 2, failed = 3, succeeded = 4 }

    struct Deployment: Sendable {
        let id: String
        let deployer: String
        let fingerprint: String
        let receivedAt: Date
        let startsAt: Date
        let endsAt: Date
        /// What it brings; a sentence where it is not sound.
        let outcome: Result<PublishedFunctions, Archive.Flaw>

        func state(at now: Date) -> State {
            guard now >= endsAt else { return now < startsAt ? .pending : .deploying }
            return (try? outcome.get()) == nil ? .failed : .succeeded
        }
    }

    /// Older ones are forgotten.
    private static let limit = 20

    /// The newest last.
    private(set) var all: [Deployment] = []
    /// What serves when everything older is forgotten.
    private var kept: Deployment?

    mutating func add(_ deployment: Deployment) {
        if all.count == Self.limit {
            kept = serving(at: deployment.receivedAt)
            all.removeFirst()
        }
        all.append(deployment)
    }

    subscript(id: String) -> Deployment? { id == "latest" ? all.last : all.first { $0.id == id } }

    /// The deployment whose package runs: a failed one leaves that of the one before.
    func serving(at now: Date) -> Deployment? { all.last { $0.state(at: now) == .succeeded } ?? kept }
}
