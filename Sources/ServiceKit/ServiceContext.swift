public import Hummingbird
public import Logging
import NIOCore
import Synchronization
public import Telemetry

/// What a request carries through the handlers of a service.
public struct ServiceContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Who asks, once a token has said so.
    public var user: String?
    /// The request's place in the trace that it belongs to, and the parent of all that it causes.
    public internal(set) var trace: TraceParent
    /// The connection that the request came on.
    let channel: any Channel
    let facts = RequestFacts()

    public init(source: Source) {
        self.channel = source.channel
        self.trace = TraceParent()
        self.coreContext = CoreRequestContextStorage(source: source)
    }

    /// Closes the connection of a client that takes nothing any more.
    public func dropClient() {
        channel.close(promise: nil)
    }

    /// Adds a fact to the line that the answer leaves in the log: never a secret, never what users wrote.
    public func note(_ name: String, _ value: Logger.MetadataValue) {
        facts.add(name, value)
    }
}

/// What handlers found out about a request, for the one line in the log that tells all of it.
final class RequestFacts: Sendable {
    private let facts = Mutex(Logger.Metadata())

    var metadata: Logger.Metadata { facts.withLock { $0 } }

    func add(_ name: String, _ value: Logger.MetadataValue) {
        facts.withLock { $0[name] = value }
    }
}
