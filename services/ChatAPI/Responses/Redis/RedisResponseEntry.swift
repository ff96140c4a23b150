import JSONText
import ModelStreaming
import Redis

/// An entry of the stream that holds an answer.
enum RedisResponseEntry: Sendable, Hashable {
    /// The first of all.
    case request(GenerationRequest)
    case text(String, place: Int)
    case end(RedisResponseEnd)

    /// Reads the names and values of an entry; `nil` where a newer version has written it.
    init?(_ value: RedisValue) {
        let fields = value.fields
        if let text = fields["text"]?.text, let place = fields["place"]?.integer {
            self = .text(text, place: place)
        } else if let end = fields["end"]?.bytes, let json = try? JSON(parsing: end), let end = RedisResponseEnd(json) {
            self = .end(end)
        } else if let request = fields["request"]?.bytes, let json = try? JSON(parsing: request),
            let request = GenerationRequest(json)
        {
            self = .request(request)
        } else {
            return nil
        }
    }
}

/// How an answer ended, without its text, which the stream holds already.
struct RedisResponseEnd: Sendable, Hashable {
    private let end: GenerationEnd

    init(_ end: GenerationEnd) {
        guard case .finished(var answer) = end else {
            self.end = end
            return
        }
        answer.text = ""
        self.end = .finished(answer)
    }

    /// The end of an answer that has this text.
    func end(of text: String) -> GenerationEnd {
        guard case .finished(var answer) = end else { return end }
        answer.text = text
        return .finished(answer)
    }

    var json: JSON {
        switch end {
        case .finished(let answer):
            .compact([
                "end": "finished", "reason": answer.reason.map { .string($0.word) }, "usage": answer.usage?.json,
            ])
        case .failed(let error): ["end": "failed", "error": error.json]
        case .stopped: ["end": "stopped"]
        }
    }

    init?(_ json: JSON) {
        switch json["end"]?.string {
        case "finished":
            var answer = ChatAnswer(reason: json["reason"]?.string.map { FinishReason($0) })
            if let prompt = json["usage"]?["prompt_tokens"]?.integer,
                let completion = json["usage"]?["completion_tokens"]?.integer
            {
                answer.usage = TokenUsage(prompt: prompt, completion: completion)
            }
            end = .finished(answer)
        case "failed": end = .failed(ChatModelError(json["error"] ?? .null))
        case "stopped": end = .stopped
        default: return nil
        }
    }
}

extension ChatModelError {
    fileprivate var json: JSON {
        let code = JSON.string(self.code)
        return switch self {
        case .rateLimited(let wait), .unavailable(let wait):
            .compact(["code": code, "wait": wait.map { JSON(Int($0.wholeSeconds)) }])
        case .rejected(let status, let reason):
            .compact(["code": code, "status": JSON(status), "reason": reason.map { .string($0) }])
        case .tooLong(let limit): ["code": code, "limit": JSON(limit)]
        case .unauthorized, .interrupted, .malformed: ["code": code]
        }
    }

    /// Reads an error that another process has met with; one of a newer version is an interruption.
    fileprivate init(_ json: JSON) {
        let wait = json["wait"]?.integer.map { Duration.seconds($0) }
        self =
            switch json["code"]?.string {
            case "model_unauthorized": .unauthorized
            case "model_rate_limited": .rateLimited(retryAfter: wait)
            case "model_unavailable": .unavailable(retryAfter: wait)
            case "model_rejected":
                .rejected(status: json["status"]?.integer ?? 502, code: json["reason"]?.string)
            case "model_malformed": .malformed
            case "model_too_long": .tooLong(limit: json["limit"]?.integer ?? 0)
            default: .interrupted
            }
    }
}
