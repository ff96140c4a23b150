import Synchronization

/// A fact that becomes true once and is seen by other tasks.
final class Milestone: Sendable {
    private let reached = Atomic(false)

    var isReached: Bool { reached.load(ordering: .acquiring) }

    func reach() {
        reached.store(true, ordering: .releasing)
    }
}
