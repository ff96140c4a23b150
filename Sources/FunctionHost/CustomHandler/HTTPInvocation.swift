import HTTPTypes
import Hummingbird
import JSONText
import NIOCore
import ServiceKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Requests as a host sends them that does not proxy: inside the payload of an invocation.
///
/// They become what they were and take the same way as all others, so that both ways lead to the same answer. The request
/// is an object, and nothing in it is encoded twice.
/// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers#request-payload, and
/// `HttpRequestExtensions` of github.com/Azure/azure-functions-host
struct HTTPInvocation: Sendable {
    /// The name of the output binding that every rendered `function.json` has.
    private static let output = "response"
    /// The largest answer that is put into a payload, in bytes.
    private static let answerLimit = 4 << 20

    let responder: any HTTPResponder<ServiceContext>

    func result(of invocation: Invocation, context: ServiceContext) async throws -> InvocationResult {
        let response = try await responder.respond(to: try Self.request(in: invocation), context: context)
        let body = CollectedBody(limit: Self.answerLimit)
        try await response.body.write(CollectedBody.Writer(body: body))
        guard let text = String(validating: body.bytes.readableBytesView, as: UTF8.self) else {
            throw APIError(
                .notImplemented,
                code: "binary_answer",
                message: "The answer is no text. Let the host proxy."
            )
        }
        let output: JSON = [
            "statusCode": .string(String(response.status.code)), "headers": Self.json(response.headers),
            "body": .string(text),
        ]
        return InvocationResult(outputs: [.init(Self.output, output)])
    }

    // MARK: The request

    private static func request(in invocation: Invocation) throws(APIError) -> Request {
        let trigger = invocation.trigger
        guard let url = trigger["Url"]?.string, let path = path(in: url) else {
            throw .invalidInvocation("Data", "must hold the request with its Url")
        }
        guard let method = trigger["Method"]?.string.flatMap({ HTTPRequest.Method($0) }) else {
            throw .invalidInvocation("Data", "must hold the request with its Method")
        }
        var headers = fields(trigger["Headers"]?.members ?? [])
        let body = body(trigger["Body"], contentType: headers[.contentType])
        headers[.transferEncoding] = nil
        headers[.contentLength] = String(body.count)
        let head = HTTPRequest(method: method, scheme: "http", authority: nil, path: path, headerFields: headers)
        return Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
    }

    /// What comes after the authority of a URL: `/api/events?x=1`.
    private static func path(in url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return url.hasPrefix("/") ? url : nil }
        let path = url[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
        return path.hasPrefix("/") ? String(path) : "/\(path)"
    }

    private static func fields(_ members: [JSON.Member]) -> HTTPFields {
        var fields = HTTPFields()
        for member in members {
            guard let name = HTTPField.Name(member.name) else { continue }
            for value in member.value.array ?? [member.value] {
                if let text = value.string { fields.append(HTTPField(name: name, value: text)) }
            }
        }
        return fields
    }

    /// The host gives text as it is, and bytes as base64 where the content type says so.
    private static func body(_ value: JSON?, contentType: String?) -> [UInt8] {
        switch value {
        case .null, nil: []
        case .string(let text):
            if isBinary(contentType), let data = Data(base64Encoded: text) { Array(data) } else { Array(text.utf8) }
        case .some(let json): json.bytes
        }
    }

    private static func isBinary(_ contentType: String?) -> Bool {
        guard let contentType = contentType?.lowercased() else { return false }
        return contentType.hasPrefix("application/octet-stream") || contentType.hasPrefix("multipart/")
    }

    // MARK: The answer

    private static func json(_ headers: HTTPFields) -> JSON {
        var members: [JSON.Member] = []
        var names: Set<HTTPField.Name> = [.contentLength, .transferEncoding]
        for field in headers where names.insert(field.name).inserted {
            members.append(.init(field.name.rawName, .string(headers[field.name] ?? "")))
        }
        return .object(members)
    }
}
