/// What happens on the way to an answer, and a person who waits for it may want to know.
public enum AzureEvent: Sendable, Hashable, CustomStringConvertible {
    case waiting(Pause)
    /// The subscription uses a resource provider for the first time.
    case registering(provider: String)

    /// A wait before the same request is sent again.
    public struct Pause: Sendable, Hashable {
        public let duration: Duration
        public let cause: Cause
        /// Method and path of the request.
        public let request: String

        public enum Cause: Sendable, Hashable {
            /// Azure named the time.
            case asked(status: Int)
            /// Azure answered that it cannot answer now.
            case refused(status: Int)
            case unreachable(String)
        }
    }

    public var description: String {
        switch self {
        case .waiting(let pause): "waiting \(pause.duration.words), \(pause.cause) (\(pause.request))"
        case .registering(let provider): "registering the resource provider \(provider) in the subscription"
        }
    }
}

extension AzureEvent.Pause.Cause: CustomStringConvertible {
    public var description: String {
        switch self {
        case .asked(let status): "Azure asked, answering \(status)"
        case .refused(let status): "Azure answered \(status)"
        case .unreachable(let reason): reason
        }
    }
}
