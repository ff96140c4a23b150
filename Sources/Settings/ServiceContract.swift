/// What a deployable service promises to its stack: how it is called and what it reads.
///
/// The service and the stack import the same contract, so a misspelt or wrongly typed variable does not compile on
/// either side.
public protocol ServiceContract {
    /// The name of the executable product: `ChatAPI`.
    static var executable: String { get }
    /// Arguments that choose a role of the executable; empty for most services.
    static var arguments: [String] { get }
    /// Every setting that the service reads.
    static var settings: [SettingDeclaration] { get }
    /// Requests that show the service at work; a person can paste them.
    static var examples: [RequestExample] { get }
}

extension ServiceContract {
    public static var arguments: [String] { [] }
    public static var examples: [RequestExample] { [] }
}

/// A request that a person can try.
public struct RequestExample: Sendable, Hashable {
    /// The path, from the root of the service: `/api/events`.
    public let path: String
    /// The JSON document to post.
    public let body: String
    /// Whether the answer arrives in pieces, so that a client should not wait for its end.
    public let streams: Bool

    public init(path: String, body: String, streams: Bool = false) {
        self.path = path
        self.body = body
        self.streams = streams
    }
}

/// A service whose work is a set of functions.
public protocol FunctionAppContract: ServiceContract {
    /// The names of all functions; a stack must bind each of them exactly once.
    static var functions: [String] { get }
}
