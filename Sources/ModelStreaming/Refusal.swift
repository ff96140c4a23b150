import JSONText
import NIOHTTP1
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a server refused, in terms that hold none of its text.
struct Refusal: Error, Hashable {
    var error: ChatModelError
    /// Whether it makes sense to ask again.
    var mayRetry: Bool

    init(_ error: ChatModelError, mayRetry: Bool? = nil) {
        self.error = error
        self.mayRetry = mayRetry ?? error.isTemporary
    }

    /// Reads an answer that is not 200.
    ///
    /// Sources: <https://platform.openai.com/docs/guides/error-codes>; the retry headers are those that OpenAI's own
    /// client obeys, <https://github.com/openai/openai-python/blob/main/src/openai/_base_client.py>.
    init(status: Int, headers: HTTPHeaders, body: JSON?, now: Date = Date()) {
        let wait = Self.wait(in: headers, now: now)
        let word = Self.word(in: body?["error"])
        switch status {
        case 401, 403: error = .unauthorized
        case 429: error = .rateLimited(retryAfter: wait)
        case 408, 409, 500...: error = .unavailable(retryAfter: wait)
        default: error = .rejected(status: status, code: word)
        }
        switch headers.first(name: "x-should-retry") {
        case "true": mayRetry = true
        case "false": mayRetry = false
        default: mayRetry = error.isTemporary && word != Self.usedUp
        }
    }

    /// Reads an `error` object that stands where a part of the answer should be.
    init(frame: JSON) {
        let word = Self.word(in: frame)
        switch word {
        case "rate_limit_exceeded", Self.usedUp, "429": error = .rateLimited(retryAfter: nil)
        case "invalid_api_key", "401", "403": error = .unauthorized
        case nil, "server_error", "500", "503": error = .unavailable(retryAfter: nil)
        case .some(let word): error = .rejected(status: 400, code: word)
        }
        mayRetry = error.isTemporary && word != Self.usedUp
    }

    /// A limit that no waiting lifts.
    private static let usedUp = "insufficient_quota"

    /// The reasons that are repeated; any other text of a server might be the key that it was sent.
    ///
    /// Sources: the first of above; learn.microsoft.com/azure/ai-foundry/openai/reference#errorcode; the package openai,
    /// `types/responses/response_error.py`.
    private static let words: Set<String> = [
        "400", "401", "403", "404", "408", "409", "422", "429", "500", "503", "DeploymentNotFound",
        "OperationNotSupported", "bio_policy", "content_filter", "context_length_exceeded",
        "image_content_policy_violation",
        usedUp, "invalid_api_key", "invalid_image", "invalid_prompt", "invalid_request_error", "invalid_value",
        "misalignment_policy_violation", "missing_required_parameter", "model_not_found", "not_found",
        "rate_limit_exceeded",
        "requires_action", "server_error", "string_above_max_length", "tool_user_error", "unknown_parameter",
        "unsupported_parameter", "unsupported_value",
    ]

    /// The server's word for the reason, if it is a known one.
    private static func word(in error: JSON?) -> String? {
        for name in ["code", "type"] {
            switch error?[name] {
            case .string(let word) where words.contains(word), .number(let word) where words.contains(word): return word
            default: continue
            }
        }
        return nil
    }

    /// Source of the two forms of `Retry-After`: RFC 9110, section 10.2.3.
    private static func wait(in headers: HTTPHeaders, now: Date) -> Duration? {
        func seconds(_ number: Double?) -> Duration? {
            number.flatMap { $0 >= 0 && $0 <= 86_400 ? .milliseconds(Int64(($0 * 1000).rounded(.up))) : nil }
        }
        if let milliseconds = headers.first(name: "retry-after-ms").flatMap(Double.init) {
            return seconds(milliseconds / 1000)
        }
        guard let text = headers.first(name: "retry-after") else { return nil }
        if let number = Double(text) { return seconds(number) }
        guard let date = HTTPDate(parsing: text) else { return nil }
        return seconds(max(0, Double(date.secondsSince1970) - now.timeIntervalSince1970))
    }
}

extension ChatModelError {
    /// Whether the same question may fare better a little later.
    fileprivate var isTemporary: Bool {
        switch self {
        case .rateLimited, .unavailable, .interrupted: true
        case .unauthorized, .rejected, .malformed, .tooLong: false
        }
    }

    /// How long the server wants to be left alone, where it says so.
    var requestedWait: Duration? {
        switch self {
        case .rateLimited(let wait), .unavailable(let wait): wait
        case .unauthorized, .rejected, .interrupted, .malformed, .tooLong: nil
        }
    }
}
