public import AsyncHTTPClient
import Logging
import LoopExecution
import NIOCore

/// A model behind HTTP, whoever provides it.
///
/// A question is put again when the server cannot be reached, is overloaded or has a fault, but only as long as no text
/// has come: a reader never sees the beginning of an answer twice.
struct RemoteModel: ChatModel {
    let name: String
    let surface: any ModelSurface
    let credential: ModelCredential
    let clients: LoopClients
    let logger: Logger
    var policy = RetryPolicy()
    var deadlines = ModelDeadlines()
    var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// The answer, asked for when its first part is read; reading it again asks again.
    func reply(to prompt: ChatPrompt) async throws -> ChatReply {
        ChatReply(RemoteReply(model: self, prompt: prompt))
    }
}

extension HTTPClient.Configuration {
    /// For clients of models: many long answers at once, each of which may be slow.
    ///
    /// How long a server may keep silent is not said here but in ``ModelDeadlines``; other uses give each request a
    /// time limit.
    public static var modelStreaming: Self {
        var configuration = Self(
            // Following a redirect would carry the key to a server that nobody has named.
            redirectConfiguration: .disallow,
            timeout: Timeout(connect: .seconds(10))
        )
        // An answer holds its connection until it ends; the standard limit of 8 would queue the ninth reader.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        // With HTTP/2 all answers would share one connection, and the server's limit of streams on it, often a hundred.
        configuration.httpVersion = .http1Only
        // Questions are put again here, where it is known whether text has come.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { JoinedRequestHead.add(to: $0) }
        return configuration
    }
}
