import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit
import WebFormats

/// The web page and what it is made of, all of it inside the program.
struct PageController {
    let identity: ServiceIdentity
    /// Whether the page offers to send chats as events.
    let hasEvents: Bool

    private static let assets = [
        Asset("access.js", PackageResources.access_js, type: .script),
        Asset("answer.js", PackageResources.answer_js, type: .script),
        Asset("blocks.js", PackageResources.blocks_js, type: .script),
        Asset("chat-list.js", PackageResources.chat_list_js, type: .script),
        Asset("event-stream.js", PackageResources.event_stream_js, type: .script),
        Asset("events-mode.js", PackageResources.events_mode_js, type: .script),
        Asset("inline.js", PackageResources.inline_js, type: .script),
        Asset("markdown.js", PackageResources.markdown_js, type: .script),
        Asset("messages.js", PackageResources.messages_js, type: .script),
        Asset("page.js", PackageResources.page_js, type: .script),
        Asset("service.js", PackageResources.service_js, type: .script),
        Asset("sidebar.js", PackageResources.sidebar_js, type: .script),
        Asset("stream-mode.js", PackageResources.stream_mode_js, type: .script),
        Asset("theme.js", PackageResources.theme_js, type: .script),
        Asset("style.css", PackageResources.style_css, type: .style),
        Asset("markdown.css", PackageResources.markdown_css, type: .style),
        Asset("icon.svg", PackageResources.icon_svg, type: .icon),
    ]

    /// The page, which says of itself what this service offers.
    private var pageBytes: [UInt8] {
        let text = String(decoding: PackageResources.index_html, as: UTF8.self)
        return Array(text.replacing("data-events=\"no\"", with: "data-events=\"\(hasEvents ? "yes" : "no")\"").utf8)
    }

    func addRoutes(to router: Router<ServiceContext>) {
        let page = Asset("index.html", pageBytes, type: .page)
        router.get("/") { request, _ in
            // Who does not ask for a page is a probe.
            guard request.headers[.accept]?.contains("text/html") == true else {
                return Response.json(identity.health, headers: [.vary: "Accept"])
            }
            var response = page.response(to: request)
            response.headers[.vary] = "Accept"
            return response
        }
        for asset in Self.assets {
            router.get("assets/\(asset.name)") { request, _ in asset.response(to: request) }
        }
    }
}

/// A file that never changes while the program runs.
private struct Asset: Sendable {
    enum Kind: String {
        case page = "text/html; charset=utf-8"
        case script = "text/javascript; charset=utf-8"
        case style = "text/css; charset=utf-8"
        case icon = "image/svg+xml"
    }

    let name: String
    private let content: ByteBuffer
    private let headers: HTTPFields

    init(_ name: String, _ bytes: [UInt8], type: Kind) {
        self.name = name
        content = ByteBuffer(bytes: bytes)
        let digest = SHA256.hash(data: bytes).prefix(12)
        headers = [
            .contentType: type.rawValue,
            .eTag: "\"" + digest.hexadecimal + "\"",
            // Asked for each time, answered with 304: a new version shows at once.
            .cacheControl: "no-cache",
            .contentSecurityPolicy: Self.policy,
            .xContentTypeOptions: "nosniff",
            .referrerPolicy: "no-referrer",
        ]
    }

    /// Nothing inline, nothing from elsewhere.
    ///
    /// Source: <https://www.w3.org/TR/CSP3/>.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    func response(to request: Request) -> Response {
        guard let tag = headers[.eTag], let known = request.headers[.ifNoneMatch],
            known.split(separator: ",").contains(where: { $0.drop(while: { $0 == " " }).trimmingWeakMark == tag })
        else { return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: content)) }
        return Response(status: .notModified, headers: headers)
    }
}

extension Substring {
    /// An entity tag compares equal whether or not a proxy has marked it as weak (RFC 9110, section 8.8.3.2).
    fileprivate var trimmingWeakMark: Substring { hasPrefix("W/") ? dropFirst(2) : self }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .connection
}
