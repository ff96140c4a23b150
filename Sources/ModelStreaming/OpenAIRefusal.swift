import JSONText
import NIOHTTP1
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a server refused, in terms that hold none of its text.
struct OpenAIRefusal: Error {
    var error: ChatModelError
    /// Whether it makes sense to ask again.
    var mayRetry: Bool

    init(_ error: ChatModelError, mayRetry: Bool = true) {
        self.error = error
        self.mayRetry = mayRetry
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
        mayRetry = headers.first(name: "x-should-retry") != "false" && word != "insufficient_quota"
    }

    /// Reads an `error` object that stands where a part of the answer should be.
    init(frame: JSON) {
        let word = Self.word(in: frame) ?? ""
        switch word {
        case "rate_limit_exceeded", "insufficient_quota", "429": error = .rateLimited(retryAfter: nil)
        case "invalid_api_key", "401": error = .unauthorized
        case "content_filter", "context_length_exceeded", "invalid_request_error", "model_not_found":
            error = .rejected(status: 400, code: word)
        default: error = .unavailable(retryAfter: nil)
        }
        mayRetry = word != "insufficient_quota"
    }

    /// The server's word for the reason, if it is one: a key or a sentence would not pass.
    private static func word(in error: JSON?) -> String? {
        for name in ["code", "type"] {
            guard let word = error?[name]?.string, (1...40).contains(word.utf8.count) else { continue }
            let isWord = word.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
            if isWord { return word }
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
