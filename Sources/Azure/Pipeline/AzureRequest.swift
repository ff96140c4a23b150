public import JSONText
import NIOHTTP1
public import Settings

/// A request to a server of Azure, as its callers say it.
public struct AzureRequest: Sendable {
    public enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case post = "POST"
    }

    /// Where a request goes.
    public enum Target: Sendable, Hashable {
        /// A path on the client's server, percent-encoded, and the version of the interface.
        case path(String, apiVersion: String)
        /// An address that Azure gave, used as it is.
        case address(WebAddress)
    }

    public var method: Method
    public var target: Target
    /// More fields of the query of a path.
    public var query: [(name: String, value: String)] = []
    public var body: JSON?
    /// A file that is sent in place of a body.
    public var file: FileContent?
    /// Only change what still has this tag; `*` for anything that exists.
    public var ifMatch: String?
    /// What the body holds that nobody may see; it is taken out of every answer's error.
    public var secrets: [SecretValue] = []
    /// Whether doing it twice is the same as doing it once; said by the contract of the request.
    ///
    /// Reading, PUT and DELETE are. So is PATCH, which merges. A POST is not, except where its caller knows that it
    /// only reads, as `listKeys`.
    /// Source: github.com/Azure/azure-resource-manager-rpc, `v1.0/resource-api-reference.md`
    public var isRepeatable: Bool

    public init(_ method: Method, _ target: Target, body: JSON? = nil) {
        self.method = method
        self.target = target
        self.body = body
        self.isRepeatable =
            switch method {
            case .get, .head, .put, .patch, .delete: true
            case .post: false
            }
    }
}

extension AzureRequest: CustomStringConvertible, CustomReflectable {
    public var description: String {
        switch target {
        case .path(let path, _): "\(method.rawValue) \(path)"
        case .address(let address): "\(method.rawValue) \(address.path)"
        }
    }

    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The address on a server.
    func address(on server: WebAddress) -> WebAddress {
        switch target {
        case .path(let path, let version): server.appending(path: path, query: query + [("api-version", version)])
        case .address(let address): address
        }
    }

    /// The request as it travels, but for who sends it.
    func outgoing(to address: WebAddress) -> OutgoingRequest {
        var headers: HTTPHeaders = ["Accept": "application/json"]
        if let ifMatch { headers.add(name: "If-Match", value: ifMatch) }
        if body != nil { headers.add(name: "Content-Type", value: "application/json") }
        if let file { headers.replaceOrAdd(name: "Content-Type", value: file.mediaType) }
        return OutgoingRequest(
            HTTPMethod(rawValue: method.rawValue),
            address,
            headers: headers,
            body: body?.bytes,
            file: file,
            secrets: secrets
        )
    }
}
