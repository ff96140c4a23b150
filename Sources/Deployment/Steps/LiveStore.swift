import JSONText
import Synchronization

/// What is known of living resources while steps change them.
final class LiveStore: Sendable {
    private let resources: Mutex<LiveResources>

    init(_ resources: LiveResources) {
        self.resources = Mutex(resources)
    }

    subscript(id: String) -> JSON? {
        get { resources.withLock { $0[id] } }
        set { resources.withLock { $0[id] = newValue } }
    }

    func property(_ path: [String], of id: String) -> JSON? {
        resources.withLock { $0.property(path, of: id) }
    }
}
