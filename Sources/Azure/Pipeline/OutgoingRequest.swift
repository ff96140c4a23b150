import NIOHTTP1
import Settings

/// One HTTP request, complete with what nobody may see.
struct OutgoingRequest: Sendable {
    let method: HTTPMethod
    let address: WebAddress
    var headers: HTTPHeaders
    var body: [UInt8]?
    /// What is sent in place of a body.
    var file: FileContent?
    /// What the request carries and no text may repeat, though a server does.
    var secrets: [SecretValue]

    init(
        _ method: HTTPMethod,
        _ address: WebAddress,
        headers: HTTPHeaders = [:],
        body: [UInt8]? = nil,
        file: FileContent? = nil,
        secrets: [SecretValue] = []
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
        self.file = file
        self.secrets = secrets
    }
}

extension OutgoingRequest: CustomStringConvertible, CustomReflectable {
    /// Method and path, as events and errors name the request.
    var description: String { "\(method.rawValue) \(address.path)" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
