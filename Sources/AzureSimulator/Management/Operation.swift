import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Something that goes on for a while after its request has been answered.
struct Operation: Sendable {
    enum Work: Sendable, Hashable {
        case create, update, delete
        case deleteGroup
        case purge(ManagementRoute.DeletedKind)
        /// The answer to a short write is on its way.
        case answer
    }

    enum Outcome: Sendable {
        case running
        case succeeded
        case failed(Refusal)
    }

    let id: String
    let work: Work
    /// The key of the resource or group.
    let target: String
    let start: Date
    let end: Date
    /// The resources that are busy meanwhile.
    let holds: [String]
    /// The word for going on.
    let runningWord: String
    let isDestinedToFail: Bool
    var outcome = Outcome.running

    var isDeletion: Bool {
        switch work {
        case .create, .update, .answer: false
        case .delete, .deleteGroup, .purge: true
        }
    }
}

/// The operations that run, and those whose outcome can still be asked for.
struct OperationTable: Sendable {
    private var operations: [String: Operation] = [:]
    private var running: Set<String> = []
    /// Who holds a resource that is busy.
    private var holders: [String: String] = [:]
    private var sizeToPrune = 1024

    subscript(id: String) -> Operation? { operations[id] }

    func holder(of key: String) -> Operation? { holders[key].flatMap { operations[$0] } }

    mutating func begin(_ operation: Operation) {
        operations[operation.id] = operation
        running.insert(operation.id)
        for key in operation.holds { holders[key] = operation.id }
    }

    /// The operations whose time has come, the earliest first.
    func due(at now: Date) -> [Operation] {
        running.compactMap { operations[$0] }.filter { $0.end <= now }
            .sorted { ($0.end, $0.id) < ($1.end, $1.id) }
    }

    mutating func finish(_ id: String, _ outcome: Operation.Outcome) {
        guard let operation = operations[id] else { return }
        operations[id]?.outcome = outcome
        running.remove(id)
        for key in operation.holds where holders[key] == id { holders[key] = nil }
    }

    /// Forgets what nobody may ask for any more, whenever there is much of it.
    mutating func prune(endedBefore moment: Date) {
        guard operations.count > sizeToPrune else { return }
        operations = operations.filter { running.contains($0.key) || $0.value.end > moment }
        sizeToPrune = max(1024, 2 * operations.count)
    }
}

/// Where a client asks how an operation goes.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/management/async-operations
struct OperationAddress: Sendable {
    /// Services have been seen to send addresses that are not whole.
    enum Oddity: Sendable, Hashable { case none, relative, withoutVersion }

    let origin: String
    let subscription: String
    let namespace: String
    let region: String
    let version: String
    let id: String
    let oddity: Oddity

    func text(_ form: ManagementRoute.OperationForm) -> String {
        let path = "/subscriptions/\(subscription)/providers/\(namespace)/locations/\(region)/\(form.rawValue)/\(id)"
        return switch oddity {
        case .none: "\(origin)\(path)?api-version=\(version)"
        case .relative: "\(path)?api-version=\(version)"
        case .withoutVersion: origin + path
        }
    }
}
