public import JSONText
import NIOHTTP1
import Settings
import WebFormats

/// A document as the service keeps it.
public struct StoredDocument: Sendable, Hashable {
    /// All members, the service's own among them.
    public let json: JSON
    /// What the service calls this state of it.
    public let tag: String
}

/// Reads and writes the documents of one container of Cosmos DB.
///
/// ```swift
/// let posts = DocumentContainer("posts", in: "main", of: account, credential: .identity(tokens), connection: connection)
/// let post = try await posts.document("1", partition: "1")
/// ```
///
/// Source: learn.microsoft.com/rest/api/cosmos-db/documents
public struct DocumentContainer: Sendable {
    /// `dbs/main/colls/posts`, by which signatures name the container.
    let link: String
    let plane: DataPlane

    /// Describes a container; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - name: The container's name.
    ///   - database: The name of its database.
    ///   - account: Where the account is.
    ///   - credential: Who asks.
    ///   - connection: How requests travel.
    ///   - policy: When they are sent again.
    public init(
        _ name: String,
        in database: String,
        of account: WebAddress,
        credential: DataCredential,
        connection: AzureConnection,
        policy: RetryPolicy = .data
    ) {
        self.link = "dbs/\(database)/colls/\(name)"
        self.plane = DataPlane(
            server: account,
            connection: connection,
            policy: policy,
            proof: .documents(of: account, credential)
        )
    }

    /// The document with this id; `nil` where there is none.
    ///
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`; so do all other requests.
    public func document(_ id: String, partition: String) async throws -> StoredDocument? {
        let answer = try await plane.answer(to: message(.GET, id: id, partition: partition))
        // The status alone: a container that is missing is a 404, too, but with a sub-status.
        if answer.status == 404, !answer.saysContainerIsMissing { return nil }
        guard answer.response.isSuccess else { throw AzureError(refusal: answer.response) }
        return StoredDocument(json: try answer.response.json() ?? .null, tag: try answer.tag())
    }

    /// Adds a document, unless there is one with its id in the partition.
    ///
    /// A request that was cut off counts as done when exactly this document is there.
    ///
    /// - Returns: ``WriteOutcome/done(tag:)``, or ``WriteOutcome/conflict``.
    public func create(_ document: JSON, partition: String) async throws -> WriteOutcome {
        let answer = try await plane.answer(to: message(.POST, partition: partition, body: document))
        switch answer.status {
        case 409: return answer.mayMeetItself ? try await outcome(ofOwn: document, partition) : .conflict
        case 200..<300: return .done(tag: try answer.tag())
        default: throw AzureError(refusal: answer.response)
        }
    }

    /// Replaces a document.
    ///
    /// - Parameters:
    ///   - document: What shall be there.
    ///   - partition: The value that it is filed under.
    ///   - tag: Only when this is there; `nil` for any document.
    /// - Returns: What became of it.
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`.
    public func replace(_ document: JSON, partition: String, ifMatch tag: String?) async throws -> WriteOutcome {
        let id = document["id"]?.string ?? ""
        let answer = try await plane.answer(
            to: message(.PUT, id: id, partition: partition, body: document, ifMatch: tag)
        )
        switch answer.status {
        case 404 where !answer.saysContainerIsMissing: return .missing
        case 412: return answer.mayMeetItself ? try await outcome(ofOwn: document, partition) : .conflict
        case 200..<300: return .done(tag: try answer.tag())
        default: throw AzureError(refusal: answer.response)
        }
    }

    /// Removes a document; by default whatever its tag.
    public func delete(_ id: String, partition: String, ifMatch tag: String? = nil) async throws -> RemovalOutcome {
        let answer = try await plane.answer(to: message(.DELETE, id: id, partition: partition, ifMatch: tag))
        switch answer.status {
        case 404 where !answer.saysContainerIsMissing: return answer.mayMeetItself ? .done : .missing
        case 412: return .conflict
        case 200..<300: return .done
        default: throw AzureError(refusal: answer.response)
        }
    }

    /// Whether what is there is what a try has written that nobody answered.
    private func outcome(ofOwn document: JSON, _ partition: String) async throws -> WriteOutcome {
        guard let id = document["id"]?.string, let found = try await self.document(id, partition: partition),
            let members = document.members, members.allSatisfy({ found.json[$0.name] == $0.value })
        else { return .conflict }
        return .done(tag: found.tag)
    }

    private func message(
        _ method: HTTPMethod,
        id: String? = nil,
        partition: String,
        body: JSON? = nil,
        ifMatch tag: String? = nil
    ) -> OutgoingRequest {
        var message = message(method, id: id, body: body)
        // In ASCII, for it stands in a header.
        message.headers.add(name: "x-ms-documentdb-partitionkey", value: JSON.array([.string(partition)]).asciiText)
        if let tag { message.headers.add(name: "If-Match", value: tag) }
        return message
    }

    func message(_ method: HTTPMethod, id: String? = nil, body: JSON? = nil) -> OutgoingRequest {
        var path = link.split(separator: "/").reduce("") { "\($0)/\(PercentEncoding.encode(String($1)))" } + "/docs"
        if let id { path += "/\(PercentEncoding.encode(id))" }
        var headers: HTTPHeaders = ["x-ms-version": "2018-12-31", "Accept": "application/json"]
        if body != nil { headers.add(name: "Content-Type", value: "application/json") }
        return OutgoingRequest(method, plane.server.appending(path: path), headers: headers, body: body?.bytes)
    }
}

extension DataPlane.Answer {
    /// Whether it is not the document that is missing.
    ///
    /// Source: learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb; the sub-status 1003 (owner
    /// resource does not exist) from azure-cosmos `http_constants.py`
    fileprivate var saysContainerIsMissing: Bool { response.headers.first(name: "x-ms-substatus") == "1003" }
}
