import HTTPTypes
import Messaging
import WebFormats

/// What a request asks for, read from its method and path alone.
///
/// Source: learn.microsoft.com/rest/api/servicebus, one page for each operation.
enum BrokerRoute: Sendable, Hashable {
    case health
    case send(String)
    case peekLock(String)
    case receiveAndDelete(String)
    case complete(String, LockReference)
    case abandon(String, LockReference)
    case renew(String, LockReference)
    /// Nothing that the broker knows.
    case unknown

    init(_ method: HTTPRequest.Method, path: some StringProtocol) {
        self = Self.read(method, path) ?? .unknown
    }

    /// The entity that the request is about; `nil` where it is about none.
    var entity: String? {
        switch self {
        case .health, .unknown: nil
        case .send(let path), .peekLock(let path), .receiveAndDelete(let path): path
        case .complete(let path, _), .abandon(let path, _), .renew(let path, _): path
        }
    }

    private static func read(_ method: HTTPRequest.Method, _ path: some StringProtocol) -> BrokerRoute? {
        let segments = path.split(separator: "/").map { PercentEncoding.decode($0) ?? "" }
        if segments == ["health"], method == .get { return .health }
        guard let place = segments.lastIndex(where: { $0.lowercased() == "messages" }), place > 0 else { return nil }
        let entity = segments[..<place].joined(separator: "/")
        let rest = segments[(place + 1)...]
        switch (rest.count, method) {
        case (0, .post): return .send(entity)
        case (1, .post) where rest.first == "head": return .peekLock(entity)
        case (1, .delete) where rest.first == "head": return .receiveAndDelete(entity)
        case (2, _): return lock(rest).flatMap { settlement(method, entity, $0) }
        default: return nil
        }
    }

    private static func lock(_ segments: ArraySlice<String>) -> LockReference? {
        guard let first = segments.first, let token = segments.last else { return nil }
        // What is no sequence number names no lock, as opposed to nothing at all.
        return LockReference(sequence: Int64(first) ?? -1, token: token)
    }

    private static func settlement(
        _ method: HTTPRequest.Method,
        _ entity: String,
        _ lock: LockReference
    ) -> BrokerRoute? {
        switch method {
        case .delete: .complete(entity, lock)
        case .put: .abandon(entity, lock)
        case .post: .renew(entity, lock)
        default: nil
        }
    }
}
