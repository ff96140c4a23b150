import JSONText

/// How each provider writes an answer, with all that a reader must bear.
///
/// Sources: streams that were captured from OpenAI and Azure; the packages openai 3.54.0 and azure-ai-agents 1.1.0.
public enum WireFormat: String, Sendable, CaseIterable {
    case openAI
    /// A local server: no usage, no padding, no end mark.
    case compatible
    case azure
    case azureV1
    case agentRun
    case agentResponse

    /// Whether the provider keeps conversations, and has to be asked for one.
    public var keepsThreads: Bool { self == .agentRun || self == .agentResponse }

    /// What comes before the first text.
    public var beginning: String {
        switch self {
        case .openAI:
            ": keep-alive\n\n" + chunk(delta: ["role": "assistant", "content": "", "refusal": nil])
        case .compatible: "retry: 100\r\n\r\n"
        case .azure, .azureV1:
            frame([
                "choices": [], "created": 0, "id": "", "model": "", "object": "",
                "prompt_filter_results": [
                    [
                        "prompt_index": 0,
                        "content_filter_results": [
                            "hate": ["filtered": false, "severity": "safe"],
                            "jailbreak": ["filtered": false, "detected": false],
                        ],
                    ]
                ],
            ]) + chunk(delta: ["role": "assistant", "content": ""])
        case .agentRun:
            event("thread.run.created", run(status: "queued")) + event("thread.run.queued", run(status: "queued"))
                + event("thread.run.step.created", ["id": "step_1", "object": "thread.run.step"])
                + event("thread.message.created", ["id": "msg_1", "content": []])
        case .agentResponse:
            event("response.created", ["type": "response.created", "response": ["id": "resp_1", "usage": nil]])
                + event("response.output_item.added", ["type": "response.output_item.added", "output_index": 0])
        }
    }

    /// A piece of the answer.
    public func text(_ piece: String) -> String {
        switch self {
        case .openAI: chunk(delta: ["content": .string(piece)], more: [.init("obfuscation", "fW9pQk2c")])
        case .compatible:
            "data:" + JSON.object([.init("choices", [["delta": ["content": .string(piece)]]])]).text + "\r\n\r\n"
        case .azure, .azureV1: chunk(delta: ["content": .string(piece)])
        case .agentRun:
            event(
                "thread.message.delta",
                [
                    "id": "msg_1", "object": "thread.message.delta",
                    "delta": [
                        "role": "assistant",
                        "content": [
                            ["index": 0, "type": "text", "text": ["value": .string(piece), "annotations": []]]
                        ],
                    ],
                ]
            )
        case .agentResponse:
            event(
                "response.output_text.delta",
                [
                    "type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0,
                    "delta": .string(piece), "logprobs": [], "sequence_number": 7,
                ]
            )
        }
    }

    /// What is not text, and may stand between texts.
    public var distraction: String {
        switch self {
        case .openAI, .azure, .azureV1, .compatible:
            chunk(delta: [
                "tool_calls": [
                    [
                        "index": 0, "id": "call_1", "type": "function",
                        "function": ["name": "x", "arguments": "{\"content\":"],
                    ]
                ]
            ]) + chunk(delta: ["content": nil]) + chunk(delta: [:])
        case .agentRun: event("thread.run.step.delta", ["delta": ["step_details": ["text": ["value": "hidden"]]]])
        case .agentResponse:
            event(
                "response.function_call_arguments.delta",
                ["type": "response.function_call_arguments.delta", "delta": "hidden"]
            )
        }
    }

    /// What ends an answer; `compatible` does not say what it has cost.
    public func ending(reason: String = "stop", prompt: Int = 7, completion: Int = 2) -> String {
        switch self {
        case .openAI, .azure, .azureV1:
            chunk(delta: [:], reason: .string(reason))
                + frame([
                    "choices": [], "object": "chat.completion.chunk",
                    "usage": [
                        "prompt_tokens": JSON(prompt), "completion_tokens": JSON(completion),
                        "prompt_tokens_details": ["cached_tokens": 0],
                    ],
                ]) + "data: [DONE]\n\n"
        case .compatible:
            frame(["choices": [["index": 0, "delta": [:], "finish_reason": .string(reason)]], "usage": nil])
        case .agentRun:
            event("thread.message.completed", ["id": "msg_1"])
                + event(
                    reason == "stop" ? "thread.run.completed" : "thread.run.incomplete",
                    run(
                        status: "completed",
                        [
                            .init("incomplete_details", reason == "stop" ? nil : ["reason": "max_completion_tokens"]),
                            .init(
                                "usage",
                                [
                                    "prompt_tokens": JSON(prompt), "completion_tokens": JSON(completion),
                                    "total_tokens": 0,
                                ]
                            ),
                        ]
                    )
                ) + "event: done\ndata: [DONE]\n\n"
        case .agentResponse:
            event(
                reason == "stop" ? "response.completed" : "response.incomplete",
                [
                    "type": reason == "stop" ? "response.completed" : "response.incomplete",
                    "response": [
                        "id": "resp_1", "error": nil,
                        "incomplete_details": reason == "stop" ? nil : ["reason": "max_output_tokens"],
                        "usage": ["input_tokens": JSON(prompt), "output_tokens": JSON(completion), "total_tokens": 0],
                    ],
                ]
            )
        }
    }

    /// A fault in the middle of an answer.
    public func fault(code: String, message: String) -> String {
        let error: JSON = ["code": .string(code), "message": .string(message), "param": nil]
        return switch self {
        case .openAI, .azure, .azureV1, .compatible: frame(["error": error])
        case .agentRun: event("thread.run.failed", run(status: "failed", [.init("last_error", error)]))
        case .agentResponse:
            event("error", ["type": "error", "code": .string(code), "message": .string(message), "sequence_number": 3])
        }
    }

    // MARK: Frames

    private func frame(_ json: JSON) -> String { "data: \(json.text)\n\n" }

    private func event(_ name: String, _ json: JSON) -> String { "event: \(name)\ndata: \(json.text)\n\n" }

    private func chunk(delta: JSON, reason: JSON = nil, more: [JSON.Member] = []) -> String {
        frame(
            .object(
                [
                    .init("id", "chatcmpl-AbCdEfGhIjKlMnOpQrStUvWxYz012"), .init("object", "chat.completion.chunk"),
                    .init("created", 1_732_226_400), .init("model", "gpt-4o-mini-2024-07-18"),
                    .init("service_tier", "default"), .init("system_fingerprint", "fp_0705bf87c0"),
                    .init(
                        "choices",
                        [["index": 0, "delta": delta, "logprobs": nil, "finish_reason": reason]]
                    ),
                    .init("usage", nil),
                ] + more
            )
        )
    }

    private func run(status: String, _ more: [JSON.Member] = []) -> JSON {
        .object(
            [
                .init("id", "run_1"), .init("object", "thread.run"), .init("thread_id", "thread_1"),
                .init("status", .string(status)),
            ] + more
        )
    }
}
