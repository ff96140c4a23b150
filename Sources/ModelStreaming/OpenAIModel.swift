public import AsyncHTTPClient
import NIOCore

/// A model behind OpenAI's API, or behind any server that speaks it.
///
/// A question is put again when the server cannot be reached, is overloaded or has a fault, but only as long as no text
/// has come: a reader never sees the beginning of an answer twice.
public struct OpenAIModel: ChatModel {
    public let name: String
    private let endpoint: OpenAIEndpoint
    private let client: HTTPClient
    private let policy: RetryPolicy
    private let pause: @Sendable (Duration) async throws -> Void

    /// The model that is asked when no other is named.
    public static let standardName = "gpt-3.5-turbo"

    public init(endpoint: OpenAIEndpoint, name: String = OpenAIModel.standardName, client: HTTPClient) {
        self.init(endpoint: endpoint, name: name, client: client, policy: RetryPolicy()) { wait in
            try await Task.sleep(for: wait)
        }
    }

    init(
        endpoint: OpenAIEndpoint,
        name: String = OpenAIModel.standardName,
        client: HTTPClient,
        policy: RetryPolicy,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.endpoint = endpoint
        self.name = name
        self.client = client
        self.policy = policy
        self.pause = pause
    }

    /// The answer, asked for when its first part is read; reading it again asks again.
    public func reply(to prompt: ChatPrompt) async throws -> ChatReply {
        ChatReply(
            OpenAIReply(
                client: client,
                request: HTTPClientRequest(asking: prompt, model: name, at: endpoint),
                policy: policy,
                pause: pause
            )
        )
    }
}

extension HTTPClient.Configuration {
    /// For clients of models: many long answers at once, each of which may be slow.
    public static var modelStreaming: Self {
        var configuration = Self(
            // Following a redirect would carry the key to a server that nobody has named.
            redirectConfiguration: .disallow,
            timeout: Timeout(connect: .seconds(10), read: .seconds(120))
        )
        // An answer holds its connection until it ends; the standard limit of 8 would queue the ninth reader.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        // Questions are put again here, where it is known whether text has come.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
