import HTTPTypes
import Hummingbird
import ModelStreaming
import NIOCore
import ServiceKit

/// The answer goes on elsewhere; a connection that breaks makes the client come back and find it.
struct GenerationMovedOn: Error {}

extension GenerationFollower {
    /// Sends the answer to a client as it comes.
    ///
    /// The response begins with the first text, so that whatever goes wrong before can still be an HTTP error. Where
    /// even that takes long, it begins without any, to keep proxies from giving up.
    ///
    /// - Parameters:
    ///   - form: How the answer looks.
    ///   - headers: What the response says besides the headers of the form.
    ///   - isResumed: Whether the client has heard the beginning before.
    /// - Returns: A response whose body is still being made.
    /// - Throws: `APIError` for what went wrong before the first text.
    func response(
        in form: some AnswerForm,
        headers: HTTPFields = [:],
        isResumed: Bool = false
    ) async throws -> Response {
        let first = form.beginsAtOnce || isResumed ? nil : try await beginning(hasSign: form.sign != nil)
        return Response(
            status: .ok,
            headers: form.headers + headers,
            body: ResponseBody { writer in
                defer { self.leave() }
                var buffer = ByteBuffer()
                if !isResumed { form.writeOpening(to: &buffer) }
                if first == nil, buffer.readableBytes > 0 {
                    try await writer.write(buffer)
                    buffer.clear()
                }
                var next = first
                while true {
                    let news: GenerationNews
                    if let known = next { news = known } else { news = await self.next() }
                    next = nil
                    let isLast = try form.write(news, to: &buffer)
                    if isLast { return try await writer.finish(with: buffer) }
                    if buffer.readableBytes > 0 { try await writer.write(buffer) }
                    buffer.clear()
                }
            }
        )
    }

    /// Waits for the answer to be whole.
    ///
    /// - Returns: The answer.
    /// - Throws: `APIError` when it breaks off.
    func answer() async throws -> ChatAnswer {
        while true {
            switch await next() {
            case .text, .quiet: continue
            case .ended(.finished(let answer)): return answer
            case .ended(let end): throw APIError(end)
            case .movedOn: throw APIError(.stopped)
            }
        }
    }

    /// The first news that a response can begin with.
    ///
    /// Heartbeats come for all at once, so the first may come just after the request; the second shows a long wait.
    private func beginning(hasSign: Bool) async throws(APIError) -> GenerationNews {
        var signs = 0
        while true {
            let news = await next()
            switch news {
            case .text, .ended(.finished): return news
            case .ended(let end): throw APIError(end)
            case .movedOn: throw APIError(.stopped)
            case .quiet:
                signs += 1
                if hasSign, signs > 1 { return news }
            }
        }
    }
}

extension AnswerForm {
    /// Writes what a client hears of the news.
    ///
    /// - Returns: Whether nothing comes after it.
    fileprivate func write(_ news: GenerationNews, to buffer: inout ByteBuffer) throws -> Bool {
        switch news {
        case .text(let text, let end):
            write(text, upTo: end, to: &buffer)
            return false
        case .quiet:
            if let sign { buffer.writeBytes(sign) }
            return false
        case .ended(let end):
            try writeEnding(end, to: &buffer)
            return true
        case .movedOn: throw GenerationMovedOn()
        }
    }
}

extension HTTPFields {
    fileprivate static func + (fields: HTTPFields, more: HTTPFields) -> HTTPFields {
        var fields = fields
        for field in more { fields[field.name] = field.value }
        return fields
    }
}
