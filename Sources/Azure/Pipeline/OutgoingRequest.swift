package import NIOHTTP1
package import Settings

/// One HTTP request, complete with what nobody may see.
package struct OutgoingRequest: Sendable {
    package let method: HTTPMethod
    package let address: WebAddress
    package var headers: HTTPHeaders
    package var body: [UInt8]?
    /// What is sent in place of a body.
    package var file: FileContent?
    /// What the request carries and no text may repeat, though a server does.
    package var secrets: [SecretValue]

    package init(
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
    package var description: String { "\(method.rawValue) \(address.path)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
