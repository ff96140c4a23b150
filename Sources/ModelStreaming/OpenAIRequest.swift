import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1
import Settings

extension HTTPClientRequest {
    /// A chat completion that is streamed.
    ///
    /// Source: <https://platform.openai.com/docs/api-reference/chat/create>.
    init(asking prompt: ChatPrompt, model: String, at endpoint: OpenAIEndpoint) {
        self.init(url: endpoint.baseURL + "/chat/completions")
        method = .POST
        headers.add(name: "Content-Type", value: "application/json")
        headers.add(name: "Accept", value: "text/event-stream")
        headers.add(name: "User-Agent", value: "slipway")
        if let key = endpoint.key { headers.add(name: "Authorization", value: "Bearer \(key.unsafeRevealed)") }
        body = .bytes(ByteBuffer(bytes: prompt.openAIBody(model: model).bytes))
    }
}

extension ChatPrompt {
    func openAIBody(model: String) -> JSON {
        .compact([
            "model": .string(self.model ?? model),
            "messages": .array(
                messages.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] }
            ),
            "stream": true,
            "stream_options": ["include_usage": true],
            "max_tokens": maximumTokens.map { JSON($0) },
            "temperature": temperature.map { JSON(floatLiteral: $0) },
            "top_p": topP.map { JSON(floatLiteral: $0) },
            "stop": stop.isEmpty ? Optional.none : .array(stop.map { .string($0) }),
        ])
    }
}
