import Crypto
import HTTPTypes
import Hummingbird
import JSONText
import ModelStreaming
import NIOCore
import ServiceKit
import Settings
import WebFormats

/// Takes what the event functions deliver to users, and shows it to those who watch.
struct NoticeController {
    let board: any NoticeBoard
    let hub: NoticeHub
    /// With a key, what is delivered must be signed with it.
    let signingKey: SecretValue?

    /// The largest delivery, in bytes: an event of the largest size, and its text once more.
    static let bodyLimit = 768 * 1024
    /// Whose notices these are where nobody has to say who they are.
    static let guest = "guest"

    /// Adds the address for deliveries, which prove themselves by their signature instead of a token.
    func addDeliveryRoute(to router: Router<ServiceContext>) {
        router.post("notify", use: take)
    }

    func addRoutes(to api: RouterGroup<ServiceContext>) {
        api.get("notifications", use: stream)
    }

    /// Takes `{"userID":"…","type":"…","text":"…","event":{…}}`.
    @Sendable func take(_ request: Request, context: ServiceContext) async throws -> Response {
        let json = try await request.json(upTo: Self.bodyLimit) {
            try checkSignature(request.headers[.signature], of: $0)
        }
        var fields = RequestFields(json)
        let user = fields.text("userID")
        if user.utf8.count > 256 { fields.report("userID", "must be at most 256 bytes") }
        _ = fields.text("type")
        _ = fields.text("text", mayBeBlank: true)
        fields.optionalObject("event") { _ in }
        try fields.check()
        do {
            try await board.post(Notice(user: user, text: json.text))
        } catch {
            throw APIError(
                .serviceUnavailable,
                code: "unavailable",
                message: "The notice cannot be passed on at the moment.",
                headers: [.retryAfter: "2"]
            )
        }
        return Response(status: .noContent)
    }

    /// Shows what a user is told, as events; `Last-Event-ID` brings what was missed in the last minutes.
    @Sendable func stream(_ request: Request, context: ServiceContext) async throws -> Response {
        let last = request.headers[.lastEventID].flatMap { NoticeID($0) }
        guard let reader = hub.follow(context.user ?? Self.guest, after: last) else {
            throw APIError(
                .tooManyRequests,
                code: "too_many_streams",
                message: "Too many pages watch for notices. Close some of them.",
                headers: [.retryAfter: "30"]
            )
        }
        try await context.clientPresence().whenGone { [weak reader] in reader?.leave() }
        return Response(
            status: .ok,
            headers: .eventStream,
            body: ResponseBody { writer in
                defer { reader.leave() }
                // Whoever loses the connection before the first notice knows where to go on, too.
                let opening = ServerSentEvent(data: #"{"type":"watching"}"#, id: reader.beginning.description)
                try await writer.write(ByteBuffer(bytes: ServerSentEvents.bytes(of: opening)))
                while true {
                    switch await reader.next() {
                    case .notices(let entries):
                        let bytes = entries.flatMap { entry in
                            ServerSentEvents.bytes(
                                of: ServerSentEvent(data: entry.notice.text, id: entry.id.description)
                            )
                        }
                        try await writer.write(ByteBuffer(bytes: bytes))
                    case .quiet: try await writer.write(ByteBuffer(bytes: ServerSentEvents.comment("still watching")))
                    case .ended: return try await writer.finish(nil)
                    }
                }
            }
        )
    }

    /// Compares in a time that says nothing about where two signatures differ.
    ///
    /// Source: docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    private func checkSignature(_ signature: String?, of body: ByteBufferView) throws(APIError) {
        guard let signingKey else { return }
        let key = SymmetricKey(data: Array(signingKey.unsafeRevealed.utf8))
        guard let signature, signature.hasPrefix("sha256="),
            let code = [UInt8](hexadecimal: signature.dropFirst("sha256=".count)),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(body), using: key)
        else {
            throw APIError(
                .unauthorized,
                code: "unauthorized",
                message: "The X-Signature header is not the signature of this body.",
                headers: [.wwwAuthenticate: "HMAC-SHA256"]
            )
        }
    }
}

extension HTTPField.Name {
    fileprivate static let signature = HTTPField.Name("X-Signature") ?? .connection
}
