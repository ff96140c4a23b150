public import Hummingbird
public import JSONText
public import NIOCore

/// The body of a request did not arrive in time.
struct BodyTimeout: Error {
    let patience: TimeAmount
}

extension Request {
    /// Reads the body as a JSON document.
    ///
    /// - Parameters:
    ///   - limit: The largest body that is taken, in bytes.
    ///   - check: Looks at the bytes before anybody reads them, such as for their signature.
    /// - Returns: The document.
    /// - Throws: ``APIError``: 415 for another content type, 413 for a body over the limit, 408 for one that does not
    ///   arrive, 400 for one that is not JSON; and whatever the check throws.
    public func json(upTo limit: Int, check: (ByteBufferView) throws -> Void = { _ in }) async throws -> JSON {
        let type = headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        guard type == "application/json" else {
            throw APIError(
                .unsupportedMediaType,
                code: "unsupported_media_type",
                message: "The body must be JSON. Send Content-Type: application/json."
            )
        }
        let buffer = try await bytes(upTo: limit)
        try check(buffer.readableBytesView)
        do {
            return try JSON(parsing: buffer.readableBytesView)
        } catch {
            throw APIError(.badRequest, code: "invalid_json", message: "The body is not JSON: \(error).")
        }
    }

    /// Reads the body whole, or throws when it is too large or does not arrive in time.
    private func bytes(upTo limit: Int) async throws -> ByteBuffer {
        let tooLarge = APIError(
            .contentTooLarge,
            code: "too_large",
            message: "The body is larger than \(limit / 1024) KiB."
        )
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        do {
            return try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch let timeout as BodyTimeout {
            throw APIError(
                .requestTimeout,
                code: "request_timeout",
                message: "The body did not arrive within \(timeout.patience.nanoseconds / 1_000_000_000) s."
            )
        }
    }
}
