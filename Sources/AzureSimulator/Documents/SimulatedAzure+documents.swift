import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// The data plane of Cosmos DB: documents, and as much of what they are in as clients ask for.
//
// Source: learn.microsoft.com/rest/api/cosmos-db

/// A request to the documents of one account, by somebody who may send it.
struct DocumentCall {
    let account: Resource
    let request: AzureRequest
    let now: Date

    func resource(_ database: String, _ container: String) -> ResourceIdentifier {
        account.identifier.child("sqlDatabases", database).child("containers", container)
    }
}

extension SimulatedAzure {
    /// The first version that knows partition keys.
    private static let firstDocumentVersion = "2015-12-16"

    mutating func documentAnswer(
        _ request: AzureRequest,
        account: String,
        _ path: [String],
        at now: Date
    ) -> AzureResponse {
        guard let account = store.resource(ResourceType.databaseAccount.rawValue, named: account),
            account.state == .succeeded
        else { return Self.unreachable }
        var response: AzureResponse
        do {
            let call = DocumentCall(account: account, request: request, now: now)
            let isReading = try checkCaller(call, path)
            response = try documentAnswer(DocumentRoute(path), isReading: isReading, call)
        } catch {
            response = error.documentResponse
        }
        response.headers.set("x-ms-activity-id", source.guid())
        response.headers.set("x-ms-request-charge", "1")
        response.headers.set("x-ms-session-token", "0:1")
        return response
    }

    private mutating func documentAnswer(
        _ route: DocumentRoute,
        isReading: Bool,
        _ call: DocumentCall
    ) throws(Refusal) -> AzureResponse {
        let isQuery = call.request.header("x-ms-documentdb-isquery")?.lowercased() == "true"
        switch (route, call.request.method) {
        case (.account, .get): return AzureResponse(.ok, json: accountDocument(call))
        case (.database(let name), .get):
            let database = try found(call.account.identifier.child("sqlDatabases", name))
            return AzureResponse(.ok, json: ["id": .string(database.name), "_rid": .string(Self.rid(database))])
        case (.container(let database, let name), .get):
            return AzureResponse(.ok, json: containerDocument(try found(call.resource(database, name))))
        case (.ranges(let database, let name), .get):
            let container = try found(call.resource(database, name))
            let range: JSON = ["id": "0", "minInclusive": "", "maxExclusive": "FF", "parents": []]
            return AzureResponse(
                .ok,
                headers: .with(["ETag": container.tag]),
                json: ["_rid": .string(Self.rid(container)), "PartitionKeyRanges": [range], "_count": 1]
            )
        case (.documents(let database, let name), .post) where isQuery:
            return try queryDocuments(try found(call.resource(database, name)), call)
        case (.documents(let database, let name), .get):
            return try listDocuments(try found(call.resource(database, name)), call)
        case (.documents(let database, let name), .post) where !isReading:
            return try createDocument(try found(call.resource(database, name)), call)
        case (.document(let database, let name, let id), let method):
            guard method == .get || !isReading else { throw Self.forbidden }
            return try documentAnswer(id, try found(call.resource(database, name)), call)
        case (.documents, .post): throw Self.forbidden
        default: throw .methodNotAllowed(call.request.method, call.request.path)
        }
    }

    private static var forbidden: Refusal {
        Refusal(
            .forbidden,
            "Forbidden",
            "Request blocked by Auth: principal does not have required RBAC permissions to perform the action."
        )
    }

    static func rid(_ resource: Resource) -> String { String(resource.clientID.prefix(8)) }

    private func found(_ identifier: ResourceIdentifier) throws(Refusal) -> Resource {
        guard let resource = store[identifier.key], resource.state == .succeeded else {
            var refusal = Refusal.notFound("NotFound", "Owner resource does not exist")
            refusal.headers.set("x-ms-substatus", "1003")
            throw refusal
        }
        return resource
    }

    // MARK: Who asks

    /// Whether somebody may only read; refuses who may do nothing.
    private func checkCaller(_ call: DocumentCall, _ path: [String]) throws(Refusal) -> Bool {
        guard let version = call.request.header("x-ms-version"), version >= Self.firstDocumentVersion else {
            throw .badRequest("BadRequest", "The header x-ms-version is missing or too old.")
        }
        guard let signature = DocumentSignature(call.request.headers[.authorization]) else {
            throw Self.unauthorized("Required Header authorization is missing or malformed.")
        }
        switch signature.type {
        case "master":
            guard call.account.body["properties"]?["disableLocalAuth"] != true else {
                throw Self.unauthorized(
                    "Local Authorization is disabled. Use an AAD token to authorize all requests."
                )
            }
            guard let key = signature.key(of: call.request, path, call.account, at: call.now) else {
                throw Self.unauthorized(
                    "The input authorization token can't serve the request. Please check that the expected payload is "
                        + "built as per the protocol, and check the key being used."
                )
            }
            return key > 2
        case "aad": return try checkToken(signature.text, call)
        default: throw Self.unauthorized("The type of the authorization token is unknown.")
        }
    }

    /// Roles of documents are the account's own; the two built-in ones are known here.
    ///
    /// Source: learn.microsoft.com/azure/cosmos-db/nosql/reference-data-plane-security
    private func checkToken(_ text: String, _ call: DocumentCall) throws(Refusal) -> Bool {
        guard let token = issuer.token(text), token.expiresAt > call.now,
            Audience.documents(account: call.account.name).accepts(token.audience)
        else { throw Self.unauthorized("The token is invalid, expired, or meant for somebody else.") }
        let roles = store.held(by: call.account.key)
            .filter { $0.facts.kind == .databaseUser && $0.state == .succeeded }
            .map { $0.body["properties"] ?? [:] }
            .filter { $0["principalId"]?.string == token.objectID }
            .compactMap { $0["roleDefinitionId"]?.string?.split(separator: "/").last }
        if roles.contains("00000000-0000-0000-0000-000000000002") { return false }
        guard roles.contains("00000000-0000-0000-0000-000000000001") else { throw Self.forbidden }
        return true
    }

    private static func unauthorized(_ message: String) -> Refusal {
        Refusal(.unauthorized, "Unauthorized", message)
    }

    // MARK: What documents are in

    private func accountDocument(_ call: DocumentCall) -> JSON {
        let base = call.request.origin + call.request.path
        let region: JSON = ["name": "West Europe", "databaseAccountEndpoint": .string(base)]
        return [
            "id": .string(call.account.name), "_rid": .string(call.account.name),
            "writableLocations": [region], "readableLocations": [region], "enableMultipleWriteLocations": false,
            "userConsistencyPolicy": ["defaultConsistencyLevel": "Session"],
            "queryEngineConfiguration": "{\"maxSqlQueryInputLength\":262144}",
        ]
    }

    private func containerDocument(_ container: Resource) -> JSON {
        let resource = container.body["properties"]?["resource"] ?? [:]
        return resource.overlaid(by: ["_rid": .string(Self.rid(container)), "_etag": .string(container.tag)])
    }
}

extension Refusal {
    /// How documents refuse.
    ///
    /// Source: learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb
    var documentResponse: AzureResponse {
        AzureResponse(status, headers: headers, json: ["code": .string(code), "message": .string(message)])
    }
}
