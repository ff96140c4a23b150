public import AsyncHTTPClient
public import Settings

/// Which model answers, as the settings of a service say.
public enum ModelChoice {
    /// The model that these settings ask for.
    ///
    /// An address without a key is fine, because servers on one's own machine want none. Without either, the offline
    /// responder answers.
    ///
    /// - Parameters:
    ///   - key: `OPENAI_API_KEY`.
    ///   - baseURL: `OPENAI_BASE_URL`; OpenAI's own server where there is none.
    ///   - model: `OPENAI_MODEL`; ``OpenAIModel/standardName`` where there is none.
    ///   - client: What reaches the server; see `HTTPClient.Configuration.modelStreaming`. Not touched by the offline
    ///     responder.
    /// - Returns: A model; whether it can be reached shows when it is asked.
    /// - Throws: ``OpenAIEndpoint/InvalidAddress`` when the address is not one of a web server.
    public static func model(
        key: SecretValue?,
        baseURL: String?,
        model: String?,
        client: HTTPClient
    ) throws(OpenAIEndpoint.InvalidAddress) -> any ChatModel {
        if key == nil, baseURL == nil { return OfflineModel(pause: .milliseconds(20)) }
        return OpenAIModel(
            endpoint: try OpenAIEndpoint(baseURL: baseURL ?? OpenAIEndpoint.standardURL, key: key),
            name: model ?? OpenAIModel.standardName,
            client: client
        )
    }
}
