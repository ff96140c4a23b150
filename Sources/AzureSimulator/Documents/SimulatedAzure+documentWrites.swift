import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// Single documents.

extension SimulatedAzure {
    // Source: learn.microsoft.com/azure/cosmos-db/concepts-limits#per-item-limits
    private static let documentLimit = 2 * 1024 * 1024

    mutating func documentAnswer(
        _ id: String,
        _ container: Resource,
        _ call: DocumentCall
    ) throws(Refusal) -> AzureResponse {
        let key = DocumentAccount.Key(partition: try partition(call), id: id)
        let old = documents[call.account.key]?.containers[container.key]?[key]
        guard let old else {
            throw .notFound("NotFound", "Entity with the specified id does not exist in the system.")
        }
        let request = call.request
        switch request.method {
        case .get:
            let isKnown = request.header("If-None-Match") == old.tag
            return isKnown
                ? AzureResponse(.notModified, headers: .with(["ETag": old.tag])) : answer(.ok, old)
        case .put:
            try check(request.headers[.ifMatch], old)
            let body = try documentBody(call)
            guard body["id"]?.string == id else {
                throw .badRequest("BadRequest", "The input name in the path and the id of the document differ.")
            }
            return answer(.ok, try keep(body, key, container, call))
        case .delete:
            try check(request.headers[.ifMatch], old)
            documents[call.account.key]?.containers[container.key]?.remove(key)
            written.append("\(container.key)/\(id)")
            return AzureResponse(.noContent)
        default: throw .methodNotAllowed(request.method, request.path)
        }
    }

    mutating func createDocument(_ container: Resource, _ call: DocumentCall) throws(Refusal) -> AzureResponse {
        let body = try documentBody(call)
        guard let id = body["id"]?.string, (1...255).contains(id.utf16.count),
            !id.contains(where: { "/\\?#".contains($0) })
        else { throw .badRequest("BadRequest", "The input content is invalid because the id is missing or invalid.") }
        let key = DocumentAccount.Key(partition: try partition(call), id: id)
        let isUpsert = call.request.header("x-ms-documentdb-is-upsert")?.lowercased() == "true"
        let old = documents[call.account.key]?.containers[container.key]?[key]
        if let old {
            guard isUpsert else {
                throw .conflict("Conflict", "Entity with the specified id already exists in the system.")
            }
            try check(call.request.headers[.ifMatch], old)
        }
        return answer(old == nil ? .created : .ok, try keep(body, key, container, call))
    }

    private func answer(_ status: HTTPResponse.Status, _ document: DocumentAccount.Document) -> AzureResponse {
        AzureResponse(status, headers: .with(["ETag": document.tag]), json: document.whole)
    }

    private func check(_ condition: String?, _ document: DocumentAccount.Document) throws(Refusal) {
        guard condition == nil || condition == "*" || condition == document.tag else {
            throw Refusal(
                .preconditionFailed,
                "PreconditionFailed",
                "Operation cannot be performed because one of the specified precondition is not met."
            )
        }
    }

    private mutating func keep(
        _ body: JSON,
        _ key: DocumentAccount.Key,
        _ container: Resource,
        _ call: DocumentCall
    ) throws(Refusal) -> DocumentAccount.Document {
        let path = container.body["properties"]?["resource"]?["partitionKey"]?["paths"]?.array?.first?.string ?? "/id"
        let value = path.split(separator: "/").reduce(JSON?.some(body)) { $0?[String($1)] }
        guard let value, JSON.array([value]).text == key.partition else {
            var refusal = Refusal.badRequest(
                "BadRequest",
                "PartitionKey extracted from document doesn't match the one specified in the header."
            )
            refusal.headers.set("x-ms-substatus", "1001")
            throw refusal
        }
        try checkSpace(for: body.bytes.count)
        let tag = "\"\(source.guid())\""
        written.append("\(container.key)/\(key.id)")
        return documents[call.account.key, default: DocumentAccount()].containers[
            container.key,
            default: DocumentAccount.Container()
        ]
        .keep(body, under: key, tag: tag, at: call.now)
    }

    /// The value that documents are filed under, as canonical JSON text.
    private func partition(_ call: DocumentCall) throws(Refusal) -> String {
        guard let text = call.request.header("x-ms-documentdb-partitionkey"), let json = try? JSON(parsing: text),
            json.array?.count == 1
        else {
            throw .badRequest(
                "BadRequest",
                "The partition key supplied in x-ms-partitionkey header has fewer components than defined in the the "
                    + "collection."
            )
        }
        return json.text
    }

    private func documentBody(_ call: DocumentCall) throws(Refusal) -> JSON {
        guard call.request.body.count <= Self.documentLimit else {
            throw Refusal(.contentTooLarge, "RequestEntityTooLarge", "Request size is too large")
        }
        guard let json = try? JSON(parsing: call.request.body), let members = json.members else {
            throw .badRequest(
                "BadRequest",
                "The request payload is invalid. Ensure to provide a valid request payload."
            )
        }
        // What the service adds is not the client's to say.
        let own = ["_rid", "_self", "_etag", "_attachments", "_ts"]
        return .object(members.filter { !own.contains($0.name) })
    }
}
