import Crypto
import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// The data plane of blobs. Only tokens are accepted, as in the accounts of our stacks; tables also take keys where the
// account allows it.
//
// Source: learn.microsoft.com/rest/api/storageservices/blob-service-rest-api

/// A request to the blobs or tables of one account.
struct StorageCall {
    let account: Resource
    let request: AzureRequest
    let caller: Caller
    let now: Date

    enum Caller {
        /// Whoever has the account's key may do everything.
        case key
        case token(AccessToken)
    }

    var lease: String? { request.header("x-ms-lease-id") }
}

extension SimulatedAzure {
    /// The first version that takes tokens.
    private static let firstVersion = "2017-11-09"

    mutating func blobAnswer(
        _ request: AzureRequest,
        account: String,
        _ path: [String],
        at now: Date
    ) -> AzureResponse {
        do {
            guard let call = try storageCall(request, account, "blob", at: now) else { return Self.unreachable }
            guard let container = path.first else { return try listContainers(call) }
            guard path.count > 1 else { return try containerAnswer(container, call) }
            return try blobAnswer(container, path.dropFirst().joined(separator: "/"), call)
        } catch {
            return error.storageResponse
        }
    }

    /// Reads who asks for what; `nil` where there is no such account, and so no such host.
    func storageCall(
        _ request: AzureRequest,
        _ name: String,
        _ service: String,
        at now: Date
    ) throws(Refusal) -> StorageCall? {
        guard let account = store.resource(ResourceType.storageAccount.rawValue, named: name),
            account.state == .succeeded
        else { return nil }
        guard let version = request.header("x-ms-version"), version >= Self.firstVersion else {
            throw .badRequest(
                "InvalidHeaderValue",
                "The header x-ms-version is missing, or older than \(Self.firstVersion)."
            )
        }
        if let authorization = request.headers[.authorization], authorization.lowercased().hasPrefix("sharedkey") {
            guard service == "table", account.body["properties"]?["allowSharedKeyAccess"] != false else {
                throw Refusal(
                    .forbidden,
                    "KeyBasedAuthenticationNotPermitted",
                    "Key based authentication is not permitted on this storage account."
                )
            }
            try SharedKey(authorization).check(request, of: account, at: now)
            return StorageCall(account: account, request: request, caller: .key, now: now)
        }
        let caller: AccessToken
        do {
            caller = try signedIn(request, to: .storage(account: name, service), at: now)
        } catch {
            var refusal = Refusal(.unauthorized, "InvalidAuthenticationInfo", error.message)
            let authority = "https://login.microsoftonline.com/\(configuration.tenant)/oauth2/authorize"
            refusal.headers[.wwwAuthenticate] =
                "Bearer authorization_uri=\(authority) resource_id=https://storage.azure.com"
            throw refusal
        }
        return StorageCall(account: account, request: request, caller: .token(caller), now: now)
    }

    static var unreachable: AzureResponse {
        var response = AzureResponse(.serviceUnavailable)
        response.delivery = .dropped
        return response
    }

    func permit(_ action: Action, on scope: ResourceIdentifier, _ call: StorageCall) throws(Refusal) {
        guard case .token(let caller) = call.caller,
            !access.allows(action, by: caller.objectID, on: scope.key, at: call.now)
        else { return }
        throw Refusal(
            .forbidden,
            "AuthorizationPermissionMismatch",
            "This request is not authorized to perform this operation using this permission."
        )
    }

    private func scope(_ container: String, _ call: StorageCall) -> ResourceIdentifier {
        call.account.identifier.child("blobServices", "default").child("containers", container)
    }

    // MARK: Containers

    private static let containers = "Microsoft.Storage/storageAccounts/blobServices/containers"

    private mutating func containerAnswer(_ name: String, _ call: StorageCall) throws(Refusal) -> AzureResponse {
        guard call.request.query("restype") == "container" else {
            throw .badRequest("InvalidUri", "The requested URI does not represent any resource on the server.")
        }
        switch (call.request.method, call.request.query("comp")) {
        case (.put, nil):
            try permit(.management("\(Self.containers)/write"), on: scope(name, call), call)
            return try createContainer(name, call)
        case (.get, nil), (.head, nil):
            try permit(.management("\(Self.containers)/read"), on: scope(name, call), call)
            let container = try container(name, call)
            return AzureResponse(.ok, headers: headers(container, call))
        case (.delete, nil):
            try permit(.management("\(Self.containers)/delete"), on: scope(name, call), call)
            try container(name, call).lease.checkWrite(call.lease, at: call.now)
            remove(key: scope(name, call).key, at: call.now)
            written.append(scope(name, call).key)
            return AzureResponse(.accepted)
        case (.put, "lease"):
            try permit(.management("\(Self.containers)/write"), on: scope(name, call), call)
            var container = try container(name, call)
            let response = try lease(&container.lease, tag: container.tag, container.changedAt, call)
            blobs[call.account.key]?[name] = container
            return response
        case (.get, "list"):
            try permit(.data("\(Self.containers)/blobs/read"), on: scope(name, call), call)
            return listBlobs(try container(name, call), call)
        default: throw .methodNotAllowed(call.request.method, "a container")
        }
    }

    private mutating func createContainer(_ name: String, _ call: StorageCall) throws(Refusal) -> AzureResponse {
        guard let facts = TypeTable.all[Self.containers], Self.matches(name, facts.names.pattern) else {
            throw .badRequest("InvalidResourceName", "The specified resource name contains invalid characters.")
        }
        guard blobs[call.account.key]?[name] == nil else {
            throw .conflict("ContainerAlreadyExists", "The specified container already exists.")
        }
        let resource = Resource(
            identifier: scope(name, call),
            facts: facts,
            body: facts.defaults,
            state: .succeeded,
            createdAt: call.now,
            changedAt: call.now,
            principalID: source.guid(),
            clientID: source.guid(),
            visibleFrom: call.now
        )
        store.insert(resource)
        blobs[call.account.key, default: BlobAccount()].add(name, tag: resource.tag, at: call.now)
        written.append(resource.key)
        return AzureResponse(
            .created,
            headers: .with(["ETag": resource.tag, "Last-Modified": HTTPMoment.text(call.now)])
        )
    }

    func container(_ name: String, _ call: StorageCall) throws(Refusal) -> BlobAccount.Container {
        guard let container = blobs[call.account.key]?[name] else {
            throw .notFound("ContainerNotFound", "The specified container does not exist.")
        }
        return container
    }

    private func headers(_ container: BlobAccount.Container, _ call: StorageCall) -> HTTPFields {
        var headers = leaseHeaders(container.lease, at: call.now)
        headers.set("ETag", container.tag)
        headers.set("Last-Modified", HTTPMoment.text(container.changedAt))
        return headers
    }

    private func listContainers(_ call: StorageCall) throws(Refusal) -> AzureResponse {
        guard call.request.method == .get, call.request.query("comp") == "list" else {
            throw .methodNotAllowed(call.request.method, "an account")
        }
        try permit(.management("\(Self.containers)/read"), on: call.account.identifier, call)
        let names = (blobs[call.account.key]?.containers.keys).map { $0.sorted() } ?? []
        let items = names.map { "<Container><Name>\(XMLText.escape($0))</Name></Container>" }.joined()
        return Self.xml(.ok, "<EnumerationResults><Containers>\(items)</Containers><NextMarker/></EnumerationResults>")
    }

    private func listBlobs(_ container: BlobAccount.Container, _ call: StorageCall) -> AzureResponse {
        let prefix = call.request.query("prefix") ?? ""
        let marker = call.request.query("marker") ?? ""
        let size = min(max(call.request.query("maxresults").flatMap { Int($0) } ?? 5000, 1), 5000)
        let found = container.blobs.filter { $0.key.hasPrefix(prefix) && $0.key > marker && !$0.value.isUncommitted }
            .sorted { $0.key < $1.key }
        let items = found.prefix(size).map { name, blob in
            let properties =
                "<Etag>\(XMLText.escape(blob.tag))</Etag><Content-Length>\(blob.bytes.count)</Content-Length>"
            return "<Blob><Name>\(XMLText.escape(name))</Name><Properties>\(properties)</Properties></Blob>"
        }
        let next = found.count > size ? XMLText.escape(found[size - 1].key) : ""
        let body =
            "<EnumerationResults><Blobs>\(items.joined())</Blobs><NextMarker>\(next)</NextMarker></EnumerationResults>"
        return Self.xml(.ok, body)
    }

    static func xml(_ status: HTTPResponse.Status, _ body: String) -> AzureResponse {
        let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>" + body
        return AzureResponse(status, headers: .with(["Content-Type": "application/xml"]), body: Array(text.utf8))
    }
}

extension Refusal {
    /// How storage refuses.
    ///
    /// Source: learn.microsoft.com/rest/api/storageservices/status-and-error-codes2
    var storageResponse: AzureResponse {
        let body = "<Error><Code>\(XMLText.escape(code))</Code><Message>\(XMLText.escape(message))</Message></Error>"
        var response = SimulatedAzure.xml(status, body)
        for field in headers { response.headers[field.name] = field.value }
        response.headers.set("x-ms-error-code", code)
        return response
    }
}

/// Text between the tags of XML.
enum XMLText {
    static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

/// A moment as headers have it: `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// Source: RFC 9110, section 5.6.7
enum HTTPMoment {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The number of a month, from 1.
    static func month(_ name: String) -> Int? { months.firstIndex(of: name).map { $0 + 1 } }

    static func text(_ date: Date) -> String {
        // 1970 began on a Thursday.
        let day = days[(Int((date.timeIntervalSince1970 / 86_400).rounded(.down)) % 7 + 11) % 7]
        let parts = date.formatted(.iso8601).split { !$0.isNumber }
        guard parts.count >= 6, let month = Int(parts[1]), (1...12).contains(month) else { return "" }
        return "\(day), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) GMT"
    }
}
