public import JSONText
import NIOHTTP1

/// Some of the documents that a query is for, and where the others begin.
public struct DocumentPage: Sendable, Hashable {
    public let documents: [JSON]
    /// In the service's own words.
    public let next: String?
}

extension DocumentContainer {
    /// The documents that a query over all partitions is for.
    ///
    /// The service alone answers queries that select and filter; those that sort or count across partitions need a
    /// client that puts the partitions together, which this one does not. A page may have fewer documents than asked
    /// for, even none, and still be followed by another.
    /// Source: learn.microsoft.com/rest/api/cosmos-db/querying-cosmosdb-resources-using-the-rest-api
    ///
    /// - Parameters:
    ///   - text: The query: `SELECT * FROM c WHERE c.authorID = @author`.
    ///   - parameters: The values of its parameters, by their names.
    ///   - limit: How many documents at most.
    ///   - start: Where the page before has ended.
    /// - Returns: A page.
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`.
    public func query(
        _ text: String,
        _ parameters: KeyValuePairs<String, JSON> = [:],
        limit: Int,
        after start: String? = nil
    ) async throws -> DocumentPage {
        let named = parameters.map { JSON.compact(["name": .string($0.key), "value": $0.value]) }
        var message = message(.POST, body: ["query": .string(text), "parameters": .array(named)])
        message.headers.replaceOrAdd(name: "Content-Type", value: "application/query+json")
        message.headers.add(name: "x-ms-documentdb-isquery", value: "True")
        message.headers.add(name: "x-ms-documentdb-query-enablecrosspartition", value: "True")
        message.headers.add(name: "x-ms-max-item-count", value: "\(limit)")
        if let start { message.headers.add(name: "x-ms-continuation", value: start) }
        let answer = try await plane.answer(to: message).response
        guard answer.isSuccess else { throw AzureError(refusal: answer) }
        guard let documents = try answer.json()?["Documents"]?.array else {
            throw AzureError(.unreadable("it is no list of documents"), in: answer)
        }
        let next = answer.headers.first(name: "x-ms-continuation").flatMap { $0.isEmpty ? nil : $0 }
        return DocumentPage(documents: documents, next: next)
    }
}
