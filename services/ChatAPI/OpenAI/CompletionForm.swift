import HTTPTypes
import JSONText
import ModelStreaming
import NIOCore
import WebFormats

/// What all parts of one completion have in common.
struct CompletionIdentity: Sendable, Hashable {
    let id: String
    /// In seconds since 1970.
    let created: Int
    let model: String

    init(model: String, created: Int) {
        self.id = "chatcmpl-" + RandomDigits.hexadecimal(groups: 2)
        self.created = created
        self.model = model
    }

    fileprivate func members(of kind: String) -> [JSON.Member] {
        [
            .init("id", .string(id)), .init("object", .string(kind)), .init("created", JSON(created)),
            .init("model", .string(model)),
        ]
    }

    /// An answer that is sent whole.
    ///
    /// Source: platform.openai.com/docs/api-reference/chat/object
    func completion(of answer: ChatAnswer) -> JSON {
        let message: JSON = ["role": "assistant", "content": .string(answer.text), "refusal": .null]
        let choice: JSON = [
            "index": 0, "message": message, "logprobs": .null, "finish_reason": .string(answer.finishWord),
        ]
        var members = members(of: "chat.completion")
        members.append(.init("choices", [choice]))
        if let usage = answer.usage { members.append(.init("usage", usage.json)) }
        return .object(members)
    }
}

extension ChatAnswer {
    fileprivate var finishWord: String { reason?.word ?? FinishReason.stop.word }
}

/// The chunks of OpenAI's API, and `[DONE]`.
///
/// Source: platform.openai.com/docs/api-reference/chat-streaming/streaming
struct CompletionForm: AnswerForm {
    let identity: CompletionIdentity
    /// Whether the last chunk says what the answer has cost, and all others that they do not.
    let includesUsage: Bool

    private let text: (start: String, end: String)

    init(identity: CompletionIdentity, includesUsage: Bool) {
        self.identity = identity
        self.includesUsage = includesUsage
        // Texts come by the ten thousand in a second, and all that surrounds them is always the same.
        let mark = "\u{FFFC}"
        let parts = Self.chunk(identity, includesUsage, delta: ["content": .string(mark)])
            .split(separator: "\"\(mark)\"", maxSplits: 1)
        text = (String(parts[0]), String(parts[1]))
    }

    var headers: HTTPFields { .eventStream }

    var sign: [UInt8]? { ServerSentEvents.comment("still working") }

    func writeOpening(to buffer: inout ByteBuffer) {
        buffer.writeString(Self.chunk(identity, includesUsage, delta: ["role": "assistant", "content": ""]))
    }

    func write(_ text: String, upTo place: Int, to buffer: inout ByteBuffer) {
        buffer.writeString(self.text.start)
        buffer.writeJSONString(text)
        buffer.writeString(self.text.end)
    }

    func writeEnding(_ end: GenerationEnd, to buffer: inout ByteBuffer) {
        switch end {
        case .finished(let answer):
            buffer.writeString(Self.chunk(identity, includesUsage, delta: [:], reason: .string(answer.finishWord)))
            if includesUsage {
                buffer.writeString(Self.document(identity, choices: [], usage: answer.usage?.json ?? .null))
            }
            buffer.writeString("data: [DONE]\n\n")
        case .failed, .stopped: buffer.writeString("data: \(CompletionError(.init(end)).json.text)\n\n")
        }
    }

    private static func chunk(
        _ identity: CompletionIdentity,
        _ includesUsage: Bool,
        delta: JSON,
        reason: JSON = .null
    ) -> String {
        let choice: JSON = ["index": 0, "delta": delta, "logprobs": .null, "finish_reason": reason]
        return document(identity, choices: [choice], usage: includesUsage ? .null : nil)
    }

    private static func document(_ identity: CompletionIdentity, choices: [JSON], usage: JSON?) -> String {
        var members = identity.members(of: "chat.completion.chunk")
        members.append(.init("choices", .array(choices)))
        if let usage { members.append(.init("usage", usage)) }
        return "data: \(JSON.object(members).text)\n\n"
    }
}
