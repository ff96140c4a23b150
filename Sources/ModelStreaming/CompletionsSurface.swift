import Azure
import JSONText
import WebFormats

/// Chat completions of OpenAI, of servers that are like it, and of Azure.
///
/// Sources: platform.openai.com/docs/api-reference/chat/create, learn.microsoft.com/azure/ai-foundry/openai/reference
struct CompletionsSurface: ModelSurface {
    private enum Place {
        case fixed(String)
        /// The model is a part of the address.
        case deployments(String, version: String)
    }

    let format = AnswerFormat.completions
    private let place: Place
    private let model: String
    private let headers: [(name: String, value: String)]
    private let options: JSON

    init(_ endpoint: OpenAIEndpoint, model: String) {
        self.place = .fixed(endpoint.baseURL + "/chat/completions")
        self.model = model
        self.headers = [("OpenAI-Organization", endpoint.organization), ("OpenAI-Project", endpoint.project)]
            .compactMap { name, value in value.map { (name, $0) } }
        // OpenAI pads each chunk to hide its length, which triples its size; other servers do not know the option.
        // Source: platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options
        self.options =
            endpoint.isOpenAI
            ? ["include_usage": true, "include_obfuscation": false] : ["include_usage": true]
    }

    init(_ endpoint: AzureOpenAIEndpoint) {
        let base = endpoint.address.text
        self.place =
            switch endpoint.version {
            case .v1: .fixed(base + "/openai/v1/chat/completions")
            case .dated(let version): .deployments(base + "/openai/deployments/", version: version)
            }
        self.model = endpoint.deployment
        self.headers = []
        self.options = ["include_usage": true]
    }

    func request(_ question: ModelQuestion) -> ModelRequest {
        let prompt = question.prompt
        let model = prompt.model ?? model
        let body: JSON = .compact([
            "model": .string(model),
            "messages": .array(prompt.messages.map(\.json)),
            "stream": true,
            "stream_options": options,
            "max_tokens": prompt.maximumTokens.map { JSON($0) },
            "temperature": prompt.temperature.map { JSON(floatLiteral: $0) },
            "top_p": prompt.topP.map { JSON(floatLiteral: $0) },
            "stop": prompt.stop.isEmpty ? Optional.none : .array(prompt.stop.map { .string($0) }),
        ])
        return ModelRequest(url: address(of: model), headers: headers, body: body)
    }

    private func address(of model: String) -> String {
        switch place {
        case .fixed(let url): url
        case .deployments(let base, let version):
            "\(base)\(PercentEncoding.encode(model))/chat/completions?api-version=\(version)"
        }
    }
}
