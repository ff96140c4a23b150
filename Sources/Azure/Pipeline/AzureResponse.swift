public import JSONText
public import NIOHTTP1
import Settings

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// A whole answer, whatever its status.
public struct AzureResponse: Sendable {
    public let status: Int
    public let headers: HTTPHeaders
    public let body: [UInt8]
    /// Method and path of the request that it answers.
    public let request: String
    /// How long the server wants to be left alone.
    public let askedWait: Duration?
    package let redaction: Redaction

    init(
        status: Int,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        request: String = "",
        receivedAt now: Date = Date(),
        redaction: Redaction = Redaction()
    ) {
        self.status = status
        self.headers = headers
        // Some services begin JSON with a byte order mark, which RFC 8259 lets readers skip.
        self.body = body.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(body.dropFirst(3)) : body
        self.request = request
        self.askedWait = RetryAfter.duration(in: headers, now: now)
        self.redaction = redaction
    }

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The body as JSON; `nil` where there is none.
    ///
    /// - Throws: ``AzureError`` where it is something else.
    public func json() throws(AzureError) -> JSON? {
        guard !body.isEmpty else { return nil }
        do {
            return try JSON(parsing: body)
        } catch {
            throw AzureError(.unreadable("\(error)"), in: self)
        }
    }

    /// A text of the answer without what the request carried and nobody may see.
    public func redacted(_ text: String) -> String { redaction.apply(to: text) }

    /// The id by which Azure finds the request in its logs.
    public var requestID: String? { headers.first(name: "x-ms-request-id") }

    /// The id that the requests of one run share.
    public var correlationID: String? { headers.first(name: "x-ms-correlation-request-id") }
}

extension AzureResponse: CustomStringConvertible, CustomReflectable {
    /// The status alone: a body may be a secret.
    public var description: String { "\(request) answered \(status)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
