import HTTPTypes
import Hummingbird
import ModelStreaming
import NIOCore
import ServiceKit

extension GenerationFollower {
    /// Sends the answer to a client as it comes.
    ///
    /// The response begins with the first text, so that whatever goes wrong before can still be an HTTP error. Where
    /// even that takes long, it begins without any, to keep proxies from giving up.
    ///
    /// - Parameters:
    ///   - form: How the answer looks.
    ///   - headers: What the response says besides the headers of the form.
    /// - Returns: A response whose body is still being made.
    /// - Throws: `APIError` for what went wrong before the first text.
    func response(in form: some AnswerForm, headers: HTTPFields = [:]) async throws -> Response {
        let opening: [UInt8]
        let first = try await beginning(hasSign: form.sign != nil)
        switch first {
        case .text(let text): opening = form.opening + form.piece(text)
        case .quiet: opening = form.opening + (form.sign ?? [])
        case .ended(let end): opening = try form.opening + form.ending(end)
        }
        return Response(
            status: .ok,
            headers: form.headers + headers,
            body: ResponseBody { writer in
                defer { self.leave() }
                try await writer.write(ByteBuffer(bytes: opening))
                if case .ended = first { return try await writer.finish(nil) }
                while true {
                    switch await self.next() {
                    case .text(let text): try await writer.write(ByteBuffer(bytes: form.piece(text)))
                    case .quiet: if let sign = form.sign { try await writer.write(ByteBuffer(bytes: sign)) }
                    case .ended(let end):
                        try await writer.write(ByteBuffer(bytes: form.ending(end)))
                        return try await writer.finish(nil)
                    }
                }
            }
        )
    }

    /// Waits for the answer to be whole.
    ///
    /// - Returns: The answer.
    /// - Throws: `APIError` when it breaks off.
    func answer() async throws(APIError) -> ChatAnswer {
        while true {
            guard case .ended(let end) = await next() else { continue }
            guard case .finished(let answer) = end else { throw APIError(end) }
            return answer
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
            case .quiet:
                signs += 1
                if hasSign, signs > 1 { return news }
            }
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
