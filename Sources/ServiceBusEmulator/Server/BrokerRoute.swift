import HTTPTypes
import Messaging
import WebFormats

/// What a request asks for, read from its method and path alone.
///
/// Source: learn.microsoft.com/rest/api/servicebus, one page for each operation.
enum BrokerRoute: Sendable, Hashable {
    case health
    case send(String)
    case receive(ReceiveMode, String)
    case complete(String, LockReference)
    case abandon(String, LockReference)
    case renew(String, LockReference)
    case describe(ManagementTarget)
    /// Nothing that the broker knows.
    case unknown

    init(_ method: HTTPRequest.Method, path: some StringProtocol) {
        self = Self.read(method, path) ?? .unknown
    }

    /// What a token must allow.
    var right: SharedAccessKey.Right {
        switch self {
        case .send: .send
        case .describe: .manage
        case .health, .unknown, .receive, .complete, .abandon, .renew: .listen
        }
    }

    private static func read(_ method: HTTPRequest.Method, _ path: some StringProtocol) -> BrokerRoute? {
        let segments = path.split(separator: "/").map { Self.decoded($0) }
        if segments == ["health"], method == .get { return .health }
        if method == .get { return ManagementTarget(segments).map { .describe($0) } }
        // Entities and messages may be called "messages" too, so that only the shape of the rest tells.
        let places = segments.indices.dropFirst().reversed().filter { segments[$0].lowercased() == "messages" }
        return places.lazy.compactMap { place in
            operation(method, on: segments[..<place].joined(separator: "/"), segments[(place + 1)...])
        }.first
    }

    private static func operation(
        _ method: HTTPRequest.Method,
        on entity: String,
        _ rest: ArraySlice<String>
    ) -> BrokerRoute? {
        switch (rest.count, method) {
        case (0, .post): .send(entity)
        case (1, .post) where rest.first == "head": .receive(.peekLock, entity)
        case (1, .delete) where rest.first == "head": .receive(.receiveAndDelete, entity)
        case (2, _): lock(rest).flatMap { settlement(method, entity, $0) }
        default: nil
        }
    }

    private static func decoded(_ segment: some StringProtocol) -> String {
        segment.utf8.contains(UInt8(ascii: "%")) ? PercentEncoding.decode(segment) ?? "" : String(segment)
    }

    private static func lock(_ segments: ArraySlice<String>) -> LockReference? {
        guard let first = segments.first, let token = segments.last else { return nil }
        return LockReference(message: first, token: token)
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
