import Azure
import Planning

/// How long something goes on being tried that Azure refuses only for now.
///
/// A pure decision: an error and what was waited so far go in, the next wait comes out.
struct Patience: Sendable {
    /// Another operation ends, and its time is known to nobody.
    private static let otherBudget = Duration.seconds(30 * 60)
    /// Roles take up to ten minutes to become effective, and some have been seen to take longer.
    ///
    /// Source: learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected
    private static let accessBudget = Duration.seconds(20 * 60)
    /// What was just made is not found everywhere for some seconds; what is still missing then is missing.
    private static let freshnessBudget = Duration.seconds(3 * 60)
    private static let longest = Duration.seconds(30)

    private var next = Duration.seconds(2)
    private var waited = Duration.zero

    /// What to wait before trying again; `nil` where that would be in vain.
    mutating func wait(after error: AzureError) -> (duration: Duration, reason: String)? {
        guard let (budget, reason) = Self.cause(of: error) else { return nil }
        let duration = max(next, error.askedWait ?? .zero)
        guard waited + duration <= budget else { return nil }
        waited += duration
        next = min(next * 3 / 2, Self.longest)
        return (duration, reason)
    }

    private static func cause(of error: AzureError) -> (budget: Duration, reason: String)? {
        // A request that writes finds nothing only where something that it needs is too fresh.
        if error.isMissing { return (freshnessBudget, "a new resource is not known everywhere yet") }
        switch error.disposition {
        case .waitForOther: return (otherBudget, "another operation is in progress")
        case .waitForAccess: return (accessBudget, "a new permission is not effective yet")
        case .alreadyDone, .final: return nil
        }
    }
}

extension AzureSession {
    /// Writes something, again and again while Azure refuses it only for now.
    ///
    /// - Parameters:
    ///   - report: Is told of waits.
    ///   - write: What to do; doing it twice must be the same as doing it once.
    /// - Throws: What the last try throws.
    func patiently(
        report: (DeploymentEvent) -> Void = { _ in },
        _ write: () async throws -> Void
    ) async throws {
        var patience = Patience()
        while true {
            do {
                return try await write()
            } catch let error as AzureError {
                if error.disposition == .alreadyDone { return }
                guard let wait = patience.wait(after: error) else { throw error }
                report(.waiting(StepContext.resource, wait.duration, because: wait.reason))
                try await connection.time.pause(for: wait.duration)
            }
        }
    }
}
