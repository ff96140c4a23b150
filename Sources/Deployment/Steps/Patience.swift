import Azure

/// How long a step goes on trying what Azure refuses only for now.
///
/// A pure decision: an error and what was waited so far go in, the next wait comes out.
struct Patience: Sendable {
    /// Another operation ends, and its time is known to nobody.
    private static let otherBudget = Duration.seconds(30 * 60)
    /// Roles take up to ten minutes to become effective, and some have been seen to take longer.
    ///
    /// Source: learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected
    private static let accessBudget = Duration.seconds(20 * 60)
    private static let longest = Duration.seconds(30)

    private var next = Duration.seconds(3)
    private var waited = Duration.zero

    /// What to wait before trying again; `nil` where that would be in vain.
    mutating func wait(after error: AzureError) -> (duration: Duration, reason: String)? {
        let budget: Duration
        let reason: String
        switch error.disposition {
        case .waitForOther:
            budget = Self.otherBudget
            reason = "another operation is in progress"
        case .waitForAccess:
            budget = Self.accessBudget
            reason = "a new permission is not effective yet"
        case .alreadyDone, .final: return nil
        }
        let duration = max(next, error.askedWait ?? .zero)
        guard waited + duration <= budget else { return nil }
        waited += duration
        next = min(next * 3 / 2, Self.longest)
        return (duration, reason)
    }
}
